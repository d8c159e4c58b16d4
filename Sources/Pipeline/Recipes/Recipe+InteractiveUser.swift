extension Recipe {
  /// The user that the out-of-box script makes at the first launch, where a file to make has one; a
  /// file without it gets this user after everything else.
  public var interactiveUser: User? {
    guard wsl.install.contains(.fromFile) else { return nil }
    return users.first { $0.uid == interactiveUID }
  }

  private var interactiveUID: UInt32 {
    for (section, values) in wsl.distribution where section.lowercased() == "oobe" {
      for (key, value) in values where key.lowercased() == "defaultuid" {
        if case .integer(let uid) = value { return UInt32(clamping: uid) }
      }
    }
    return 1000
  }
}
