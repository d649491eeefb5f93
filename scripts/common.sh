# Shared by the scripts of this folder: plain progress lines, one log, clear failures.
# Sourced, not run. The caller has `set -euo pipefail` and stands in the repository's root.

LOG=var/logs/setup.log
STAMPS=var/setup
mkdir -p var/logs "$STAMPS"

say() { printf '%s\n' "$*"; }

# fail SENTENCE...: one clear sentence and the end.
fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# step TITLE COMMAND...: run a slow command with its output in the log; say when it takes long.
# On failure: the log's last lines, the command's exit status.
step() {
  local title=$1 began=$SECONDS pid status=0
  shift
  say "$title"
  printf '\n### %s  %s\n' "$(date -u +%FT%TZ)" "$title" >>"$LOG"
  "$@" >>"$LOG" 2>&1 </dev/null &
  pid=$!
  # Ctrl-C must not leave the download behind.
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - began >= 15 && (SECONDS - began) % 15 == 0 && SECONDS != ${said_at:-0})); then
      local said_at=$SECONDS
      say "  ... trwa, $((SECONDS - began)) s"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if ((status == 0)); then
    say "  gotowe, $((SECONDS - began)) s"
  else
    printf '  nie udało się. Ostatnie wiersze %s:\n' "$LOG" >&2
    tail -n 15 "$LOG" | sed 's/^/    /' >&2
  fi
  return "$status"
}

# digest FILE...: one key for these files at this place (a moved checkout breaks environments).
digest() { { pwd && cat -- "$@"; } | sha256sum | cut -c1-32; }

# fresh NAME KEY / stamp NAME KEY: has the step NAME been finished with this key?
fresh() { [[ -f "$STAMPS/$1" && $(<"$STAMPS/$1") == "$2" ]]; }
stamp() { printf '%s\n' "$2" >"$STAMPS/$1"; }

# Commands that need the administrator: nothing as root, sudo where it asks for no password or
# where somebody sits at the terminal.
as_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}
can_be_root() {
  ((EUID == 0)) && return 0
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }
}

# missing_packages NAME...: those that dpkg does not have, on one line.
missing_packages() {
  local name missing=()
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
      missing+=("$name")
  done
  printf '%s' "${missing[*]}"
}

# A stale or empty package list is the usual reason for a failed installation: read it anew once.
# `update` may fail for a foreign source of the machine; what counts is whether ours install.
apt_install() {
  local get=(apt-get -o DPkg::Lock::Timeout=300 -y --no-install-recommends)
  as_root "${get[@]}" install "$@" && return 0
  as_root "${get[@]}" update || true
  as_root "${get[@]}" install "$@"
}
