import Content
import Digests
import FileSystem
import Locks
import Recipes
import Sandbox
import SystemPackage
import WSL

extension RootfsBuilder {
  /// Puts the recipe's files and what WSL needs into a layer.
  ///
  /// - Parameter members: what files of the recipe take out of archives, by their place in `files`.
  func putFiles(
    _ recipe: Recipe, _ lock: Lock, _ members: [Int: TakenMember], on chain: inout LayerChain
  ) async throws(RootfsError) {
    var files: [PlannedFile]
    do throws(WSLError) {
      files = try WSLFiles.common(recipe: recipe).map { PlannedFile($0, recipe) }
    } catch { throw RootfsError(error) }
    try moveLocale(of: &files, chain.stack)
    files += try AptSourceFiles(recipe, chain.stack).planned()
    files += try ExtendedStates(recipe, lock, chain.stack).planned()
    files += try timezone(recipe, chain.stack)
    if let smokeTest { files += SmokeTestFiles(program: smokeTest, recipe: recipe).planned }
    // The recipe's own files come last, and win.
    for (index, entry) in recipe.files.enumerated() {
      files += try PlannedFile.planned(
        entry, recipe, taken: members[index], place: recipe.places["files[\(index)]"])
    }
    let description = LayerChain.Description(
      stage: .files, name: "files", origin: Origin(.wsl),
      inputs: try PlannedFile.keys(files, recipe),
      reread: { [files] () throws(RootfsError) in try PlannedFile.keys(files, recipe) })
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      MadeLayer(owners: try PlannedFile.put(files, recipe, in: place))
    }
  }

  /// From trixie on `/etc/default/locale` is a link to the file that systemd reads: what is written
  /// goes there, so that logins and services agree, and `localectl` changes both.
  private func moveLocale(
    of files: inout [PlannedFile], _ stack: LayerStack
  ) throws(RootfsError) {
    for index in files.indices where files[index].path == "etc/default/locale" {
      do throws(FileError) { files[index].path = try stack.resolve(files[index].path) } catch {
        throw RootfsError(error)
      }
    }
  }

  private func timezone(
    _ recipe: Recipe, _ stack: LayerStack
  ) throws(RootfsError) -> [PlannedFile] {
    guard let zone = recipe.timezone else { return [] }
    do throws(FileError) {
      guard try stack.file("usr/share/zoneinfo/\(zone)") != nil else {
        throw FileError(
          "read", FilePath("/usr/share/zoneinfo/\(zone)"), errno: .noSuchFileOrDirectory)
      }
    } catch {
      throw RootfsError(
        .timezoneMissing, zone, detail: try hasZones(stack) ? "its `tzdata` has no such zone" : nil,
        cause: .file(error), place: recipe.places["timezone"])
    }
    let origin = Origin(.configuration)
    return [
      PlannedFile("etc/localtime", .link("/usr/share/zoneinfo/\(zone)"), origin),
      PlannedFile("etc/timezone", .content(Array("\(zone)\n".utf8)), origin),
    ]
  }

  private func hasZones(_ stack: LayerStack) throws(RootfsError) -> Bool {
    do throws(FileError) { return try stack.file("usr/share/zoneinfo/Etc/UTC") != nil } catch {
      throw RootfsError(error)
    }
  }

  static func hasOwnLocale(_ recipe: Recipe) -> Bool {
    !["C.UTF-8", "C.utf8", "C", "POSIX"].contains(recipe.locale)
  }

  /// Makes the recipe's locale, unless the C library has it.
  func makeLocale(_ recipe: Recipe, on chain: inout LayerChain) async throws(RootfsError) {
    guard Self.hasOwnLocale(recipe) else { return }
    let locale = recipe.locale
    let description = LayerChain.Description(
      stage: .files, name: "locale", origin: Origin(.configuration),
      inputs: [LayerInput("the locale", locale)])
    let parts = locale.split(separator: ".", maxSplits: 1).map(String.init)
    let charset = parts.count > 1 ? parts[1].prefix { $0 != "@" } : "ISO-8859-1"
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      let command = SandboxCommand(
        layers: place.lower, writes: place.writes,
        arguments: [
          "/bin/sh", "-e", "-c",
          "mkdir -p /usr/lib/locale; "
            + "localedef -i \"$1\" -c -f \"$2\" -A /usr/share/locale/locale.alias \"$3\"",
          "sh", parts[0], String(charset), locale,
        ], environment: scriptEnvironment)
      do throws(SandboxError) { try await sandbox.run(command) } catch {
        throw RootfsError(error, .localeMissing, locale, place: recipe.places["locale"])
      }
      return MadeLayer()
    }
  }
}
