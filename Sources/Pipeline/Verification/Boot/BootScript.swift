/// What runs beside a booted root, in namespaces of its own: it starts systemd-nspawn, does what
/// WSL's init does, and prints `@ CHECK ok|fail` with the details of each failure behind it.
///
/// Everything dies with the namespace's first process, so killing that leaves nothing.
enum BootScript {
  /// Arguments: root folder, a folder for logs, name, user (empty where the out-of-box command
  /// makes one), uid, out-of-box command (empty for none), seconds that the start may take.
  static let text = #"""
    root=$1 logs=$2 name=$3 user=$4 uid=$5 command=$6 limit=$7
    path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    lib=/usr/lib/wsl/lib

    report() { printf '@ %s %s\n' "$1" "$2"; }
    enter() {
      nsenter -t "$init" -m -u -i -n -p -r -w env -i PATH="$path:$lib" HOME=/root LANG=C.UTF-8 "$@"
    }
    wait_for() {
      left=$1
      shift
      until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 0.1
      done
    }

    # A control group of its own: nspawn would put its two beside those of another one.
    for group in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
      if [ -e "$group/cgroup.procs" ] && mkdir "$group/$name" 2>/dev/null; then
        echo $$ >"$group/$name/cgroup.procs" 2>/dev/null
      fi
    done
    mount -t tmpfs tmpfs /run || exit 1

    # WSL's init does this at each start, before systemd.
    env -i PATH="$path" chroot "$root" /sbin/ldconfig >"$logs/ldconfig" 2>&1
    env -i PATH="$path" chroot "$root" /sbin/ldconfig -p >"$logs/cache" 2>&1
    if grep -q "libcuda.so.1 .*=> $lib/libcuda.so.1" "$logs/cache"; then
      report loader ok
    else
      report loader fail
      cat "$logs/ldconfig"
    fi

    systemd-nspawn --register=no --keep-unit --quiet --directory="$root" --machine="$name" --boot \
      --console=pipe --resolv-conf=off --timezone=off --link-journal=no --setenv=container=wsl \
      </dev/null >"$logs/console" 2>&1 &
    nspawn=$!
    init=
    # The image's systemd is the first process of a namespace one level below this one.
    find_init() {
      init=$(awk '/^Name:/ { name = $2 }
        /^NSpid:/ && NF == 3 && $3 == 1 && name ~ /^(systemd|init)$/ { print $2; exit }' \
        /proc/[0-9]*/status 2>/dev/null)
      [ -n "$init" ] || ! kill -0 "$nspawn" 2>/dev/null
    }
    wait_for 100 find_init
    if [ -z "$init" ]; then
      report start fail
      cat "$logs/console"
      exit 0
    fi
    report start ok

    settled() {
      state=$(enter timeout "$limit" systemctl is-system-running --wait 2>/dev/null)
      case $state in
        running | degraded | maintenance | stopping) return 0 ;;
      esac
      return 1
    }
    wait_for $((limit * 10)) settled
    # As WSL, which waits for either.
    case $state in
      running | degraded) report running ok ;;
    esac
    if [ "$state" != running ]; then
      if [ "$state" = degraded ]; then report units fail; else report running fail; fi
      echo "systemctl is-system-running: ${state:-no answer}"
      enter systemctl --failed --plain --no-legend
      enter journalctl --no-pager --priority=warning --lines=10 --output=cat
    fi

    if [ -n "$command" ]; then
      if enter timeout "$limit" sh -c "$command" </dev/null >"$logs/oobe" 2>&1 &&
        line=$(enter getent passwd "$uid"); then
        report out-of-box ok
        user=${line%%:*}
      else
        report out-of-box fail
        cat "$logs/oobe"
      fi
    fi

    if [ -n "$user" ]; then
      uid=$(enter id -u "$user")
      mkfifo "$logs/keys"
      # As WSL: login leads a session of its own on a terminal. The fifo keeps its shell waiting.
      enter script -qfc "exec /bin/login -f $user" /dev/null <"$logs/keys" >"$logs/login" 2>&1 &
      exec 9>"$logs/keys"
      active() { enter systemctl is-active --quiet "user@$uid.service"; }
      if wait_for $((limit * 10)) active; then
        report session ok
      else
        report session fail
        cat "$logs/login"
        enter systemctl status --no-pager --lines=10 "user@$uid.service"
      fi
      found=$(enter su -l "$user" -c 'printenv PATH')
      case ":$found:" in
        *":$lib:"*) report login-path ok ;;
        *) report login-path fail && echo "PATH=$found" ;;
      esac
    fi
    if [ -e "$root/usr/bin/sudo" ]; then
      found=$(enter sudo -n printenv PATH 2>/dev/null)
      case ":$found:" in
        *":$lib:"*) report sudo-path ok ;;
        *) report sudo-path fail && echo "PATH=$found" ;;
      esac
    fi

    # SIGRTMIN+3: halt.
    kill -37 "$init"
    gone() { ! kill -0 "$nspawn" 2>/dev/null; }
    if wait_for 150 gone; then report stop ok; else report stop fail; fi
    """#
}
