import Commands
import SystemPackage
import TestSupport

/// A small image that breaks no rule, and images that break one: Python's tarfile writes what no
/// careful tool would.
enum SampleImage {
  /// The first bytes of any `.ico`.
  static let icon: [UInt8] = [0, 0, 1, 0]

  /// Writes an image into `folder`.
  ///
  /// - Parameter change: Python that changes the entries `e` (`add`, `text`, `link`, `drop`, `get`)
  ///   before they are written, or `raw` (a function of the tar's bytes) after.
  static func write(
    _ name: String, change: String = "", in folder: FilePath
  ) async throws -> FilePath {
    try await write([(name, change)], in: folder)
    return folder.appending(name)
  }

  /// Writes several images in one run of Python.
  static func write(_ images: [(name: String, change: String)], in folder: FilePath) async throws {
    try await python(program, images.flatMap { [$0.name, $0.change] }, in: folder)
  }

  private static let program = #"""
    import sys
    image = r"""
    import gzip, io, sys, tarfile, struct
    D, L, H = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
    out, change = sys.argv[1:3]
    flavour = "from" if out.endswith("wsl") else "import"
    e = []
    raw = lambda data: data
    pack = lambda data: gzip.compress(data, 1, mtime=0)
    format = tarfile.GNU_FORMAT
    def add(name, data=b"", mode=0o644, kind=tarfile.REGTYPE, target="", pax=None, uid=0, gid=0, at=None):
        t = tarfile.TarInfo(name)
        t.mode, t.type, t.linkname, t.uid, t.gid, t.mtime = mode, kind, target, uid, gid, 1700000000
        t.size = len(data) if kind == tarfile.REGTYPE else 0
        t.pax_headers = pax or {}
        e.insert(len(e) if at is None else at, (t, data))
        return t
    def text(name, s, mode=0o644):
        drop(name)
        return add(name, s.encode(), mode)
    def link(name, target):
        return add(name, kind=L, target=target, mode=0o777)
    def folder(name):
        return add(name, kind=D, mode=0o755)
    def get(name):
        return next(t for t, _ in e if t.name == name)
    def drop(name):
        e[:] = [x for x in e if x[0].name != name and not x[0].name.startswith(name + "/")]
    elf = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, 62) + bytes(44)
    for d in '''etc etc/default etc/ld.so.conf.d etc/profile.d etc/sudoers.d etc/systemd
        etc/systemd/system usr usr/bin usr/sbin usr/lib usr/lib/wsl usr/lib/locale
        usr/lib/locale/C.utf8 usr/lib/systemd usr/lib/systemd/system
        usr/lib/systemd/system/sysinit.target.wants usr/lib/x86_64-linux-gnu
        usr/lib/x86_64-linux-gnu/security var var/lib var/lib/dpkg home'''.split():
        folder(d)
    link("bin", "usr/bin"); link("sbin", "usr/sbin"); link("lib", "usr/lib")
    for p in "usr/bin/dash usr/bin/bash usr/bin/login usr/bin/sudo usr/bin/dbus-daemon usr/lib/systemd/systemd usr/sbin/ldconfig".split():
        add(p, elf, 0o755)
    link("usr/bin/sh", "dash"); link("usr/sbin/init", "/lib/systemd/systemd")
    add("usr/lib/x86_64-linux-gnu/libc.so.6", elf, 0o755)
    add("usr/lib/x86_64-linux-gnu/security/pam_systemd.so", elf)
    add("usr/lib/x86_64-linux-gnu/libcudart.so.12", elf)
    link("usr/lib/x86_64-linux-gnu/libcuda.so", "/usr/lib/wsl/lib/libcuda.so.1")
    text("usr/lib/systemd/system/user@.service", "[Service]\n")
    link("usr/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service", "../systemd-tmpfiles-setup.service")
    link("etc/systemd/system/systemd-tmpfiles-setup.service", "/dev/null")
    users = "root:x:0:0:root:/root:/bin/bash\n"
    conf = "[boot]\nsystemd=true\n"
    if flavour == "import":
        users += "kiln:x:1000:1000::/home/kiln:/bin/bash\n"
        conf += "\n[user]\ndefault=kiln\n"
    text("etc/passwd", users)
    text("etc/shadow", "root:*:19000:0:99999:7:::\n", 0o640)
    text("etc/wsl.conf", conf)
    text("usr/lib/wsl/oobe.sh", "#!/bin/sh\n", 0o755)
    add("usr/lib/wsl/icon.ico", b"\0\0\1\0")
    text("usr/lib/wsl/profile.json", '{"profiles": [{}]}', 0o640)
    dist = "[oobe]\ncommand=/usr/lib/wsl/oobe.sh\ndefaultUid=1000\ndefaultName=sample\n"
    dist += "\n[shortcut]\nicon=/usr/lib/wsl/icon.ico\n"
    dist += "\n[windowsterminal]\nprofileTemplate=/usr/lib/wsl/profile.json\n"
    text("etc/wsl-distribution.conf", dist)
    text("etc/fstab", "# nothing\n")
    text("etc/default/locale", "LANG=C.UTF-8\n")
    text("etc/machine-id", "")
    text("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    text("etc/profile", "PATH=/usr/bin\n")
    text("etc/profile.d/wsl.sh", "PATH=$PATH:/usr/lib/wsl/lib\n")
    text("etc/sudoers.d/wsl", 'Defaults secure_path="/usr/bin:/usr/lib/wsl/lib"\n', 0o440)
    text("var/lib/dpkg/status", "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41\n\n")
    add("usr/lib/F\u0151tan\u00fas\u00edtv\u00e1ny.crt", b"x")
    add("usr/lib/" + "long/" * 1 + "n" * 200, b"y", at=None); folder("usr/lib/long"); e.insert(-2, e.pop())
    add("usr/bin/hard", kind=H, target="usr/bin/bash", mode=0o755)
    exec(change)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as tar:
        for t, data in e:
            tar.addfile(t, io.BytesIO(data))
    with open(out, "wb") as file:
        file.write(pack(raw(buffer.getvalue())))
    """
    program = compile(image, "image", "exec")
    images = sys.argv[1:]
    while images:
        sys.argv[1:3] = images[:2]
        del images[:2]
        exec(program, {})
    """#
}
