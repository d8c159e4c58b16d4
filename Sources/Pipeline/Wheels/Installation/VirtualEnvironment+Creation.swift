internal import Content

extension VirtualEnvironment {
  /// What the `ensurepip` of any Python, or of Debian's, puts into a new environment.
  private static let seeds: Set<String> = ["pip", "pkg-resources", "setuptools", "wheel"]

  // pip takes away what a wheel will replace, as `pip install` does; nothing else tells old files
  // from new ones. pip compiles what it installs with times of now, so it is compiled again, by
  // content, and in one process without site: marshal's sharing depends on what was compiled and
  // imported before.
  private static let script = """
    environment=$1
    shift
    python3 -m venv "$environment"
    if [ $# -gt 0 ]; then
      "$environment/bin/python3" -I -B -m pip --disable-pip-version-check uninstall -q -y "$@"
    fi
    find "$environment" -name __pycache__ -prune -exec rm -rf '{}' +
    "$environment/bin/python3" -s -S -B -m compileall -q -j 1 \\
      --invalidation-mode unchecked-hash "$environment/lib"
    """

  /// The command that makes the environment, with its byte code, by the image's `python3`.
  ///
  /// - Parameter projects: the projects whose wheels will be installed; what the new environment
  ///   has of them is removed.
  public func creation(replacing projects: [String]) -> [String] {
    // Only what can be there, so that the same environment serves many sets of wheels.
    let replaced = Self.seeds.intersection(projects.map(ProjectName.normalized)).sorted()
    return ["/bin/sh", "-e", "-c", Self.script, "sh", "/" + path] + replaced
  }
}
