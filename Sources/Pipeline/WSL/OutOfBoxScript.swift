import FileSystem
import Recipes

/// The script that WSL runs at the first launch after `wsl --install --from-file`: it makes the
/// user of `oobe.defaultUid`, and its exit status 0 lets WSL log in as that user.
struct OutOfBoxScript {
  let text: String

  /// The user is modelled on the recipe's user of that uid, or on its first one, whose name is taken.
  init(_ recipe: Recipe, uid: Int) throws(WSLError) {
    var model =
      recipe.users.first { Int($0.uid) == uid } ?? recipe.users.first
      ?? Recipe.User(name: "", uid: 1000, groups: [], sudo: .none, shell: "/bin/bash")
    if Int(model.uid) != uid { model.name = "" }
    for name in (model.name.isEmpty ? [] : [model.name]) + model.groups where !Self.isName(name) {
      throw WSLError(.badUser, model.name, "`\(name)` is not a name that useradd takes")
    }
    guard model.shell.isAbsolutePath, !model.shell.contains("\n") else {
      throw WSLError(.badUser, model.name, "its shell `\(model.shell)` is not an absolute path")
    }
    guard (1...Int(UInt32.max) - 2).contains(uid) else {
      throw WSLError(.badUser, model.name, "oobe.defaultUid is \(uid)")
    }
    var groups = model.groups
    if model.sudo == .password, !groups.contains("sudo") { groups.append("sudo") }
    let settings = [
      "uid=\(uid)",
      "suggested=\(Shell.quoted(model.name))",
      "groups=\(Shell.quoted(groups.joined(separator: " ")))",
      "shell=\(Shell.quoted(model.shell))",
      "sudo=\(model.sudo.rawValue)",
    ]
    text = Self.head + settings.joined(separator: "\n") + "\n" + Self.body
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 32 else { return false }
    let isStart = first == UInt8(ascii: "_") || (first.isLetter && first & 0x20 != 0)
    return isStart
      && text.utf8.allSatisfy {
        ($0.isLetter && $0 & 0x20 != 0) || $0.isDigit || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: "-")
      }
  }

  private static let head = """
    #!/bin/sh
    # The first launch of this distribution: makes the user that WSL logs in as.
    # Unattended (standard input is no terminal, or KILN_OOBE_USER is set) it asks nothing:
    #   KILN_OOBE_USER      the user's name; else the suggested one
    #   KILN_OOBE_PASSWORD  the password; else the account has none

    """

  private static let body = #"""
    pending=/var/lib/kiln-oobe.pending
    aside=/home/.kiln-oobe
    made=
    attended=
    password=${KILN_OOBE_PASSWORD:-}

    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    export PATH
    umask 022

    say() { printf '%s\n' "$*"; }

    # Takes back a user that is not finished, this run's or that of one that was killed.
    undo() {
      [ -e "$pending" ] || return 0
      read -r half <"$pending" || half=
      if [ -n "$half" ]; then
        rm -f /etc/sudoers.d/90-kiln-oobe
        if getent passwd "$half" >/dev/null; then userdel --remove "$half" 2>/dev/null; fi
        if [ -d "$aside" ]; then mv "$aside" "/home/$half"; fi
      fi
      rm -f "$pending"
    }

    finish() {
      status=$?
      trap '' INT TERM HUP
      [ -z "$attended" ] || stty echo
      [ -n "$made" ] || undo
      exit "$status"
    }

    valid() {
      case $1 in
        '' | [!a-z_]* | *[!a-z0-9_-]*) return 1 ;;
      esac
      [ "${#1}" -le 32 ]
    }

    create() {
      for group in $groups; do
        getent group "$group" >/dev/null || groupadd --system "$group" || return 1
      done
      say "$1" >"$pending" || return 1
      # useradd neither fills nor gives away a home that is there already.
      if [ -d "/home/$1" ]; then mv "/home/$1" "$aside" || return 1; fi
      useradd --create-home --uid "$uid" --user-group --shell "$shell" \
        --groups "$(say "$groups" | tr ' ' ,)" "$1" || return 1
      if [ -d "$aside" ]; then
        find "$aside" -mindepth 1 -maxdepth 1 -exec cp -a -t "/home/$1" {} + || return 1
      fi
      [ "$sudo" = nopasswd ] || return 0
      mkdir -p /etc/sudoers.d &&
        (umask 0337 && say "$1 ALL=(ALL:ALL) NOPASSWD: ALL" >/etc/sudoers.d/90-kiln-oobe)
    }

    # Asks before anything is made: passwd itself cannot be left with Ctrl-C.
    ask_password() {
      while :; do
        printf 'New password: ' && hidden && password=$answer
        printf 'Retype new password: ' && hidden
        if [ -z "$password" ]; then
          say "The password is empty." >&2
        elif [ "$answer" != "$password" ]; then
          say "The two differ." >&2
        else
          return 0
        fi
      done
    }

    hidden() {
      stty -echo
      IFS= read -r answer
      status=$?
      stty echo
      say
      [ "$status" = 0 ] || exit 1
    }

    set_password() {
      [ -n "$password" ] || return 0
      printf '%s:%s\n' "$1" "$password" | chpasswd
    }

    if [ "$(id -u)" != 0 ]; then
      say "$0: only root can make users" >&2
      exit 1
    fi
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    undo
    if getent passwd "$uid" >/dev/null; then
      made=yes
      exit 0
    fi

    if [ -t 0 ] && [ -z "${KILN_OOBE_USER:-}" ]; then attended=yes; fi
    name=${KILN_OOBE_USER:-$suggested}
    [ -z "$attended" ] || say "Please make a user for this distribution; the name need not be your Windows one."
    while :; do
      if [ -n "$attended" ]; then
        printf 'User name%s: ' "${suggested:+ [$suggested]}"
        IFS= read -r name || exit 1
        name=${name:-$suggested}
      fi
      if ! valid "$name"; then
        say "'$name' is no user name: a-z or _ first, then a-z, 0-9, _ and -, at most 32." >&2
      elif getent passwd "$name" >/dev/null; then
        say "A user '$name' exists already." >&2
      else
        break
      fi
      [ -n "$attended" ] || exit 1
    done
    if [ -n "$attended" ] && [ "$sudo" != nopasswd ] && [ -z "$password" ]; then ask_password; fi
    trap '' INT TERM HUP
    create "$name" && set_password "$name" || exit 1
    rm -rf "$aside"
    rm -f "$pending"
    made=yes

    """#
}
