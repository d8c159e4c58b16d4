extension RememberedCalls {
  /// For `/bin/sh`: `CONTEXT KIND PROGRAM ARGUMENT…` does what the program would.
  ///
  /// Whatever it does not understand, it leaves to the program.
  static let standIn = #"""
    #!/bin/sh
    context=$1 kind=$2
    shift 2
    umask=$(umask)
    work=$(mktemp -d /tmp/kiln.XXXXXX) || exec "$@"
    trap 'rm -rf "$work"' EXIT
    plain() { "$@"; exit; }

    # The names in a file stand for themselves and, where they are folders, for all below; some are of
    # nothing. BLAKE2, since coreutils takes three times as long for SHA-256.
    state() {
      xargs -d '\n' -a "$1" sh -c 'find "$@" -printf "%p %y %m %U %G %l\n"' sh | sort
      xargs -d '\n' -a "$1" sh -c 'find "$@" -type f -print0' sh | sort -zu |
        xargs -0r b2sum --
    } 2>/dev/null

    # The same of what many calls look at: read once, and again where a file was written since.
    common_state() {
      print=$(xargs -d '\n' -a "$1" sh -c 'find "$@" -printf "%p %i %C@ %m %U %G %l\n"' sh \
        2>/dev/null | sha256sum)
      seen=/kiln/made/${print%% *}.state
      if [ ! -r "$seen" ]; then
        state "$1" > "$seen.$$" && mv "$seen.$$" "$seen"
      fi
      cat "$seen"
    }

    # All byte code, with what changes whenever a file is written: an interpreter also writes that of
    # the modules that it imports.
    byte_code() {
      find /usr/lib/python3* /usr/local/lib/python3* /usr/share/python3 $folders -name '*.pyc' \
        -printf '%p %i %C@\n' 2>/dev/null | sort -u
    }

    case $kind in
    python)
      # /usr/bin/python3.N -E -S /usr/lib/python3.N/py_compile.py FILE...
      printf '%s\n' "$@" | grep '^/' > "$work/names"
      ;;
    py3compile)
      # py3compile -p PACKAGE [FOLDER...]
      [ $# -le 6 ] || plain "$@"
      case " $4 $5 $6 " in *' -'*) plain "$@" ;; esac
      version=$(readlink /usr/bin/python3) && version=${version#python3.} || plain "$@"
      for other in /usr/bin/python3.*[0-9]; do
        [ "$other" = "/usr/bin/python3.$version" ] || plain "$@"
      done
      dpkg -L "$3" | grep '\.py$' > "$work/names" || plain "$@"
      ls -d /usr/bin/python3.$version /usr/bin/py3compile /usr/lib/python3.$version/*.py \
        /usr/lib/python3.$version/__pycache__ /usr/share/python3 /etc/python3* /etc/python \
        /usr/lib/python3/dist-packages/*.pth /usr/lib/python3/dist-packages/_distutils_hack \
        /usr/local/lib/python3* > "$work/common" 2>/dev/null
      folders="$4 $5 $6"
      ;;
    certificates)
      folder=/etc/ssl/certs
      [ "$2" = --hooksdir ] || [ -z "$(ls -A /etc/ca-certificates/update.d 2>/dev/null)" ] || plain "$@"
      printf '%s\n' /usr/sbin/update-ca-certificates /usr/bin/openssl /etc/ssl/openssl.cnf \
        /usr/share/ca-certificates /usr/local/share/ca-certificates /etc/ca-certificates \
        /etc/ca-certificates.conf "$folder" > "$work/names"
      ;;
    mandb)
      folder=/var/cache/man
      printf '%s\n' /usr/bin/mandb /etc/manpath.config /usr/share/man /usr/local/man \
        /usr/local/share/man /usr/X11R6/man /opt "$folder" > "$work/names"
      ;;
    *) plain "$@" ;;
    esac
    cd /
    [ -n "$folder" ] || byte_code > "$work/before"
    key=$(
      {
        printf '%s\n' "$context" "$kind" "$umask" "$@"
        state "$work/names"
        [ ! -e "$work/common" ] || common_state "$work/common"
        [ -n "$folder" ] || find /usr/lib/python3.* $folders -name '*.pyc' | sort
      } | sha256sum
    )
    key=${key%% *}
    rest=${key#??}
    known=/kiln/known/${key%"$rest"}/$rest/output
    if [ -r "$known" ]; then
      # Only what is whole is named so; should it vanish all the same, the program does the work.
      [ -z "$folder" ] || find "$folder" -mindepth 1 -delete
      if tar -xpmf "$known"; then
        : > "/kiln/made/$key.used"
        exit 0
      fi
    fi
    "$@" || exit
    if [ -n "$folder" ]; then
      find "${folder#/}" -mindepth 1
    else
      byte_code | comm -13 "$work/before" - | sed 's,^/,,; s, [^ ]* [^ ]*$,,'
    fi > "$work/list"
    if tar --numeric-owner --no-recursion --verbatim-files-from -cf "/kiln/made/$key.new" \
      -T "$work/list"; then
      mv "/kiln/made/$key.new" "/kiln/made/$key.tar"
    else
      rm -f "/kiln/made/$key.new"
    fi
    exit 0
    """#
}
