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
    let status = "var/lib/dpkg/status"
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
        // A script may have laid links there, which mean something in the image only.
        guard let unpacked = try LayerStack([pristine]).file(status),
          let configured = try LayerStack([pristine, layer]).file(status)
        else { continue }
        let text = try Files.readText(configured)
        let stanzas = try stanzas(of: added, Files.readText(unpacked))
        try Files.copyTree(layer, into: place.upper)
        var editor = LayerEditor(place)
        try editor.write((text + stanzas).utf8, at: status, .init(mode: 0o644))
      } catch { throw RootfsError(error) }
      return true
    }
    return false
  }

  private func architecture(_ root: PristineRoot) -> String {
    root.packages.first { $0.architecture != "all" }?.architecture ?? "all"
  }

  /// What tells dpkg of the added packages, in the words of the root that has all of them unpacked.
  private func stanzas(of added: [UnpackedPackage], _ status: String) -> String {
    let names = Set(added.map { "Package: \($0.name)" })
    return status.split(separator: "\n\n")
      .filter { names.contains(String($0.prefix { $0 != "\n" })) }
      .map { $0 + "\n\n" }.joined()
  }
}
