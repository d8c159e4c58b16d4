import ArgumentParser
import Builds
import Content
import Reporting
import Store

struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the cache.",
    subcommands: [
      StoreStats.self, StoreVerify.self, StoreCollect.self, StoreExport.self, StoreImport.self,
    ])
}

/// Where the cache is, and how to answer.
struct StoreOptions: ParsableArguments {
  @OptionGroup var cache: CacheOptions
  @OptionGroup var answer: AnswerOptions

  func keeper() throws(BuildError) -> StoreKeeper {
    let keeper = try StoreKeeper(store: cache.path)
    if !keeper.isThere { Terminal.errors.write("there is no cache at \(cache.path) yet\n") }
    return keeper
  }

  func show(_ report: some Encodable, _ text: String) {
    Terminal.output.write((answer.json ? JSONText.pretty(report) : text) + "\n")
  }
}

struct StoreStats: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what the cache holds.")

  @OptionGroup var options: StoreOptions

  func run() async throws {
    let report = try options.keeper().stats()
    options.show(report, SummaryText.render(report))
  }
}

struct StoreVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare everything in the cache with its digest.")

  @OptionGroup var options: StoreOptions

  @Flag(help: "Remove what is damaged; the next build fetches or makes it again.")
  var repair = false

  func run() async throws {
    let report = try await options.keeper().verify(
      repair: repair, jobs: Surroundings.processors)
    options.show(report, SummaryText.render(report))
    if !report.damaged.isEmpty, !repair { throw ExitCode(1) }
  }
}

struct StoreCollect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Remove what was not used lately, or reduce the cache to a size.",
    discussion: "What a running kiln uses is kept.")

  @OptionGroup var options: StoreOptions

  @Option(
    parsing: .number,
    help: ArgumentHelp("Remove entries unused for this many days.", valueName: "days"))
  var days: Int?

  @Option(
    parsing: .number,
    help: ArgumentHelp(
      "Remove the least recently used until at most this many megabytes remain.",
      valueName: "megabytes"))
  var megabytes: Int64?

  func validate() throws {
    guard days != nil || megabytes != nil else {
      throw ValidationError("Give --days, --megabytes, or both.")
    }
    let numbers: [(name: String, given: Int64?, most: Int64)] = [
      ("--days", days.map(Int64.init), 1_000_000), ("--megabytes", megabytes, 1_000_000_000),
    ]
    for (name, given, most) in numbers {
      guard let given, !(0...most).contains(given) else { continue }
      throw ValidationError("\(name) must be zero or more, at most \(most), and not \(given).")
    }
  }

  func run() async throws {
    let report = try options.keeper().collect(
      olderThan: days.map { Int64($0) * 86400 }, downTo: megabytes.map { $0 * 1_000_000 })
    options.show(report, SummaryText.render(report))
  }
}
