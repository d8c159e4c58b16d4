import Content
import Recipes
import SystemPackage

/// `gpu-smoke-test` in the image: the program, what it does when it is not told, and a word about it
/// at each user's first login.
struct SmokeTestFiles {
  let program: FilePath
  let recipe: Recipe

  var planned: [PlannedFile] {
    var executable = file("usr/bin/gpu-smoke-test", .copy(program))
    executable.mode = 0o755
    return [
      executable, file("etc/gpu-smoke-test.conf", .content(Array(configuration.utf8))),
      file("etc/profile.d/gpu-smoke-test.sh", .content(Array(Self.greeting.utf8))),
    ]
  }

  private func file(_ path: String, _ content: PlannedFile.Content) -> PlannedFile {
    PlannedFile(path, content, Origin(.smokeTest))
  }

  /// What the program reads before its arguments.
  private var configuration: String {
    var lines = ["# What gpu-smoke-test does when it is not told; its options win."]
    if let backend = recipe.smokeTest?.backend ?? recipe.gpu?.backend {
      lines.append("backend=\(backend.rawValue)")
    }
    if let level = recipe.smokeTest?.level { lines.append("level=\(level.rawValue)") }
    if let venv = recipe.python?.venv { lines.append("python=\(venv)/bin/python3") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Sourced by every login shell: nothing in it may end the shell or set a variable of the user's.
  private static let greeting = """
    # Once for each user: how to see that the GPU works.
    case $- in
      *i*)
        if [ -n "$HOME" ] && [ ! -e "$HOME/.hushlogin" ] &&
          [ ! -e "$HOME/.local/state/gpu-smoke-test.greeted" ] &&
          mkdir -p "$HOME/.local/state" 2>/dev/null &&
          : 2>/dev/null >"$HOME/.local/state/gpu-smoke-test.greeted"; then
          printf '%s\\n' \\
            "Run gpu-smoke-test to see whether training runs on the GPU, is right and is faster."
        fi
        ;;
    esac

    """
}
