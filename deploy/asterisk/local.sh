#!/usr/bin/env bash
# A telephone exchange on this machine, for phoning the assistant (`make run`) with a softphone.
# Uses this machine's Asterisk 22.8 or newer, else one in a folder (chroot.sh; needs root).
# Options go to configure.py, e.g. --sip 192.168.1.5:5060 to phone from another machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

own_is_new_enough() {
  command -v asterisk >/dev/null || return 1
  local version
  version=$(asterisk -V | grep -oE '[0-9]+\.[0-9]+' | head -1)
  [ "$(printf '22.8\n%s\n' "$version" | sort -V | head -1)" = 22.8 ]
}

if own_is_new_enough; then
  run=()
  out=$root/var/asterisk
  base=$out
else
  chroot=$("$here/chroot.sh")
  run=(chroot "$chroot")
  base=/halo/local
  out=$chroot$base
fi
modules=$("${run[@]}" sh -c 'ls -d /usr/lib/*/asterisk/modules /usr/lib/asterisk/modules 2>/dev/null | head -1')

cd "$root"
.venv/bin/python "$here/configure.py" "$out" --local --base "$base" --modules-dir "$modules" "$@"
sip=$(sed -nE 's/^bind = //p' "$out/etc/pjsip.conf")
if ! .venv/bin/python -c 'import socket, sys
host, port = sys.argv[1].split(":")
socket.socket(type=socket.SOCK_DGRAM).bind((host, int(port)))' "$sip" 2>/dev/null; then
  echo "Adres $sip jest zajęty albo go tu nie ma. Inny: $0 --sip ADRES:PORT" >&2
  exit 1
fi
cat <<TEXT

Centrala telefoniczna na tym komputerze. W programie telefonicznym proszę dodać konto SIP (UDP):
  serwer  $sip
  konto   6001
  hasło   $(cat "$out/phone_password")
i zadzwonić pod numer 100: odbiera asystent („make run” w drugim oknie).
Drugi telefon, konto 6002 z tym samym hasłem, to pracownik: dzwoni po słowie „konsultant”.
Dziennik: $out/log/console.log. Ctrl-C kończy.
TEXT
trap : INT
setpriv --pdeathsig TERM "${run[@]}" asterisk -C "$base/etc/asterisk.conf" -f -n >"$out/log/console.log" 2>&1 || {
  tail -3 "$out/log/console.log" >&2
  exit 1
}
