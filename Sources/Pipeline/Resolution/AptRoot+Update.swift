internal import Commands
internal import Content
internal import FileSystem
internal import SystemPackage

extension AptRoot {
  /// Brings the indexes up to date and checks their signatures.
  ///
  /// An index that does not fit its Release file is read once more: most mirrors change the two one
  /// after the other.
  func update() async throws(ResolutionError) {
    do throws(ResolutionError) {
      try await updateOnce()
    } catch {
      guard error.code == .indexChanged else { throw error }
      try await updateOnce()
    }
  }

  private func updateOnce() async throws(ResolutionError) {
    let result = try await run("apt-get", ["update", "-q"])
    let messages = AptMessages(result)
    if let suite = messages.suiteWithoutComponent, let failure = messages.updateFailure,
      let known = components(of: suite)
    {
      throw ResolutionError(
        failure.code, failure.subject, reason: failure.reason,
        remedy: "correct `components` in the recipe; \(suite) has: \(known)")
    }
    if let failure = messages.updateFailure { throw failure }
    guard result.status == 0 else {
      throw ResolutionError(.aptFailed, "read the indexes", reason: AptMessages(result).errors)
    }
  }

  /// The components of a suite, as its Release file names them; nil where apt has kept none.
  private func components(of suite: String) -> String? {
    let lists = folder.appending("lists")
    let end = "_dists_" + String(suite.map { $0 == "/" ? "_" : $0 })
    let names = ((try? Files.entries(lists)) ?? []).filter {
      $0.hasSuffix(end + "_InRelease") || $0.hasSuffix(end + "_Release")
    }
    for name in names.sorted() {
      let text = (try? Files.readText(lists.appending(name))) ?? ""
      guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Components:") })
      else { continue }
      return line.dropFirst(11).split(separator: " ").joined(separator: ", ")
    }
    return nil
  }

  /// Runs one of apt's tools to its end, whatever its status.
  func run(_ tool: String, _ arguments: [String]) async throws(ResolutionError) -> CommandResult {
    do throws(CommandError) {
      return try await command(tool, arguments).run()
    } catch {
      guard error.code == .notInstalled else { throw ResolutionError(error, tool) }
      throw ResolutionError(
        .toolMissing, tool,
        remedy: "run kiln on Debian or Ubuntu; elsewhere install the package apt")
    }
  }

  /// The newest date of the Release files, seconds since 1970, rounded down to the whole day.
  ///
  /// Debian's index has no dates of packages. Security suites are signed several times a day, and
  /// nobody is helped by an image whose date says which.
  func date() throws(ResolutionError) -> Int64 {
    let lists = folder.appending("lists")
    return try resolving("the indexes") { () throws(FileError) in
      var newest: Int64 = 0
      for name in try Files.entries(lists) where name.hasSuffix("Release") {
        let text = try Files.readText(lists.appending(name))
        let line = text.split(separator: "\n").first { $0.hasPrefix("Date:") }
        if let date = line.flatMap({ ReleaseDate.seconds($0.dropFirst(5)) }) {
          newest = max(newest, date)
        }
      }
      return newest / 86_400 * 86_400
    }
  }
}

/// The dates of Release files (RFC 5322 in UTC: `Sat, 09 Aug 2025 11:09:04 UTC`).
enum ReleaseDate {
  /// - Returns: seconds since 1970, or nil for another form.
  static func seconds(_ text: some StringProtocol) -> Int64? {
    let words = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard words.count >= 5, let day = Int64(words[1]), let year = Int64(words[3]),
      let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    return CivilDate(year: year, month: Int64(month + 1), day: day)?.seconds(at: words[4])
  }
}
