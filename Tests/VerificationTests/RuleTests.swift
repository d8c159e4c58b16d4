import Diagnostics
import FileSystem
import SystemPackage
import TestSupport
import Testing
import Verification

/// One bad image for each rule, and a good one without a finding.
@Suite struct RuleTests {
  /// The codes of what is found in each image.
  private func codes(_ images: [Bad]) async throws -> [[String]] {
    try await withTemporaryFolder { folder in
      let images = images.enumerated().map {
        ("\($0.offset)-\($0.element.name)", $0.element.change)
      }
      try await SampleImage.write(images, in: folder)
      let verifier = ImageVerifier(environment: [:], scratch: folder)
      return try images.map { name, _ in
        let report = try verifier.judge(folder.appending(name))
        #expect(report.findings.allSatisfy { $0.remedy != nil })
        return Set(report.findings.map(\.code)).sorted()
      }
    }
  }

  private func check(_ images: [Bad]) async throws {
    for (image, found) in zip(images, try await codes(images)) {
      #expect(found == image.codes, "\(image.testDescription)")
    }
  }

  @Test func goodImagesHaveNoFinding() async throws {
    try await check([
      Bad(change: ""), Bad(change: "", name: "good.tar.gz"),
      Bad(change: "folder('.'); folder('tmp').mode = 0o1777"),
      Bad(change: "drop('usr/bin/dbus-daemon'); add('usr/bin/dbus-broker-launch', elf, 0o755)"),
      Bad(change: "text('etc/wsl.conf', conf + '[automount]\\ncgroups=V2\\n')"),
    ])
  }

  struct Bad: CustomTestStringConvertible, Sendable {
    let codes: [String]
    let change: String
    var name = "bad.wsl"
    var testDescription: String { codes.joined(separator: "+") + " " + change }

    init(_ codes: String..., change: String, name: String = "bad.wsl") {
      self.codes = codes.sorted()
      self.change = change
      self.name = name
    }
  }

  static let shapes: [Bad] = [
    .init("K6110", change: "raw = lambda d: d.replace(b'usr/bin/hard', b'usr/bin/HARD')"),
    .init(
      "K6110",
      change: "raw = lambda d: d[:-11000]; add('usr/z', b'z' * 9999)"),
    // Cut before most of it: what is behind the cut is missing from nothing.
    .init("K6110", change: "raw = lambda d: d[:9000]"),
    .init(
      "K6111",
      change: "add('usr/bin/early', kind=H, target='usr/bin/late'); add('usr/bin/late', elf)"),
    .init("K6111", change: "add('usr/bin/lonely', kind=H, target='usr/bin/nothing')"),
    .init("K6112", change: "add('bin/x', elf)"),
    .init(
      "K6113", "K6304",
      change:
        "folder('etc/wsl-distribution.conf.d'); link('etc/wsl-distribution.conf.d', 'x'); text('etc/wsl-distribution.conf', dist.replace('command=/usr/lib/wsl/oobe.sh', ''))"
    ),
    .init("K6114", change: "link('usr/alias', 'lib'); folder('usr/alias')"),
    .init("K6115", change: "add('usr/../x', b'')"),
    .init("K6116", change: "add('usr/' + 'x' * 256, b'')"),
    .init(
      "K6117",
      change:
        "format = tarfile.PAX_FORMAT; link('usr/l', 'x').pax_headers = {'SCHILY.xattr.user.a': 'b'}; drop('usr/lib/F\\u0151tan\\u00fas\\u00edtv\\u00e1ny.crt')"
    ),
    .init(
      "K6118",
      change:
        "format = tarfile.PAX_FORMAT; add('usr/f', pax={'SCHILY.xattr.com.apple.quarantine': 'b'}); drop('usr/lib/F\\u0151tan\\u00fas\\u00edtv\\u00e1ny.crt')"
    ),
    .init(
      "K6119",
      change:
        "format = tarfile.PAX_FORMAT; add('usr/f', pax={'SCHILY.acl.access': 'user::rw-,user:bob:rw-,group::r--,mask::rw-,other::r--'}); drop('usr/lib/F\\u0151tan\\u00fas\\u00edtv\\u00e1ny.crt')"
    ),
    .init("K6120", change: "format = tarfile.PAX_FORMAT"),
    .init("K6121", change: "raw = lambda d: d + d"),
    .init("K6121", change: "raw = lambda d: d + b'x'"),
    .init("K6122", change: "add('etc/.wh.shadow')"),
    .init("K6123", change: "add('usr/twice'); add('usr/twice')"),
    .init("K6125", change: "add('usr/null', kind=tarfile.CHRTYPE)"),
    .init("K6125", change: "folder('dev'); add('dev/x')"),
    .init(
      "K6126",
      change:
        "format = tarfile.PAX_FORMAT; add('usr/f', pax={'SCHILY.xattr.security.selinux': 'b'}); drop('usr/lib/F\\u0151tan\\u00fas\\u00edtv\\u00e1ny.crt')"
    ),
    .init("K6127", change: "add('/usr/absolute')"),
    .init("K6128", change: "add('usr/owned').uname = 'bob'"),
    .init("K6129", change: "import lzma; pack = lzma.compress"),
    .init("K6129", change: "pack = lambda data: data"),
    .init("K6138", change: "folder('.').mode = 0o700"),
    .init("K6138", change: "folder('./').uid = 1000"),
    .init("K6139", change: "folder('tmp')"),
    .init("K6137", change: "add('usr/\\udcff')"),
  ]

  static let acceptance: [Bad] = [
    .init("K6201", change: "drop('etc/wsl-distribution.conf')"),
    .init("K6202", change: "get('etc/wsl-distribution.conf').mode = 0o600"),
    .init(
      "K6203", change: "text('etc/wsl-distribution.conf', dist.replace('defaultName=sample', ''))"),
    .init("K6203", change: "text('etc/wsl-distribution.conf', dist.replace('sample', 'a b'))"),
    .init("K6203", change: "text('etc/wsl-distribution.conf', dist.replace('sample', 'LEGACY'))"),
    .init("K6204", change: "drop('usr/lib/wsl/oobe.sh')"),
    .init("K6205", change: "get('usr/lib/wsl/oobe.sh').mode = 0o644"),
    .init(
      "K6205",
      change:
        "add('usr/bin/oobe', b'', 0o755); text('etc/wsl-distribution.conf', dist.replace('/usr/lib/wsl/oobe.sh', '/usr/bin/oobe'))"
    ),
    .init("K6206", change: "text('etc/wsl-distribution.conf', dist.replace('1000', '1001'))"),
    .init("K6206", change: "text('etc/passwd', users + 'a:x:1000:1000::/:/bin/sh\\n')"),
    .init(
      "K6207",
      change: "text('etc/wsl-distribution.conf', dist.replace('icon=', 'enabled=true\\n#'))"),
    .init("K6208", change: "text('usr/lib/wsl/icon.ico', 'x' * (1024 * 1024 + 1))"),
    .init("K6208", change: "drop('usr/lib/wsl/icon.ico')"),
    .init(
      "K6208",
      change: "text('etc/wsl-distribution.conf', dist.replace('wsl/icon', 'wsl/../wsl/icon'))"),
    .init("K6208", change: "text('usr/lib/wsl/icon.ico', 'PNG')"),
    .init("K6209", change: "get('usr/lib/wsl/icon.ico').uid = 7"),
    .init("K6210", change: "drop('usr/lib/wsl/profile.json')"),
    .init("K6210", change: "text('usr/lib/wsl/profile.json', '{}', 0o640)"),
    .init("K6210", change: "text('usr/lib/wsl/profile.json', '{\"profiles\": [1]}', 0o640)"),
    .init(
      "K6210", change: "text('usr/lib/wsl/profile.json', '{\"profiles\": []} // none', 0o640)"),
    .init("K6211", change: "get('usr/lib/wsl/profile.json').mode = 0o644"),
    .init("K6212", change: "get('etc/wsl.conf').mode = 0o600"),
    .init("K6213", change: "text('etc/wsl.conf', conf + 'sytemd=true\\n')"),
    .init("K6214", change: "text('etc/wsl.conf', conf + 'initTimeout=1\\n')"),
    .init("K6215", change: "text('etc/wsl.conf', conf + '[user]\\ndefault=root\\n')"),
    .init("K6216", change: "drop('usr/sbin/init')"),
    .init(
      "K6216",
      change:
        "drop('usr/lib/systemd/systemd'); add('usr/lib/systemd/systemd', b'#!/bin/sh\\n', 0o755)"),
    .init("K6216", "K6217", change: "get('usr/lib/systemd/systemd').mode = 0o644"),
    .init("K6217", change: "get('usr/lib/systemd/systemd').mode = 0o777"),
    .init("K6218", change: "text('etc/passwd', users + 'bob\\n')"),
    .init("K6218", change: "text('etc/passwd', users + 'toor:x:0:0::/:/bin/sh\\n')"),
    .init("K6218", change: "text('etc/passwd', 'toor:x:0:0::/:/bin/sh\\n')"),
    .init("K6219", change: "get('etc/passwd').mode = 0o600"),
    .init("K6220", change: "drop('etc/shadow')"),
    .init("K6221", change: "get('etc/shadow').mode = 0o644"),
    .init("K6222", change: "drop('usr/bin/sh')"),
    .init(
      "K6222",
      change: "drop('usr/bin/dash'); add('usr/bin/dash', elf[:18] + b'\\xb7\\0' + elf[20:], 0o755)"),
    .init("K6223", change: "get('usr/bin/dash').mode = 0o777"),
    .init("K6224", change: "drop('etc/systemd/system/systemd-tmpfiles-setup.service')"),
    .init(
      "K6224",
      change:
        "folder('etc/systemd/system/timers.target.wants'); link('etc/systemd/system/timers.target.wants/systemd-tmpfiles-clean.timer', '/lib/x')"
    ),
    .init(
      "K6224",
      change:
        "folder('etc/systemd/user'); folder('etc/systemd/user/basic.target.wants'); link('etc/systemd/user/basic.target.wants/systemd-tmpfiles-setup.service', '/lib/x')"
    ),
    .init("K6230", change: "text('etc/wsl.conf', conf + '; no\\n')"),
    .init("K6231", change: "text('etc/wsl.conf', conf + 'Systemd=false\\n')"),
    .init("K6232", change: "text('etc/wsl.conf', 'a=1\\n' + conf)"),
    .init("K6233", change: "text('etc/wsl.conf', conf.replace('true', 'yes'))"),
    .init("K6235", change: "text('etc/wsl.conf', conf + '[general]\\nhostname=x\\n')"),
    .init("K6235", change: "text('etc/wsl.conf', conf + '[filesystem]\\numask=22\\n')"),
    .init("K6234", change: "text('etc/wsl.conf', conf + 'command=\"x\"\\n')"),
  ]

  static let launch: [Bad] = [
    .init("K6301", change: "drop('usr/bin/login')"),
    .init("K6301", change: "drop('usr/lib/x86_64-linux-gnu/security')"),
    .init(
      "K6302", change: "text('etc/passwd', users.replace('kiln', 'other'))", name: "bad.tar.gz"),
    .init("K6303", change: "text('etc/wsl.conf', '[boot]\\nsystemd=true\\n')", name: "bad.tar.gz"),
    .init(
      "K6304", change: "text('etc/wsl-distribution.conf', dist.replace('defaultUid=1000', ''))"),
    .init("K6305", change: "text('etc/fstab', 'LABEL=x / ext4 defaults 0 1\\n')"),
    .init("K6306", change: "text('etc/default/locale', 'LANG=de_DE.UTF-8\\n')"),
    .init("K6306", change: "drop('etc/default/locale')"),
    .init("K6306", change: "text('etc/default/locale', 'LANG=\"C.UTF-8\"\\n')"),
    .init("K6306", change: "text('etc/default/locale', 'LANG=C.UTF-8\\nLANG=de_DE.UTF-8\\n')"),
    .init("K6308", change: "text('etc/resolv.conf', '')"),
    .init("K6309", change: "text('etc/machine-id', '0123456789abcdef0123456789abcdef\\n')"),
    .init("K6310", change: "text('etc/shadow', 'root:$y$j9T$x:19000:0:99999:7:::\\n', 0o640)"),
    .init("K6311", change: "folder('boot'); add('boot/vmlinuz-6.1')"),
    .init("K6312", change: "folder('etc/ssh'); add('etc/ssh/ssh_host_rsa_key')"),
    .init("K6312", change: "folder('etc/munge'); add('etc/munge/munge.key')"),
    .init("K6401", change: "add('usr/lib/libcuda.so.1', elf)"),
    .init("K6401", change: "add('usr/lib/libnvidia-ml.so.550')"),
    .init("K6402", change: "folder('usr/lib/wsl/lib'); add('usr/lib/wsl/lib/libcuda.so.1', elf)"),
    .init("K6403", change: "folder('etc/cdi'); add('etc/cdi/nvidia.yaml')"),
    .init("K6404", change: "text('etc/ld.so.conf.d/cuda.conf', '/usr/local/cuda/lib64/stubs\\n')"),
    .init(
      "K6404",
      change:
        "text('etc/profile.d/cuda.sh', 'export LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs\\n')"),
    .init("K6405", change: "drop('etc/ld.so.conf.d')"),
    .init("K6405", change: "text('etc/ld.so.conf', '')"),
    .init("K6406", change: "drop('usr/lib/x86_64-linux-gnu/libcuda.so')"),
    .init(
      "K6407",
      change:
        "text('var/lib/dpkg/status', 'Package: libcuda1\\nStatus: install ok installed\\nArchitecture: amd64\\nVersion: 1\\n')"
    ),
    .init("K6408", change: "drop('etc/profile.d/wsl.sh')"),
    .init("K6409", change: "drop('etc/sudoers.d/wsl')"),
    .init("K6410", change: "drop('usr/lib/x86_64-linux-gnu/libc.so.6')"),
    .init("K6411", change: "drop('usr/sbin/ldconfig')"),
  ]

  @Test func tarShapes() async throws { try await check(Self.shapes) }

  @Test func acceptanceRules() async throws { try await check(Self.acceptance) }

  @Test func firstLaunchAndGPU() async throws { try await check(Self.launch) }

  /// There is no line to mend.
  @Test(arguments: [
    ("drop('etc/passwd')", "passwd.master"), ("text('etc/passwd', '')", "add `root:x:0:0"),
    ("text('etc/passwd', users + 'bob\\n')", "fix the line"),
  ])
  func theRemedyFitsWhatIsWrongWithPasswd(change: String, remedy: String) async throws {
    try await withTemporaryFolder { folder in
      let image = try await SampleImage.write("bad.tar.gz", change: change, in: folder)
      let report = try ImageVerifier(environment: [:], scratch: folder).judge(image)
      let found = report.findings.filter { $0.code == "K6218" }
      #expect(found.count == 1 && found.first?.remedy?.contains(remedy) == true, "\(found)")
    }
  }

  @Test(arguments: [("C.UTF-8", "install libc-bin"), ("de_DE.UTF-8", "set LANG=C.UTF-8")])
  func theRemedyFitsTheLocaleThatIsMissing(name: String, remedy: String) async throws {
    try await withTemporaryFolder { folder in
      let change = "text('etc/default/locale', 'LANG=\(name)\\n'); drop('usr/lib/locale')"
      let image = try await SampleImage.write("bad.tar.gz", change: change, in: folder)
      let report = try ImageVerifier(environment: [:], scratch: folder).judge(image)
      let found = report.findings.filter { $0.code == "K6306" }
      #expect(found.count == 1 && found.first?.remedy?.hasPrefix(remedy) == true, "\(found)")
    }
  }

  @Test func aFolderAboveTheRootIsFound() async throws {
    let found = try await codes([
      Bad(change: "for t, _ in e: t.name = 'rootfs/' + t.name", name: "bad.tar.gz")
    ])
    #expect(found.first?.contains("K6124") == true)
  }

  @Test func everyRuleHasItsOwnCodeAndATest() {
    let codes = Rule.all.map(\.code)
    #expect(Set(codes).count == codes.count)
    let tested = (Self.shapes + Self.acceptance + Self.launch).flatMap(\.codes) + ["K6124"]
    #expect(Set(codes).subtracting(tested).isEmpty)
  }

  @Test func whatIsNoArchiveIsAnError() async throws {
    try await withTemporaryFolder { folder in
      let verifier = ImageVerifier(environment: [:], scratch: folder)
      try Files.write("", to: folder.appending("empty.wsl"))
      try Files.write(String(repeating: "text\n", count: 999), to: folder.appending("text.wsl"))
      try Files.makeDirectory(folder.appending("folder.wsl"))
      for (name, words) in [
        ("empty", "Unrecognized archive format"), ("missing", "No such file"),
        ("text", "does not begin as a tar archive"), ("folder", "Is a directory"),
      ] {
        let error = #expect(throws: VerificationError.self) {
          try verifier.judge(folder.appending("\(name).wsl"))
        }
        #expect(error?.diagnostics.count == 1 && error?.reason?.contains(words) == true, "\(name)")
      }
    }
  }
}
