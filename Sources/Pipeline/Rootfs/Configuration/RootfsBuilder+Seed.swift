import Content
import Digests
import FileSystem
import Locks
import Packages
import Sandbox
import Store
import SystemPackage

extension RootfsBuilder {
  func configuredSet(_ root: PristineRoot, _ key: SHA256Digest) -> ConfiguredSet {
    // Everything that a script may see beside the packages' files.
    let context =
      ["configured 2", "\(LayerChain.formatVersion)", "\(sandbox.privileges)"]
      + [ConfigurationScript.remaining.text, "\(sourceDateEpoch)", architecture(root)]
    return ConfiguredSet(
      context: SHA256Digest(ofText: context.joined(separator: "\0")), key: key,
      packages: root.packages)
  }

  /// Fills a layer with what configuring fewer packages gave, where the others are ``Bystanders``:
  /// then nothing is left but to configure these, and the result is as from nothing.
  ///
  /// - Returns: whether there was such a set.
  func startFromSmaller(
    _ root: PristineRoot, in place: Workplace
  ) throws(RootfsError) -> Bool {
    guard root.deferred.isEmpty, let pristine = place.lower.first else { return false }
    // The key is this set's own, and asked for nowhere.
    let wanted = configuredSet(root, SHA256Digest(ofText: ""))
    for smaller in try wanted.smaller(in: store) {
      guard let layer = store.result(.layer, key: smaller.key)?.appending("upper") else { continue }
      let added = root.packages.filter { !smaller.packages.contains($0.artifact.sha256) }
      let bystanders = Bystanders(
        added: added,
        others: root.packages.filter { smaller.packages.contains($0.artifact.sha256) },
        architecture: Architecture(rawValue: architecture(root)) ?? .amd64)
      guard try bystanders.areUnnoticed(pristine, layer) else { continue }
      do throws(FileError) {
        try Files.copyTree(layer, into: place.upper)
        try addStanzas(of: added, pristine, place.upper)
      } catch { throw RootfsError(error) }
      return true
    }
    return false
  }

  private func architecture(_ root: PristineRoot) -> String {
    root.packages.first { $0.architecture != "all" }?.architecture ?? "all"
  }

  /// Tells dpkg of the added packages, in the words of the root that has all of them unpacked.
  private func addStanzas(
    of added: [UnpackedPackage], _ pristine: FilePath, _ upper: FilePath
  ) throws(FileError) {
    let names = Set(added.map { "Package: \($0.name)" })
    let file = "var/lib/dpkg/status"
    let stanzas = try Files.readText(pristine.appending(file)).split(separator: "\n\n")
      .filter { names.contains(String($0.prefix { $0 != "\n" })) }
    let configured = try Files.readText(upper.appending(file))
    try Files.write(
      configured + stanzas.map { $0 + "\n\n" }.joined(), to: upper.appending(file))
  }
}
