import FileSystem
import Packages
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct PackageLicenceTests {
  @Test func theCopyrightIsThePackagesOwnOrThatOfItsSibling() async throws {
    try await withTemporaryFolder { folder in
      let own = TestDeb(
        "own", entries: [.init("usr/share/doc/own/copyright", .file("mine\n"))])
      let sibling = TestDeb(
        "sibling", entries: [.init("usr/share/doc/sibling", .symlink("own"))])
      let without = TestDeb(
        "without", entries: [.init("usr/share/doc/without/README", .file(""))])
      let none = TestDeb("none")
      let store = try Store(root: folder.appending("store"))
      let packages = try await store.unpacked([own, sibling, without, none], in: folder)
      #expect(
        try packages.map { try $0.licenceFiles }
          == [["/usr/share/doc/own/copyright"], ["/usr/share/doc/own/copyright"], [], []])
    }
  }

  @Test func noFileOfTheHostIsALicence() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("host/evil"))
      try Files.write("", to: folder.appending("host/evil/copyright"))
      let evil = TestDeb(
        "evil",
        entries: [.init("usr/share/doc", .symlink(folder.appending("host").string))])
      let store = try Store(root: folder.appending("store"))
      let packages = try await store.unpacked([evil], in: folder)
      #expect(try packages.map { try $0.licenceFiles } == [[]])
    }
  }
}
