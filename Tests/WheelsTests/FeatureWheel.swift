/// A wheel with each feature that an installer has to know, as a program for ``WheelMaker``; a
/// variable `ZEROS` before it makes it larger.
enum FeatureWheel {
  static let fileName = "Feature_Wheel-1.0-py3-none-any.whl"

  static let program = """
    D, I = "Feature_Wheel-1.0.data/", "Feature_Wheel-1.0.dist-info/"
    big = b"".join(struct.pack("<I", i * 2654435761 % 2**32) for i in range(3 << 16))
    wheel("Feature_Wheel", "1.0", {
        "feature_wheel/__init__.py": b"def main(): print('main')\\nclass C:\\n"
            b"    @staticmethod\\n    def run(): print('run')\\n",
        "feature_wheel/bad.py": b"print 'of another Python'\\n",
        "feature_wheel/empty.txt": b"",
        'feature_wheel/comma, and "quote".txt': b"quoted in RECORD",
        "feature_wheel/\\u00fcn\\u00ef \\u96ea.txt": b"a name that is not ASCII",
        "feature_wheel/tool.sh": (b"#!/bin/sh\\n", 0o755),
        "feature_wheel/group.sh": (b"#!/bin/sh\\n", 0o710),
        "feature_wheel/big.bin": big,
        "feature_wheel/setuid": (b"x", 0o4755),
        "feature_wheel/zeros.bin": bytes(globals().get("ZEROS", 1 << 20)),
        "feature_wheel.pth": b"\\n",
        D + "purelib/pure_mod.py": b"PURE = 1\\n",
        D + "purelib/feature_wheel/added.py": b"ADDED = 1\\n",
        D + "platlib/plat_mod.so": (b"\\x7fELF", 0o755),
        D + "scripts/run-me": (b"#!python -E\\nprint('run-me')\\n", 0o755),
        D + "scripts/run-windowed": (b"#!pythonw\\r\\nprint(1)\\r\\n", 0o755),
        D + "scripts/one-line": (b"#!python", 0o755),
        D + "scripts/not-executable": b"#!python\\n",
        D + "scripts/plain.sh": (b"#!/bin/sh\\necho plain\\n", 0o755),
        D + "scripts/program": (b"\\x7fELF\\0\\1\\2", 0o755),
        D + "scripts/feat": (b"#!python\\nprint('old wrapper')\\n", 0o755),
        D + "scripts/feat-script.py": (b"#!python\\n", 0o755),
        D + "headers/feature.h": b"#define FEATURE\\n",
        D + "headers/sub/more.h": b"#define MORE\\n",
        D + "data/share/feature/x.txt": b"data",
        D + "data/lib64/feature.txt": b"through the link",
        D + "data/etc/feature.conf": b"",
        I + "entry_points.txt": b"# comment\\n[console_scripts]\\nfeat = feature_wheel:main\\n"
            b"feat-run.x+y=feature_wheel:C.run [one, two]\\n\\n"
            b"[ other.group ]\\nx = not:read\\n[other]\\nodd\\x20name = a\\n"
            b"[gui_scripts]\\r\\nfeat-gui = feature_wheel:main\\n",
        I + "licenses/LICENSE": b"free",
        I + "top_level.txt": b"feature_wheel\\n",
    }, zip_only={I + "RECORD.jws": b"{}"},
       folders=["feature_wheel/", "feature_wheel/no-files/"],
       wheel_file="Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\n"
                  "Tag: py3-none-any\\n")
    """
}
