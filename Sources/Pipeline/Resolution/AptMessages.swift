internal import Commands

/// What apt printed, and which failure it means.
///
/// apt reports every failure with the same exit status, so its words in the C locale are all there
/// is to tell them apart. This is the one place that reads them; an unknown message is still shown,
/// under the general code.
struct AptMessages: Sendable {
  private let output: [Substring]
  private let lines: [Substring]

  init(_ result: CommandResult) {
    output = result.output.split(separator: "\n")
    lines = result.errors.split(separator: "\n").filter {
      $0.hasPrefix("E: ") || $0.hasPrefix("W: ") || $0.hasPrefix(" ")
    }
  }

  /// Errors and warnings, as apt wrote them.
  var errors: String { lines.joined(separator: "\n") }

  /// The first quoted part of a line: apt quotes repositories and packages.
  private static func quoted(_ line: Substring) -> String? {
    let parts = line.split(separator: "'", omittingEmptySubsequences: false)
    return parts.count >= 3 ? String(parts[1]) : nil
  }

  private func line(_ texts: String...) -> Substring? {
    lines.first { line in texts.contains { line.contains($0) } }
  }

  /// The failure of an `update`, or nil where all went well.
  var updateFailure: ResolutionError? {
    if let line = line("doesn't have the component") { return component(line) }
    // What came is no signed file at all, so nothing is wrong with a signature.
    if let line = line("does the network require authentication?") {
      return ResolutionError(
        .unreachable, repository(line), reason: errors,
        remedy: "something else answers in its place, as login pages of networks and proxies do: "
          + "open the mirror's address in a browser, and check the proxy variables")
    }
    // Where a signed file was not given, apt says as well that its repository is not signed.
    if let (line, status) = refusal {
      return ResolutionError(
        [401, 403].contains(status) ? .denied : .unreachable, repository(line), reason: errors,
        remedy: [401, 403].contains(status)
          ? "put the credentials into /etc/apt/auth.conf, or into the mirror's URL"
          : "try again later or with another mirror, and check the proxy variables")
    }
    if let line = line("GPG error", "is not signed", "OpenPGP", "NO_PUBKEY", "EXPKEYSIG", "BADSIG")
    {
      return ResolutionError(
        .badSignature, self.repository(line), reason: errors,
        remedy: "check that the `key` or `keyring` in the recipe is that archive's, and that the "
          + "mirror is the archive's own")
    }
    if let line = line("is expired (invalid since") {
      return ResolutionError(
        .expired, repository(line), reason: String(line),
        remedy: "the mirror is out of date: choose another, or check the clock")
    }
    if let line = line("is not valid yet (invalid for another") {
      return ResolutionError(
        .notYetValid, repository(line), reason: String(line), remedy: "set this machine's clock")
    }
    if let line = line("Hash Sum mismatch", "File has unexpected size") {
      return ResolutionError(
        .indexChanged, repository(line), reason: errors,
        remedy: "the mirror is in the middle of its own update: try again in a few minutes")
    }
    if let line = line("have a Release file", "has a Release file") {
      return ResolutionError(
        .suiteMissing, repository(line), reason: explained(line),
        remedy: "check the suite's name and the mirror; an archive moves suites away after their "
          + "end of life")
    }
    if let line = line(
      "Could not resolve", "Could not connect", "Unable to connect", "Connection failed",
      "Connection timed out", "connection timed out", "Temporary failure", "Cannot initiate",
      "Network is unreachable", "Could not handshake", "Certificate verification failed")
    {
      return ResolutionError(
        .unreachable, repository(line), reason: errors,
        remedy: "check the network, the proxy variables and the mirror's address")
    }
    return nil
  }

  /// A file that a server did not give, and the status with which it said so; one that it says it
  /// does not have is none.
  private var refusal: (line: Substring, status: Int)? {
    lines.lazy.compactMap { line in
      // E: Failed to fetch http://example.org/debian/dists/trixie/InRelease  503  Service Unavailable
      guard let mark = line.firstRange(of: "Failed to fetch ") else { return nil }
      let words = line[mark.upperBound...].split(separator: " ")
      guard words.count > 1, let status = Int(words[1]), (400...599).contains(status),
        ![404, 410].contains(status)
      else { return nil }
      return (line, status)
    }.first
  }

  /// The repository that a line is about.
  private func repository(_ line: Substring) -> String {
    if let quoted = Self.quoted(line), quoted.contains(":/") { return "the repository \(quoted)" }
    let url = line.split(separator: " ").first { $0.contains(":/") }
    return url.map { "the repository \($0)" } ?? "a repository"
  }

  /// The suite that lacks a component; nil where that is not what failed.
  var suiteWithoutComponent: String? {
    // … as repository 'http://example.org/debian trixie InRelease' doesn't have the component 'x' …
    guard let line = line("doesn't have the component"),
      let quoted = line.split(separator: "'").first(where: { $0.contains(":/") })
    else { return nil }
    return quoted.split(separator: " ").dropFirst().first.map(String.init)
  }

  private func component(_ line: Substring) -> ResolutionError {
    let name = line.split(separator: "'", omittingEmptySubsequences: false).dropLast().last
    let suite = suiteWithoutComponent.map { " of \($0)" } ?? ""
    return ResolutionError(
      .componentMissing, "the component \(name.map(String.init) ?? "")\(suite)",
      reason: String(line), remedy: "check `components` in the recipe")
  }

  /// The line with the `Err:` lines of apt's output, which hold the server's answer.
  private func explained(_ line: Substring) -> String {
    var answers: [Substring] = []
    for (index, line) in output.enumerated() where line.hasPrefix("Err:") {
      answers.append(line)
      answers += output[(index + 1)...].prefix { $0.hasPrefix(" ") }
    }
    return ([line] + answers).joined(separator: "\n")
  }
}

extension AptMessages {
  /// Names of packages that apt does not know at all, with what it first says of each.
  var unknownPackages: [(request: String, reason: String)] {
    var seen: Set<String> = []
    return allUnknown.filter { seen.insert($0.request).inserted }
  }

  private var allUnknown: [(request: String, reason: String)] {
    lines.compactMap { line in
      if line.contains("Unable to locate package ") {
        return line.split(separator: " ").last.map { (String($0), String(line)) }
      }
      let isUnknown = ["has no installation candidate", "was not found", "Couldn't find any"]
        .contains { line.contains($0) }
      guard isUnknown, line.hasPrefix("E: ") else { return nil }
      let quoted = line.split(separator: "'", omittingEmptySubsequences: false)
      // "Version '9' for 'hello' was not found": the package is the last of the quoted.
      guard quoted.count >= 3 else { return nil }
      return (String(quoted[quoted.count - 2]), String(line))
    }
  }

  /// apt's explanation of a set that cannot be: what it prints from "unmet dependencies" on, and
  /// its errors.
  var conflict: String {
    let start = output.firstIndex { $0.contains("have unmet dependencies") }
    let explanation = start.map { output[($0 + 1)...] } ?? []
    return (explanation.filter { $0.hasPrefix(" ") } + lines).joined(separator: "\n")
  }
}
