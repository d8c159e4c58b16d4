"""Holds the trees of two images against each other, path by path."""

import hashlib
import re
import tarfile

# What kiln's image has for WSL, and what the peer's keeps of the building machine or of the work;
# `MmdebstrapTests` explains each, and compares the contents that are left out here.
MEANT = re.compile(
    r"(dev|run|proc|sys|tmp)(/.*)?|usr/share/kiln(/.*)?|usr/bin/gpu-smoke-test|etc/gpu-smoke-test.conf"
    r"|etc/(wsl.*|hostname|resolv.conf|fstab|environment|shells|machine-id|ld.so.conf.d(/.*)?)"
    r"|etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/default/locale|etc/locale.conf"
    r"|etc/(profile.d|sudoers.d)(/.*)?|etc/apt/(sources.*|trusted.*)|etc/systemd/system(/.*)?"
    r"|var/(lib/(dpkg|apt|systemd)|cache|log)(/.*)?|etc/ld.so.cache|debootstrap(/.*)?"
    r"|usr/lib/x86_64-linux-gnu/libcuda.so|opt(/.*)?|usr/lib/wsl(/.*)?"
    # Flags of byte code that dpkg's order decides.
    r"|.*\.pyc|.*/__pycache__")


def tree(image):
    paths = {}
    with tarfile.open(image, "r:gz") as archive:
        for entry in archive:
            path = entry.name.removeprefix("./").rstrip("/")
            if not path or path == "." or MEANT.fullmatch(path):
                continue
            link = entry.linkname.removeprefix("./") if entry.islnk() or entry.issym() else ""
            content = ""
            if entry.isfile():
                digest = hashlib.sha256()
                source = archive.extractfile(entry)
                while chunk := source.read(1 << 20):
                    digest.update(chunk)
                content = digest.hexdigest()
            kind = b"0" if entry.islnk() else entry.type
            # Which name of a hard link is the file is the archiver's choice.
            paths[path] = (kind, entry.mode, entry.uid, entry.gid,
                           link if entry.issym() else "", "" if entry.islnk() else content)
    return paths


def difference(one, other):
    """How many paths were compared, and those that differ."""
    first, second = tree(one), tree(other)
    differing = []
    for path in sorted(first.keys() | second.keys()):
        left, right = first.get(path), second.get(path)
        if left == right:
            continue
        if left and right and left[:5] == right[:5] and "" in (left[5], right[5]):
            continue
        differing.append(path)
    return len(first.keys() | second.keys()), differing
