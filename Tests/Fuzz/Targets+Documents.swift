import Commands
import Content
import Digests
import Recipes
import SystemPackage
import WSL

@testable import Fetching
@testable import Locks
@testable import Mirrors
@testable import Packages
@testable import Resolution
@testable import Signatures
@testable import Wheels

extension Targets {
  /// Parsers of text: they have the whole input in memory.
  static let documents: [String: Target] = [
    "recipe": { bytes in
      let path = Workbench.shared.file(bytes, "recipe.yaml")
      _ = try? RecipeReader(set: ["name": "value"]).read(path)
    },
    "lock": { bytes in
      guard let lock = try? Lock.decode(bytes, from: "fuzz.lock.json") else { return }
      // What was read is written the same again, and read again.
      let again = try? Lock.decode(lock.encoded(), from: "fuzz.lock.json")
      precondition(again == lock, "a lock changes when it is written and read")
    },
    "apt-output": aptOutput,
    "apt-sources": { bytes in
      let text = text(bytes)
      _ = Distribution.bases(
        AptSources.oneLine(text) + AptSources.stanzas(text), host: HostRelease(text))
      _ = AptSetting.reaching(dump: text).proxy(url: "https://example.org/")
      _ = PythonIndexes.settings(text)
      _ = PythonIndexes.defaultIndex(help: text)
    },
    "control": control,
    "listing": { bytes in
      let text = text(bytes)
      if let listing = PackageListing(parsing: text) {
        precondition(PackageListing(parsing: listing.text) == listing, "a listing changes")
      }
      _ = WheelListing.files(text)
    },
    "wheel": wheel,
    "record": { bytes in
      let refuse = { WheelError(.badRecord, wheel: "a", entry: $0, reason: $1) }
      guard let record = try? RecordFile(parsing: text(bytes), refuse: refuse) else { return }
      let again = try? RecordFile(parsing: record.sortedText, refuse: refuse)
      precondition(again?.rows.count == record.rows.count, "a RECORD changes when it is written")
    },
    "entry-points": { bytes in
      guard let points = try? EntryPoints(parsing: text(bytes), wheel: "a") else { return }
      for script in points.console + points.gui {
        let wrapper = CommandScript.wrapper(script, interpreter: "/opt/venv/bin/python")
        precondition(!script.name.contains("/") && !script.name.utf8.contains(0x0A))
        precondition(wrapper.hasPrefix("#!/opt/venv/bin/python\n"))
      }
    },
    "pylock": { bytes in
      _ = try? Pylock(text(bytes), target: PythonTarget(minor: 13, glibc: 41, architecture: .amd64))
    },
    "simple-page": { bytes in
      let address = "https://user:secret@example.org/simple/numpy/"
      for type in ["text/html", "application/vnd.pypi.simple.v1+json", nil] {
        _ = SimplePage(bytes, contentType: type, url: address)
      }
    },
    "signature": { bytes in
      let parts = parts(bytes, 2)
      let key = Workbench.shared.file(parts[0])
      for half in [KeyForm.Half.secret, .public] { _ = try? KeyForm.of(key, half) }
      let image = Workbench.shared.file(Array("image".utf8), "image")
      let statement = Workbench.shared.file(parts[1], "image.sha256")
      let signature = ImageSignature(environment: [:])
      Workbench.shared.removing(["image", "image.sha256"]) {
        guard let read = try? signature.statement(of: image, "/nowhere") else { return }
        let digest = SHA256Digest(ofText: "image").hex
        precondition(
          read == statement && text(parts[1]).lowercased().contains(digest), "another is stated")
      }
    },
    "wsl-conf": { bytes in
      let configuration = WSLConfiguration(parsing: bytes)
      for entry in configuration.entries { _ = configuration.entry(entry.name) }
    },
  ]

  private static func aptOutput(_ bytes: [UInt8]) {
    let parts = parts(bytes, 2).map { text($0) }
    for line in parts[0].split(separator: "\n") {
      guard let choice = AptChoice(line: line) else { continue }
      _ = choice.query
    }
    let stanzas = ControlFile(readByApt: parts[0]).stanzas
    let named = Dictionary(
      stanzas.map { ($0["Package"] ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    let graph = PackageGraph(named, recommends: true)
    for name in named.keys.prefix(8) { _ = graph.chain(from: [name], to: "libcuda1") }
    let messages = AptMessages(CommandResult(status: 100, output: parts[0], errors: parts[1]))
    _ = (messages.updateFailure, messages.unknownPackages, messages.conflict)
  }

  private static func control(_ bytes: [UInt8]) {
    let text = text(bytes)
    _ = PackageFacts.diversions(in: text)
    guard let file = try? ControlFile(parsing: text, name: "control") else { return }
    for stanza in file.stanzas {
      for field in stanza.fields {
        _ = try? Relation.list(field.value, package: "a")
        guard let version = DebianVersion(field.value) else { continue }
        precondition(version == version && !(version < version), "a version is not itself")
      }
    }
  }

  private static func wheel(_ bytes: [UInt8]) {
    let parts = parts(bytes, 5).map { text($0) }
    guard let name = try? WheelFileName(parts[0]) else { return }
    let documents: [Wheel.Document: String] = [
      .wheel: parts[1], .metadata: parts[2], .record: parts[3], .entryPoints: parts[4],
    ]
    let folder = "\(name.distribution)-\(name.version).dist-info"
    guard let wheel = try? Wheel(fileName: name, infoFolder: folder, documents: documents) else {
      return
    }
    _ = try? wheel.digests(of: [])
    _ = CommandScript.rewritten(Array(parts[4].utf8), interpreter: "/opt/venv/bin/python")
  }
}
