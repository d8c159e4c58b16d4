internal import FileSystem
public import SystemPackage

extension Store {
  /// Keeps what a program printed that failed, in the place of an earlier text of that name.
  ///
  /// - Parameter name: what it is the log of; of other characters than a file's usual ones it has `_`.
  /// - Returns: the file; nil where it cannot be written, which is no failure of its own.
  public func keepLog(_ text: String, _ name: String) -> FilePath? {
    let usual = name.utf8.prefix(100).map { byte -> Character in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber)
        || "-.".contains(character) ? character : "_"
    }
    let file = root.appending("logs").appending(String(usual) + ".log")
    do throws(FileError) {
      try Files.makeDirectories(root.appending("logs"), permissions: 0o700)
      try Files.write(text, to: file)
      return file
    } catch { return nil }
  }
}
