internal import CLibYAML

/// libyaml's parser over bytes in memory: one event after the other.
@safe struct EventParser: ~Copyable {
  struct Mark: Hashable {
    /// Both from 0, columns in Unicode scalars.
    let line: Int
    let column: Int
  }

  /// What any node may carry and kiln refuses.
  struct Properties: Hashable {
    let anchor: String?
    let tag: String?
  }

  enum Event: Hashable {
    case streamStart
    case streamEnd
    case documentStart(hasDirectives: Bool)
    case documentEnd
    case alias(String)
    case scalar(Scalar, Properties)
    case sequenceStart(Properties)
    case sequenceEnd
    case mappingStart(Properties)
    case mappingEnd
  }

  /// Why libyaml stopped.
  struct Fault: Error, Hashable {
    enum Kind: Hashable { case memory, syntax }

    let kind: Kind
    let problem: String
    let context: String
    let mark: Mark
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  // libyaml reads the caller's memory as it goes, so the bytes live as long as the parser.
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) throws(Fault) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      throw Fault(kind: .memory, problem: "", context: "", mark: Mark(line: 0, column: 0))
    }
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    _ = unsafe input.initialize(from: bytes)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe self.parser = parser
    unsafe self.input = input
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  mutating func next() throws(Fault) -> (event: Event, start: Mark) {
    var raw = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw fault() }
    defer { unsafe yaml_event_delete(&raw) }
    guard let event = unsafe Self.event(raw) else {
      throw Fault(
        kind: .syntax, problem: "unexpected end of the stream", context: "",
        mark: unsafe Self.mark(raw.start_mark))
    }
    return (event, unsafe Self.mark(raw.start_mark))
  }

  private func fault() -> Fault {
    unsafe Fault(
      kind: parser.pointee.error == YAML_MEMORY_ERROR ? .memory : .syntax,
      problem: parser.pointee.problem.map { unsafe String(cString: $0) } ?? "",
      context: parser.pointee.context.map { unsafe String(cString: $0) } ?? "",
      mark: Self.mark(parser.pointee.problem_mark))
  }

  private static func mark(_ mark: yaml_mark_t) -> Mark {
    Mark(line: Int(mark.line), column: Int(mark.column))
  }

  private static func event(_ raw: yaml_event_t) -> Event? {
    switch unsafe raw.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_STREAM_END_EVENT: return .streamEnd
    case YAML_DOCUMENT_START_EVENT:
      let start = unsafe raw.data.document_start
      return unsafe .documentStart(
        hasDirectives: start.version_directive != nil
          || start.tag_directives.start != start.tag_directives.end)
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_ALIAS_EVENT: return .alias(unsafe text(raw.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = unsafe raw.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return .scalar(
        Scalar(
          unsafe String(decoding: bytes, as: UTF8.self),
          isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE),
        unsafe Properties(anchor: text(scalar.anchor), tag: text(scalar.tag)))
    case YAML_SEQUENCE_START_EVENT:
      let start = unsafe raw.data.sequence_start
      return .sequenceStart(unsafe Properties(anchor: text(start.anchor), tag: text(start.tag)))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      let start = unsafe raw.data.mapping_start
      return .mappingStart(unsafe Properties(anchor: text(start.anchor), tag: text(start.tag)))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    default: return nil
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }
}
