import CPlatform
import Platform
import Testing

@Suite struct MachineTests {
  /// A folder that is gone with the test.
  final class Root {
    let path: String

    init() {
      var template = Array("/tmp/kiln-machine-XXXXXX".utf8CString)
      path = unsafe String(optionalCString: mkdtemp(&template))
    }

    deinit { run("rm", "-rf", path) }

    @discardableResult
    func run(_ words: String...) -> Child.Ending {
      guard
        let child = try? Child.spawn(
          "/usr/bin/env", words, environment: ["PATH": "/usr/bin:/bin"])
      else { return .stuck }
      while true {
        if case .ended(let ending) = child.next(by: Stopwatch.now + 10_000_000_000) {
          return ending
        }
      }
    }

    func shell(_ script: String) { run("sh", "-ec", "cd \(path); " + script) }

    var machine: Machine { Machine(root: path, environment: [:]) }
  }

  @Test func absoluteLinksStayInsideOfTheRoot() throws {
    let root = Root()
    root.shell("mkdir -p usr/lib/wsl/lib; echo inside > usr/lib/wsl/lib/libcuda.so.1")
    root.shell("ln -s /usr/lib/wsl/lib/libcuda.so.1 usr/lib/libcuda.so; ln -s usr/lib lib")
    #expect(root.machine.text("/lib/libcuda.so") == "inside")
    #expect(root.machine.link("/lib/libcuda.so") == "/usr/lib/wsl/lib/libcuda.so.1")
    #expect(root.machine.link("/usr/lib/wsl/lib/libcuda.so.1") == nil)
    #expect(
      try root.machine.resolve("/lib/libcuda.so") == root.path + "/usr/lib/wsl/lib/libcuda.so.1")
  }

  @Test func noPathLeavesTheRoot() throws {
    let root = Root()
    root.shell("ln -s ../../../../../../etc etc; ln -s /etc absolute; ln -s loop loop")
    #expect(root.machine.status("/etc/passwd") == nil)
    #expect(root.machine.status("/absolute/passwd") == nil)
    #expect(root.machine.status("/../../../etc/passwd") == nil)
    #expect(throws: FileError.self) { try root.machine.resolve("/loop/passwd") }
  }

  @Test func aReadStopsAtItsLimit() throws {
    let root = Root()
    root.shell("head -c 200000 /dev/zero > zeros")
    #expect(try root.machine.read("/zeros", limit: 100).count == 100)
    #expect(try root.machine.read("/zeros", limit: 1_000_000).count == 200_000)
    #expect(try Machine(environment: [:]).read("/dev/zero", limit: 70_000).count == 70_000)
  }

  @Test func kindsAreToldApart() throws {
    let root = Root()
    root.shell("mkdir folder; : > file; mkfifo pipe; ln -s nowhere dangling")
    #expect(root.machine.status("/folder")?.kind == .folder)
    #expect(root.machine.status("/file")?.kind == .file)
    #expect(root.machine.status("/file")?.size == 0)
    #expect(root.machine.status("/pipe")?.kind == .other)
    #expect(root.machine.status("/dangling") == nil)
    #expect(Machine(environment: [:]).status("/dev/null")?.kind == .device)
    #expect(try root.machine.list("/") == ["dangling", "file", "folder", "pipe"])
  }

  @Test func absenceIsToldFromRefusal() throws {
    let machine = Machine(environment: [:])
    #expect { try machine.read("/no/such/file", limit: 1) } throws: {
      ($0 as? FileError)?.isAbsence == true
    }
    #expect { try machine.list("/proc/self/mem") } throws: { ($0 as? FileError)?.isAbsence == true }
    #expect { try machine.read("/proc", limit: 1) } throws: {
      ($0 as? FileError)?.isAbsence == false
    }
  }
}
