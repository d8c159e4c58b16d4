import Diagnostics

extension Node {
  /// Reads the one document of a YAML text, strictly: no anchors, tags, merge keys, directives, no
  /// duplicate keys, no second document, no byte-order mark; depth, nodes and bytes are bounded.
  ///
  /// - Parameter file: how the file is called in the places of nodes and errors.
  /// - Throws: ``YAMLError`` with everything that was found wrong.
  public static func read(
    _ bytes: [UInt8], file: String, limits: NodeReader.Limits = .init()
  ) throws(YAMLError) -> Node {
    var reader = NodeReader(try SourceText(bytes, file: file, limits: limits), limits)
    return try reader.read()
  }
}

/// Makes nodes of libyaml's events.
public struct NodeReader {
  /// What a document may be at most.
  public struct Limits: Hashable, Sendable {
    public var bytes: Int
    /// Sequences and mappings within each other.
    public var depth: Int
    public var nodes: Int

    public init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 100_000) {
      self.bytes = bytes
      self.depth = depth
      self.nodes = nodes
    }
  }

  /// Ends the reading; the problem itself is in ``problems``.
  private struct Stop: Error {}

  private let source: SourceText
  private let limits: Limits
  private var problems: [YAMLError.Problem] = []
  private var nodes = 0

  init(_ source: SourceText, _ limits: Limits) {
    self.source = source
    self.limits = limits
  }

  mutating func read() throws(YAMLError) -> Node {
    var tree: Node?
    do throws(Stop) {
      tree = try document()
    } catch {
      throw YAMLError(problems)
    }
    guard let tree else { throw YAMLError(problems) }
    guard problems.isEmpty else {
      let isFaithful = problems.allSatisfy { $0.code == .duplicateKey || $0.code == .directive }
      throw YAMLError(problems, partialTree: isFaithful ? tree : nil)
    }
    return tree
  }

  private mutating func document() throws(Stop) -> Node? {
    var parser: EventParser
    do throws(EventParser.Fault) { parser = try EventParser(source.bytes) } catch {
      throw stop(error)
    }
    var root: Node?
    while true {
      let (event, start) = try next(&parser)
      switch event {
      case .streamStart, .documentEnd: continue
      case .streamEnd:
        if root == nil {
          report(.empty, at: source.end, "the file has no content")
        }
        return root
      case .documentStart(let hasDirectives):
        guard root == nil else {
          throw stop(
            .severalDocuments, start, "a second document begins here",
            remedy: "a file holds one document; remove what follows")
        }
        if hasDirectives {
          report(.directive, at: place(start), "directives such as %YAML and %TAG are not read")
        }
      default: root = try node(event, start, &parser, depth: 0)
      }
    }
  }

  private mutating func node(
    _ event: EventParser.Event, _ start: EventParser.Mark, _ parser: inout EventParser, depth: Int
  ) throws(Stop) -> Node {
    nodes += 1
    guard nodes <= limits.nodes else {
      throw stop(.tooLarge, start, "the document has more than \(limits.nodes) values")
    }
    guard depth <= limits.depth else {
      throw stop(.tooDeep, start, "values are nested more than \(limits.depth) deep")
    }
    switch event {
    case .scalar(let scalar, let properties):
      check(properties, start)
      return Node(.scalar(scalar), at: place(start))
    case .sequenceStart(let properties):
      check(properties, start)
      return Node(.sequence(try items(&parser, depth: depth + 1)), at: place(start))
    case .mappingStart(let properties):
      check(properties, start)
      return Node(.mapping(try entries(&parser, depth: depth + 1)), at: place(start))
    case .alias(let name):
      reportAnchor("the alias *\(name)", start)
      return Node(.scalar(Scalar("", isPlain: true)), at: place(start))
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      throw stop(.syntax, start, "a value is missing here")
    }
  }

  private mutating func items(
    _ parser: inout EventParser, depth: Int
  ) throws(Stop) -> [Node] {
    var items: [Node] = []
    while true {
      let (event, start) = try next(&parser)
      if event == .sequenceEnd { return items }
      items.append(try node(event, start, &parser, depth: depth))
    }
  }

  private mutating func entries(
    _ parser: inout EventParser, depth: Int
  ) throws(Stop) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    var seen: [String: Diagnostic.Place] = [:]
    while true {
      let (event, start) = try next(&parser)
      if event == .mappingEnd { return entries }
      let key = try node(event, start, &parser, depth: depth)
      let (valueEvent, valueStart) = try next(&parser)
      let value = try node(valueEvent, valueStart, &parser, depth: depth)
      guard let scalar = key.scalar else {
        report(.keyNotText, at: key.place, "a key is a list or a mapping, but must be text")
        continue
      }
      if scalar.isPlain, scalar.text == "<<" {
        report(
          .mergeKey, at: key.place, "merge keys are not read", remedy: "write the keys themselves")
        continue
      }
      if let first = seen[scalar.text] {
        report(
          .duplicateKey, at: key.place, "the key `\(scalar.text)` stands here a second time",
          reason: first.line.map { "it stands in line \($0) already" },
          remedy: "remove one of the two")
        continue
      }
      seen[scalar.text] = key.place
      entries.append(.init(key: scalar.text, keyPlace: key.place, value: value))
    }
  }
}

extension NodeReader {
  private mutating func next(
    _ parser: inout EventParser
  ) throws(Stop) -> (EventParser.Event, EventParser.Mark) {
    do throws(EventParser.Fault) { return try parser.next() } catch { throw stop(error) }
  }

  private func place(_ mark: EventParser.Mark) -> Diagnostic.Place {
    source.place(line: mark.line, column: mark.column)
  }

  private mutating func check(_ properties: EventParser.Properties, _ start: EventParser.Mark) {
    if let anchor = properties.anchor { reportAnchor("the anchor &\(anchor)", start) }
    if let tag = properties.tag {
      report(
        .tag, at: place(start), "the tag `\(tag)` is not read",
        remedy: "remove it; quotes make a value text")
    }
  }

  private mutating func reportAnchor(_ what: String, _ start: EventParser.Mark) {
    report(
      .anchor, at: place(start), "\(what): anchors and aliases are not read",
      remedy: "write the value out")
  }

  private mutating func report(
    _ code: YAMLError.Code, at place: Diagnostic.Place, _ message: String, reason: String? = nil,
    remedy: String? = nil
  ) {
    problems.append(.init(code, at: place, message, reason: reason, remedy: remedy))
  }

  private mutating func stop(
    _ code: YAMLError.Code, _ start: EventParser.Mark, _ message: String, remedy: String? = nil
  ) -> Stop {
    report(code, at: place(start), message, remedy: remedy)
    return Stop()
  }

  private mutating func stop(_ fault: EventParser.Fault) -> Stop {
    if fault.kind == .memory {
      return stop(.noMemory, fault.mark, "there is not enough memory to read the file")
    }
    if source.scalar(line: fault.mark.line, column: fault.mark.column) == "\t" {
      return stop(
        .tab, fault.mark, "a tab stands where YAML wants spaces", remedy: "indent with spaces")
    }
    let message = [fault.problem, fault.context].filter { !$0.isEmpty }.joined(separator: " ")
    return stop(.syntax, fault.mark, "this is not YAML: \(message)", remedy: remedy(fault))
  }

  private func remedy(_ fault: EventParser.Fault) -> String? {
    switch fault.problem {
    case "mapping values are not allowed in this context":
      "put a value that holds `: ` into quotes, and check the indentation"
    case "found character that cannot start any token":
      "put a value that begins with a special character (@ ` % { [ & * ! |) into quotes"
    case "did not find expected key", "did not find expected '-' indicator":
      "check the indentation of this line and the one before"
    case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
      "check the commas and brackets"
    case "could not find expected ':'": "a key is followed by `: ` and its value"
    case "found unexpected end of stream": "close the quotation mark"
    default: nil
    }
  }
}
