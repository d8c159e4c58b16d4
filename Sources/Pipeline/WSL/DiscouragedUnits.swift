/// The units that work against WSL: it does their work itself, or lacks what they wait for.
public enum DiscouragedUnits {
  /// Those that Microsoft's validator wants disabled (`distributions/validate-modern.py`).
  public static let validated = [
    "NetworkManager-wait-online.service",
    "NetworkManager.service",
    "console-getty.service",
    "hypervkvpd.service",
    "networking.service",
    "systemd-networkd-wait-online.service",
    "systemd-networkd.service",
    "systemd-resolved.service",
    "systemd-tmpfiles-clean.service",
    "systemd-tmpfiles-setup-dev-early.service",
    "systemd-tmpfiles-setup-dev.service",
    "systemd-tmpfiles-setup.service",
    "systemd-vconsole-setup.service",
    "tmp.mount",
  ]

  /// All that kiln masks: a timer whose service is masked fails at each start.
  public static let masked = (validated + ["systemd-tmpfiles-clean.timer"]).sorted()
}
