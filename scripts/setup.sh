#!/usr/bin/env bash
# Installs what is missing, says what it does, and is silent when nothing is to do.
#
# Usage: scripts/setup.sh check|run|measure|test     (what it says is Polish: offices run it)
#   check    the root environment with the developers' tools
#   run      the root environment and Rasa's
#   measure  the same, and the program espeak-ng, which speaks for trial callers
#   test     both, the developers' tools, and the Debian packages that real tests need
#
# Everything goes into the checkout: .venv/, bot/.venv/, .tools/, var/. Only Debian packages that
# have no Python wheel go into the system. docs/setup.md lists them all.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

# Somebody's own virtual environment or settings for uv must not turn ours elsewhere.
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT UV_PYTHON UV_FROZEN UV_LOCKED UV_WORKING_DIRECTORY
unset UV_PROJECT UV_NO_SYNC PYTHONHOME PYTHONPATH
export UV_NO_PROGRESS=1 UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-120}
# An office's own certificate authority stands in the system's list.
[[ -r /etc/ssl/certs/ca-certificates.crt ]] && export UV_SYSTEM_CERTS=1

BOT_GB=6 # Rasa with TensorFlow: 2.5 GB, and 2.9 GB of downloads where they lie on the same disk
# What the parts need beyond Python wheels. In a bare Debian 12 (minbase with git, make, python3)
# nothing else was missing: Vosk, Morfeusz, espeak-ng, soxr and TensorFlow bring their libraries.
RUN_PACKAGES=(ca-certificates)
# What real tests start: a browser with the library that Playwright's driver lacks in a bare Debian,
# a database server, a mail server, a telephone exchange of Debian's own, and a second installation of espeak-ng.
TEST_PACKAGES=(chromium libatomic1 postgresql dovecot-imapd mmdebstrap espeak-ng)

debian_packages() { # debian_packages NAME...: install those that are missing
  local missing
  missing=$(missing_packages "$@")
  [[ -z $missing ]] && return 0
  can_be_root || return 2
  # shellcheck disable=SC2086 - the names are separate words
  step "Pakiety systemowe: $missing" apt_install $missing
}

check_system() {
  [[ -w . ]] || fail "Brak prawa zapisu w tym katalogu. Proszę sklonować projekt tam, gdzie wolno zapisywać."
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    fail "To nie jest Debian ani Ubuntu. Co zainstalować ręcznie: docs/setup.md."
  command -v python3 >/dev/null || RUN_PACKAGES+=(python3)
}

install_run_packages() {
  local missing
  missing=$(missing_packages "${RUN_PACKAGES[@]}")
  debian_packages "${RUN_PACKAGES[@]}" || fail "Brakuje pakietów systemowych." \
    "Proszę poprosić administratora o: apt-get install $missing"
}

# Tests whose package is missing are skipped and counted as skipped, so this is no reason to stop.
install_test_packages() {
  local missing
  missing=$(missing_packages "${TEST_PACKAGES[@]}")
  if debian_packages "${TEST_PACKAGES[@]}"; then
    # Debian starts a mail server that it installs, open to the network; the tests start their own.
    [[ $missing != *dovecot* ]] || as_root systemctl disable --now dovecot >>"$LOG" 2>&1 || true
    return 0
  fi
  say "Część testów zostanie pominięta. Aby szły wszystkie, administrator wpisuje: apt-get install $missing"
}

# Real telephone calls need Asterisk 22; made here and not in the tests, whose time is limited.
make_exchange() {
  [[ $EUID -ne 0 || -e ${HALO_ASTERISK_CHROOT:-$HOME/.cache/halo/asterisk-22}/made ]] && return 0
  step "Centrala Asterisk 22 do testów telefonu (osobny katalog)" deploy/asterisk/chroot.sh ||
    say "  testy telefonu zostaną pominięte"
}

# $UV: one on the PATH that really runs (pyenv's shim may not), else ours.
find_uv() {
  local version
  UV=$(type -P uv || true)
  version=$([[ -n $UV ]] && "$UV" --version 2>/dev/null | cut -d' ' -f2 || true)
  if [[ -z $version || $(printf '%s\n0.8.0\n' "$version" | sort -V | head -n1) != 0.8.0 ]]; then
    UV=$PWD/.tools/uv
    [[ -x $UV ]] || step "uv (instaluje resztę)" fetch_uv "$UV" ||
      fail "Nie udało się pobrać uv z pypi.org. Proszę sprawdzić połączenie z siecią" \
        "albo zainstalować uv samemu (ma być w PATH) i powtórzyć."
  fi
}
fetch_uv() {
  # pip, where there is one, knows an office's own mirror.
  python3 scripts/fetch_uv.py "$1" && return 0
  python3 -m pip install --no-deps --target .tools/uv.pip 'uv==0.13.9' &&
    mv .tools/uv.pip/bin/uv "$1" && rm -rf .tools/uv.pip
}

root_python() {
  local python
  if ! python=$(find_python .venv 11 12 13); then
    step "Python 3.12 (na tej maszynie nie ma 3.11-3.13)" install_with_uv 3.12 >&2 &&
      python=$(find_python .venv 12)
  fi
  [[ -n ${python:-} ]] || fail "Potrzebny jest Python 3.11, 3.12 albo 3.13" \
    "(ma go Debian 12 i nowszy, Ubuntu 24.04 i nowsze): apt-get install python3"
  printf '%s\n' "$python"
}

bot_python() {
  local python
  if python=$(find_python bot/.venv 10) || python=$(find_python bot/.venv 9); then
    printf '%s\n' "$python"
    return 0
  fi
  say "Python 3.10 dla Rasy (z github.com, przez uv)" >&2
  if install_with_uv 3.10 >>"$LOG" 2>&1 && python=$(find_python bot/.venv 10); then
    printf '%s\n' "$python"
    return 0
  fi
  say "  github.com nie odpowiada; zamiast 3.10 będzie 3.9" >&2
  [[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]] ||
    debian_packages debian-archive-keyring >&2 || true
  if step "Python 3.9 dla Rasy (z Debiana 11, tylko w tym katalogu)" scripts/debian_python.sh "$UV" >&2; then
    printf '%s\n' "$PWD/.tools/python3.9/usr/bin/python3.9"
    return 0
  fi
  fail "Rasa potrzebuje Pythona 3.10 (lub 3.9), a nie udało się go zdobyć: nie odpowiada ani" \
    "github.com, ani deb.debian.org. Proszę zainstalować Pythona 3.10 (np. pyenv install 3.10) i powtórzyć."
}

# An environment holds the path of its folder; after a move it must be made anew.
drop_moved() { # drop_moved VENV
  [[ ! -f $1/bin/activate ]] || grep -qF "$PWD/$1" "$1/bin/activate" || rm -rf "$1"
}

sync_root() { # sync_root dev|run
  local key python extra=()
  [[ $1 == dev ]] || extra=(--no-dev --inexact) # a developer's tools, once there, stay
  key=$(digest pyproject.toml uv.lock scripts/setup.sh)
  [[ -x .venv/bin/python ]] && { fresh root-dev "$key" || fresh "root-$1" "$key"; } && return 0
  find_uv
  drop_moved .venv
  python=$(root_python)
  step "Biblioteki bramki (.venv)" "$UV" sync --frozen --no-config --compile-bytecode \
    --python "$python" "${extra[@]}" || installation_failed
  stamp "root-$1" "$key"
}

sync_bot() {
  local key python free_gb
  key=$(digest bot/pyproject.toml bot/uv.lock scripts/setup.sh)
  [[ -x bot/.venv/bin/python ]] && fresh bot "$key" && return 0
  free_gb=$(($(df --output=avail -k . | tail -n1) / 1048576))
  [[ -d bot/.venv ]] || ((free_gb >= BOT_GB)) ||
    fail "Rasa potrzebuje $BOT_GB GB miejsca na dysku, a wolne jest $free_gb GB."
  find_uv
  drop_moved bot/.venv
  python=$(bot_python)
  step "Biblioteki Rasy (bot/.venv, do pobrania około 600 MB)" "$UV" sync --frozen --compile-bytecode \
    --no-config --project bot --python "$python" || installation_failed
  stamp bot "$key"
}

# The OpenID provider of the tests of signing in; Node.js comes with the developers' tools.
sync_provider() {
  local key
  key=$(digest tests/oidc/package.json tests/oidc/package-lock.json scripts/setup.sh)
  [[ -d tests/oidc/node_modules ]] && fresh oidc "$key" && return 0
  step "Serwer logowania do testów (tests/oidc)" .venv/bin/npm ci --prefix tests/oidc \
    --ignore-scripts --no-audit --no-fund || {
    say "  testy logowania przez system urzędu zostaną pominięte"
    return 0
  }
  stamp oidc "$key"
}

installation_failed() {
  fail "Nie udało się zainstalować bibliotek. Musi być osiągalne pypi.org; potem wystarczy" \
    "powtórzyć polecenie, gotowe części zostają."
}

main() {
  check_system
  install_run_packages
  case $1 in
    check)
      sync_root dev
      ;;
    run)
      sync_root run
      sync_bot
      ;;
    measure)
      sync_root run
      sync_bot
      debian_packages espeak-ng || fail "Brakuje programu espeak-ng: apt-get install espeak-ng"
      ;;
    test)
      sync_root dev
      sync_bot
      sync_provider
      install_test_packages
      make_exchange
      ;;
    *) fail "Użycie: scripts/setup.sh check|run|measure|test" ;;
  esac
}

. scripts/find_python.sh
main "${1:-run}"
