internal import Content

extension ByteCode {
  /// Compiles what RECORD files list, each module in a process of its own.
  ///
  /// `python -m compileall` is not reproducible: marshal marks an object as shared when anything
  /// else in the process holds it, so a module's bytes depend on what was compiled before it
  /// (Python 3.9: 82 of 1739 files differ between two runs with two workers). Here every module is
  /// compiled by a fork of the same process, which has compiled nothing yet.
  static let script = """
    import csv, os, py_compile, sys
    sys.path[:] = [path for path in sys.path if path]
    MODE = py_compile.PycInvalidationMode.UNCHECKED_HASH
    paths = set()
    for record in sys.argv[2:]:
        site = os.path.dirname(os.path.dirname(record))
        with open(record, newline="", encoding="utf-8") as rows:
            for row in csv.reader(rows):
                if row and row[0].endswith(".py"):
                    paths.add(os.path.normpath(os.path.join(site, row[0])))
    def build(path):
        try:
            py_compile.compile(path, doraise=True, invalidation_mode=MODE)
        except py_compile.PyCompileError as error:
            print("not compiled: %s: %s" % (path, error.exc_type_name), file=sys.stderr, flush=True)
            return 0
        except BaseException as error:
            print("cannot compile %s: %r" % (path, error), file=sys.stderr, flush=True)
            return 1
        return 0
    running, failed = 0, 0
    def reap():
        global running, failed
        failed |= os.wait()[1] != 0
        running -= 1
    for path in sorted(paths):
        if not os.path.isfile(path):
            continue
        if running == int(sys.argv[1]):
            reap()
        if os.fork() == 0:
            os._exit(build(path))
        running += 1
    while running:
        reap()
    sys.exit(int(failed))
    """

  /// The byte code files that the modules of a wheel can have, inside the image.
  func compiledPaths(_ wheel: UnpackedWheel, _ environment: VirtualEnvironment) -> [String] {
    let tag = "cpython-" + environment.pythonVersion.split(separator: ".").joined()
    return wheel.files.compactMap { file in
      guard file.path.utf8.suffix(3).elementsEqual(".py".utf8),
        let (scheme, path) = InstallScheme.of(file.path)
      else { return nil }
      let folder = environment.folder(of: scheme, project: wheel.wheel.fileName.writtenProject)
      let target = environment.resolved(folder.isEmpty ? path : "\(folder)/\(path)")
      let stem = ZipName.last(target).dropLast(3)
      let parent = ZipName.parent("\(environment.path)/\(target)")
      return "\(parent)/__pycache__/\(stem).\(tag).pyc"
    }
  }
}
