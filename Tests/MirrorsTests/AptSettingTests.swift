import FileSystem
import Mirrors
import Needs
import SystemPackage
import TestSupport
import Testing
import Transfers

@Suite struct AptSettingTests {
  /// What `apt-config` makes of a configuration, by the real one.
  private func mirrors(_ configuration: String) async throws -> Mirrors {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("etc/apt/apt.conf.d"))
      try Files.write("Dir \"\(folder)\";\n", to: folder.appending("main.conf"))
      try Files.write(configuration, to: folder.appending("etc/apt/apt.conf.d/50test"))
      return try await Mirrors.ofHost(
        environment: [
          "PATH": TestEnvironment.path, "APT_CONFIG": folder.appending("main.conf").string,
          "HOME": folder.string,
        ], root: folder, python: false)
    }
  }

  private static let hasApt = Files.exists("/usr/bin/apt-config")

  @Test(.needs("apt", if: hasApt))
  func passesOnHowToReachArchivesAndNothingElse() async throws {
    let mirrors = try await mirrors(
      """
      Acquire::http { Proxy "http://example.org:3142"; Timeout "9"; Proxy::example.com "DIRECT"; };
      Acquire::Check-Valid-Until "false";
      Acquire::AllowInsecureRepositories "true";
      Acquire::Languages { "de"; };
      APT::Install-Recommends "false";
      """)
    #expect(
      mirrors.aptSettings.map { "\($0.name)=\($0.value)" }.sorted() == [
        "Acquire::Check-Valid-Until=false", "Acquire::http::Proxy::example.com=DIRECT",
        "Acquire::http::Proxy=http://example.org:3142", "Acquire::http::Timeout=9",
      ])
  }

  @Test(.needs("apt", if: hasApt))
  func asksTheProgramThatFindsProxies() async throws {
    try await withTemporaryFolder { folder in
      let program = folder.appending("detect")
      try Files.write(
        """
        #!/bin/sh
        case $1 in
        http://example.org:81) echo " http://proxy.example.org:3142 " ;;
        http://example.com) echo DIRECT ;;
        http://example.net) ;;
        *) exit 1 ;;
        esac

        """, to: program, permissions: 0o755)
      try Files.makeDirectories(folder.appending("etc/apt"))
      try Files.write(
        """
        Dir "\(folder)";
        Acquire::http { Proxy "http://default.example.org"; Proxy-Auto-Detect "\(program)"; };

        """, to: folder.appending("main.conf"))
      let mirrors = try await Mirrors.ofHost(
        environment: [
          "PATH": TestEnvironment.path, "APT_CONFIG": folder.appending("main.conf").string,
          "HOME": folder.string,
          "KILN_MIRROR_DEBIAN": "http://u:p@example.org:81/debian http://example.com/debian",
          "KILN_MIRROR_UBUNTU": "http://example.net/ubuntu http://bad.example.net/ubuntu",
        ], root: folder, python: false)
      let proxy = { mirrors.proxy(source: "debian", url: $0) }
      #expect(proxy("http://example.org:81/debian/x") == .through("http://proxy.example.org:3142"))
      #expect(proxy("http://example.com/debian/x") == .direct)
      for host in ["example.net", "bad.example.net"] {
        #expect(proxy("http://\(host)/ubuntu/x") == .through("http://default.example.org"))
      }
    }
  }

  @Test func choosesTheProxyAsAptDoes() {
    let mirrors = Mirrors(
      [:],
      aptSettings: [
        AptSetting(name: "Acquire::http::Proxy", value: "http://example.org:3142"),
        AptSetting(name: "Acquire::https::Proxy", value: "DIRECT"),
        AptSetting(name: "acquire::HTTP::proxy::example.com", value: "DIRECT"),
      ])
    let proxy = { mirrors.proxy(source: "debian", url: $0) }
    #expect(proxy("http://example.net/debian") == .through("http://example.org:3142"))
    #expect(proxy("http://example.com/debian") == .direct)
    #expect(proxy("https://example.net/debian") == .direct)
    #expect(mirrors.proxy(source: "pypi", url: "http://example.net") == .environment)
    #expect(Mirrors([:]).proxy(source: "debian", url: "http://example.net") == .environment)
  }
}
