import Content
import Sandbox

/// What scripts leave behind that must not be in an image, or is different in each build.
enum CleanUp {
  /// For `/bin/sh -e`, in the image; a package that is not there leaves nothing to remove.
  static let script = """
    # Logs of the build: times, and nothing of interest to the image's user.
    rm -f /var/log/dpkg.log /var/log/alternatives.log /var/log/bootstrap.log /var/log/fontconfig.log
    rm -rf /var/log/apt/*
    # Inode numbers and times of the building machine; ldconfig makes it again.
    rm -f /var/cache/ldconfig/aux-cache
    # Package lists and downloads: large, old at once, and apt fetches them again.
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*
    if [ -d /var/lib/apt ]; then
      mkdir -p /var/lib/apt/lists/partial /var/cache/apt/archives/partial
      chmod 700 /var/lib/apt/lists/partial /var/cache/apt/archives/partial
      if chown _apt:root /var/lib/apt/lists/partial 2>/dev/null; then
        chown _apt:root /var/cache/apt/archives/partial
      fi
    fi
    # Lock files, and what dpkg, debconf and shadow keep of the version before.
    rm -f /var/lib/dpkg/lock /var/lib/dpkg/lock-frontend /var/lib/dpkg/triggers/Lock
    rm -f /var/lib/dpkg/*-old /var/cache/debconf/*-old
    rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid-
    # An identity is each machine's own. Empty, not absent: see machine-id(5), first boot.
    rm -f /var/lib/dbus/machine-id
    : > /etc/machine-id
    chmod 644 /etc/machine-id
    # Keys that every copy of the image would share.
    rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
    rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret
    # Made again at boot from the catalogs that are installed.
    rm -f /var/lib/systemd/catalog/database
    # Times of the man pages on this disk; man-db's timer makes it again.
    find /var/cache/man -name index.db -delete 2>/dev/null || :
    # update-info-dir takes the manuals in the order of the disk's folder, and so do sections of its list.
    if [ -e /usr/share/info/dir ] && command -v install-info >/dev/null; then
      rm -f /usr/share/info/dir /usr/share/info/dir.old
      find /usr/share/info -type f | LC_ALL=C sort | while read -r file; do
        case $file in
          *.old.gz | *-[0-9] | *-[0-9].gz | *-[1-9][0-9] | *-[1-9][0-9].gz | *.png | *.jpg) ;;
          *) install-info "$file" /usr/share/info/dir || : ;;
        esac
      done
    fi
    # The host's name and resolver belong to the machine that runs the image.
    rm -f /etc/resolv.conf /etc/hostname
    """
}

extension RootfsBuilder {
  /// The clean-up after the last step, as a layer.
  func cleanUp(on chain: inout LayerChain) async throws(RootfsError) {
    let description = LayerChain.Description(
      stage: .steps, name: "clean-up", origin: Origin(.configuration),
      inputs: [LayerInput("the clean-up's script", CleanUp.script), JavaKeyStore.input])
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      let command = SandboxCommand(
        layers: place.lower, writes: place.writes,
        arguments: ["/bin/sh", "-e", "-c", CleanUp.script], environment: scriptEnvironment)
      do throws(SandboxError) { try await sandbox.run(command) } catch {
        throw RootfsError(error, .cleanUp, "clean-up")
      }
      try dateKeyStore(in: place)
      return MadeLayer()
    }
  }
}
