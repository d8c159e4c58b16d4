"""What people use today, given the same packages and wheels from a mirror on loopback."""

import functools
import http.server
import os
import subprocess
import threading
import time

from measuring import measured


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


class Slow(Quiet):
    """A line of a certain speed that all requests share."""

    bytes_per_second = 25_000_000
    turn = threading.Lock()

    def copyfile(self, source, outputfile):
        while piece := source.read(64 << 10):
            with self.turn:
                time.sleep(len(piece) / self.bytes_per_second)
            outputfile.write(piece)


def serve(folder, handler=Quiet):
    handler = functools.partial(handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


class Mirror:
    """An apt repository of exactly a lock's packages, and a folder of its wheels."""

    def __init__(self, lock, store, folder):
        self.folder = folder
        self.names = [f"{a['name']}={a['version']}" for a in lock["artifacts"]
                      if a["kind"] == "package"]
        self.suite = "bookworm"
        index = folder / "dists" / self.suite / "main" / "binary-amd64"
        index.mkdir(parents=True)
        (folder / "pool").mkdir()
        (folder / "wheels").mkdir()
        for item in lock["artifacts"]:
            below = "pool" if item["kind"] == "package" else "wheels"
            digest = item["sha256"]
            artifact = store / "artifacts" / digest[:2] / digest[2:]
            os.symlink(artifact, folder / below / item["path"].rsplit("/", 1)[-1])
            # As kiln looks for it.
            place = folder / "sources" / item["source"] / item["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(artifact, place)
        with open(index / "Packages", "wb") as packages:
            subprocess.run(["apt-ftparchive", "packages", "pool"], cwd=folder, stdout=packages,
                           check=True)
        facts = {"Codename": self.suite, "Suite": self.suite, "Components": "main",
                 "Architectures": "amd64"}
        options = [f"-oAPT::FTPArchive::Release::{key}={value}" for key, value in facts.items()]
        with open(folder / "Release.new", "wb") as release:
            subprocess.run(["apt-ftparchive", *options, "release", f"dists/{self.suite}"],
                           cwd=folder, stdout=release, check=True)
        os.rename(folder / "Release.new", folder / "dists" / self.suite / "Release")
        self.url = serve(folder)
        slow = serve(folder, Slow)
        self.variables = {
            "KILN_MIRROR_" + source.upper().replace("-", "_"): f"{slow}/sources/{source}"
            for source in {item["source"] for item in lock["artifacts"]}}
        self.size = sum(item["size"] for item in lock["artifacts"])


def mmdebstrap(mirror, scratch):
    image = scratch / "image.tar.gz"
    run = measured(
        ["mmdebstrap", "--quiet", "--mode=root", "--variant=custom",
         f"--include={','.join(mirror.names)}",
         "--setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh \"$1\"", mirror.suite,
         str(image), f"deb [trusted=yes] {mirror.url} {mirror.suite} main"])
    return run | {"bytes": image.stat().st_size, "image": image}


def debootstrap(mirror, scratch):
    image, root = scratch / "image.tar.gz", scratch / "root"
    names = ",".join(name.split("=")[0] for name in mirror.names)
    script = f"""set -e
debootstrap --no-check-gpg --variant=minbase --exclude=usr-is-merged --include={names} {mirror.suite} {root} {mirror.url} \
  >{scratch}/log 2>&1 || {{ tail -n 5 {scratch}/log >&2; exit 1; }}
tar -C {root} --numeric-owner --xattrs -c . | gzip -6 > {image}
"""
    run = measured(["bash", "-c", script])
    return run | {"bytes": image.stat().st_size, "image": image}


def pip(mirror, compressor, scratch):
    """Installs the wheels into a folder, without byte code, and packs it."""
    image = scratch / "wheels.tar.gz"
    # All that Debian 12 can run; pip takes each by its name.
    names = [f"manylinux_2_{minor}" for minor in range(5, 37)]
    names += ["manylinux1", "manylinux2010", "manylinux2014"]
    platforms = " ".join(f"--platform {name}_x86_64" for name in names)
    script = f"""set -e
mkdir {scratch}/environment
PYTHONDONTWRITEBYTECODE=1 python3 -m pip install --quiet --disable-pip-version-check \
  --root-user-action ignore --no-index --no-deps --no-compile {platforms} --python-version 3.11 \
  --only-binary :all: --target {scratch}/environment {mirror.folder}/wheels/*.whl
tar -C {scratch}/environment --numeric-owner -c . | {compressor} > {image}
"""
    run = measured(["bash", "-c", script])
    return run | {"bytes": image.stat().st_size, "image": image}
