#!/usr/bin/env bash
# Makes, once, a folder with Asterisk 22 and two SIP programs from Debian unstable, and prints its
# path. For machines whose own Asterisk is older or missing; nothing is installed on the machine
# but mmdebstrap. Ends with 3 and a sentence where this is not possible.
set -euo pipefail

folder=${HALO_ASTERISK_CHROOT:-$HOME/.cache/halo/asterisk-22}

impossible() {
  echo "$1" >&2
  exit 3
}

[ "$(id -u)" = 0 ] || impossible "A folder with Asterisk 22 can only be made and used by root."
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9 # two at once: the second waits and finds it made

if [ ! -e "$folder/made" ]; then
  if ! command -v mmdebstrap >/dev/null; then
    command -v apt-get >/dev/null || impossible "mmdebstrap is needed and there is no apt-get."
    {
      apt-get update
      apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends mmdebstrap
    } >&2 || impossible "mmdebstrap could not be installed."
  fi
  rm -rf "$folder" "$folder.new"
  # Mirrors may be frozen snapshots whose dates have passed.
  mmdebstrap --variant=minbase --mode=root \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=asterisk,baresip-core,sip-tester,ca-certificates \
    sid "$folder.new" http://deb.debian.org/debian >&2 ||
    impossible "Debian's packages of Asterisk 22 could not be fetched."
  touch "$folder.new/made"
  mv "$folder.new" "$folder"
fi
echo "$folder"
