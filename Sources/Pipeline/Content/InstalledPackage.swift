/// A package that dpkg's database calls installed.
public struct InstalledPackage: Hashable, Sendable {
  public let name: String
  public let architecture: String
  public let version: String

  /// Reads the stanzas of `/var/lib/dpkg/status`. One that dpkg itself would refuse hides none of the
  /// others.
  public static func all(in status: [UInt8]) -> [InstalledPackage] {
    ControlFile(readByApt: String(decoding: status, as: UTF8.self)).stanzas.compactMap { stanza in
      guard let name = stanza["Package"], stanza["Status"]?.hasSuffix(" installed") == true else {
        return nil
      }
      return InstalledPackage(
        name: name, architecture: stanza["Architecture"] ?? "", version: stanza["Version"] ?? "")
    }
  }
}
