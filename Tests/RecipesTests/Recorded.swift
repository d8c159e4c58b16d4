import FileSystem
import SystemPackage
import TestSupport
import Testing

/// The package that holds this file.
let package = FilePath(#filePath).removingLastComponent().removingLastComponent()
  .removingLastComponent()

/// Compares a file that is made from the sources with what they make now. With `RECORD=1` it is
/// written anew, and the test fails all the same.
func expectRecorded(_ name: String, _ current: (String) -> String) throws {
  let path = package.appending(name)
  let recorded = (try? Files.readText(path)) ?? ""
  let wanted = current(recorded)
  guard recorded != wanted else { return }
  if TestEnvironment.value("RECORD") == "1" { try Files.write(wanted, to: path) }
  Issue.record("\(name) is stale; RECORD=1 writes it anew")
}
