# Finds the two Pythons that the project needs. Sourced after common.sh; $UV is the uv program.
#
# pyenv's shims (~/.pyenv/shims/python3.10) fail for versions that are not switched on, so its
# real interpreters are looked at one by one.

# works PYTHON MINORS: does this interpreter run, is it CPython 3.<one of MINORS>, 64 bit?
works() {
  "$1" -c "import sys, ssl, sqlite3, ctypes
sys.exit(sys.implementation.name != 'cpython' or sys.version_info[0] != 3
         or sys.version_info[1] not in ($2,) or sys.maxsize < 2**32)" >/dev/null 2>&1
}

# candidates VENV MINOR...: interpreters that may be on this machine, best first, one a line.
# Best is the one that an environment already made here stands on.
candidates() {
  local minor venv=$1
  shift
  "$venv/bin/python" -c 'import sys; print(sys._base_executable)' 2>/dev/null || true
  for minor in "$@"; do
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python3."$minor" 2>/dev/null || true
    printf '%s\n' "/usr/bin/python3.$minor" "/usr/local/bin/python3.$minor"
    type -P "python3.$minor" || true
    "$UV" python find --no-config --no-project --no-python-downloads "3.$minor" 2>/dev/null || true
  done
}

# find_python VENV MINOR...: print the first interpreter that works; status 1 when there is none.
find_python() {
  local path
  while IFS= read -r path; do
    if [[ -x $path ]] && works "$path" "$(IFS=,; echo "${*:2}")"; then
      printf '%s\n' "$path"
      return 0
    fi
  done < <(candidates "$@")
  return 1
}

# uv's own builds of Python come from GitHub; where that is closed this must fail soon.
install_with_uv() {
  UV_HTTP_TIMEOUT=20 UV_HTTP_RETRIES=0 timeout 300 "$UV" python install --no-config "$1"
}
