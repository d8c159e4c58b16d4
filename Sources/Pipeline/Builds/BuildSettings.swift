public import Content
public import SystemPackage

/// What surrounds a build: everything ambient, passed in as values.
public struct BuildSettings: Sendable {
  public var store: FilePath
  /// How many packages, transfers and compressed blocks are worked on at once.
  public var jobs: Int
  /// Whether only the store may be used.
  public var offline: Bool
  public var environment: [String: String]
  /// Seconds since 1970.
  public var now: Int64
  /// The folder of `gpu-smoke-test-<architecture>`; nil leaves the program out of images.
  public var smokeTests: FilePath?
  /// The most bytes of memory that the program has had so far.
  public var peakMemory: @Sendable () -> Int64
  public var progress: ProgressSink

  public init(
    store: FilePath, jobs: Int, offline: Bool, environment: [String: String],
    now: Int64, smokeTests: FilePath? = nil,
    peakMemory: @escaping @Sendable () -> Int64 = { 0 }, progress: @escaping ProgressSink
  ) {
    self.store = store
    self.jobs = jobs
    self.offline = offline
    self.environment = environment
    self.now = now
    self.smokeTests = smokeTests
    self.peakMemory = peakMemory
    self.progress = progress
  }
}
