import FileSystem
import Glibc
import SystemPackage

/// A kiln that a test started and sends signals to, with the signals as a shell leaves them.
struct RunningKiln: ~Copyable {
  let process: pid_t
  /// What it writes to both of its streams.
  let log: FilePath

  init(_ kiln: KilnProgram, _ arguments: [String], log: FilePath) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(
      &actions, 1, log.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Where the tests run in the background, a shell has interrupts ignored, and kiln heeds that.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var words = unsafe ([KilnProgram.path] + arguments).map { unsafe strdup($0) } + [nil]
    var variables = unsafe kiln.environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    let texts = unsafe words + variables
    defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
    var process: pid_t = 0
    let status = unsafe posix_spawn(
      &process, KilnProgram.path, &actions, &attributes, &words, &variables)
    guard status == 0 else { throw Errno(rawValue: status) }
    self.process = process
    self.log = log
  }

  func send(_ signal: Int32) { kill(process, signal) }

  /// Waits for the end.
  ///
  /// - Returns: the exit status; the negative number of the signal where one ended it.
  consuming func finish() async throws -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, WNOHANG) == 0 {
      try await Task.sleep(for: .milliseconds(10))
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
  }
}
