import Digests
import FileSystem
import Sandbox
import SystemPackage

/// The key store of certificates that `ca-certificates-java` makes. Each entry has the time at which it
/// was put in, in milliseconds, and no setting of Java's changes that: so kiln writes another one, and
/// the same certificates are the same file.
///
/// Source: the format `JKS` of `sun.security.provider.JavaKeyStore`: big-endian numbers, texts with a
/// length of two bytes, and at the end SHA-1 over the password in UTF-16, a phrase, and all before it.
enum JavaKeyStore {
  static let path = "etc/ssl/certs/java/cacerts"
  /// Of layers that the key store is written into.
  static let input = LayerInput("the treatment of Java's key store", "1")

  private static let magic: UInt64 = 0xFEED_FEED
  private static let certificate: UInt64 = 2
  private static let phrase = "Mighty Aphrodite"
  /// Debian's, and everybody's: it keeps no secret.
  private static let password = "changeit"
  private static let digestSize = 20

  /// The store with every entry from `epoch`, in seconds since 1970; nil for what is not a store of
  /// certificates under the usual password.
  static func dated(_ bytes: [UInt8], epoch: Int64) -> [UInt8]? {
    guard bytes.count > digestSize else { return nil }
    var content = Array(bytes.dropLast(digestSize))
    guard digest(of: content) == Hexadecimal.text(bytes.suffix(digestSize)) else { return nil }
    guard var places = times(in: content) else { return nil }
    let time = (0..<8).map { UInt8(truncatingIfNeeded: (epoch * 1000) >> (56 - 8 * $0)) }
    while let place = places.popLast() { content.replaceSubrange(place..<place + 8, with: time) }
    return Hexadecimal.bytes(digest(of: content)).map { content + $0 }
  }

  /// In hexadecimal.
  static func digest(of content: [UInt8]) -> String {
    var hasher = HasherSHA1()
    hasher.update(password.utf8.flatMap { [0, $0] } + Array(phrase.utf8))
    hasher.update(content)
    return hasher.finish()
  }

  /// Where the times of the entries stand.
  private static func times(in content: [UInt8]) -> [Int]? {
    var rest = content[...]
    func number(_ size: Int) -> UInt64? {
      guard rest.count >= size else { return nil }
      defer { rest = rest.dropFirst(size) }
      return rest.prefix(size).reduce(0) { $0 << 8 | UInt64($1) }
    }
    func skip(_ count: UInt64?) -> Bool {
      guard let count, count <= UInt64(rest.count) else { return false }
      rest = rest.dropFirst(Int(count))
      return true
    }
    guard number(4) == magic, let version = number(4), (1...2).contains(version),
      let count = number(4)
    else { return nil }
    var places: [Int] = []
    for _ in 0..<count {
      guard number(4) == certificate, skip(number(2)) else { return nil }
      places.append(rest.startIndex)
      guard skip(8), version == 1 || skip(number(2)), skip(number(4)) else { return nil }
    }
    return rest.isEmpty ? places : nil
  }
}

extension RootfsBuilder {
  /// Gives the Java key store of a layer that is being made, or of one below it, the image's time.
  func dateKeyStore(in place: Workplace) throws(RootfsError) {
    do throws(FileError) {
      guard let file = try place.stack.file(JavaKeyStore.path),
        let status = try Files.status(file)
      else { return }
      let bytes = try Files.read(file)
      guard let dated = JavaKeyStore.dated(bytes, epoch: sourceDateEpoch), dated != bytes else {
        return
      }
      var editor = LayerEditor(place)
      try editor.write(
        dated, at: JavaKeyStore.path,
        .init(mode: status.permissions, owner: status.owner, group: status.group))
    } catch { throw RootfsError(error) }
  }
}
