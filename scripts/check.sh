#!/usr/bin/env bash
# The quick look before a commit. The fast tests run beside the other parts, and every part runs
# even after a failure, so that one look shows all.
set -uo pipefail
cd "$(dirname "$0")/.."

bin=.venv/bin
# Compiled once and kept: where nothing may be written beside the sources, each process would
# compile all of them, libraries too, which takes longer than the tests.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$PWD/var/pycache
status=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT

part() { # part NAME COMMAND...: its words only when it fails
  local name=$1
  shift
  if "$@" >"$said.part" 2>&1; then
    echo "$name: w porządku"
  else
    echo "$name: ŹLE"
    sed 's/^/    /' "$said.part"
    status=1
  fi
  rm -f "$said.part"
}

# A file's tests stay in one process, so that what they share is made once. The plugin left out is
# for tests/integration/test_chat_fuzz.py and slow to load.
"$bin/python" -m pytest -q -n 2 --dist loadfile -p no:schemathesis tests/unit tests/plays \
  >"$said" 2>&1 </dev/null &
tests=$!

part "format" "$bin/ruff" format --check --quiet .
part "styl" "$bin/ruff" check --quiet .
part "granice" "$bin/lint-imports" --no-logo
# Rasa's side may have to run on Python 3.9 (bot/pyproject.toml).
part "Python 3.9 po stronie Rasy" "$bin/vermin" --quiet --violations --no-tips --target=3.9- \
  bot/*.py bot/components bot/understanding polish/fold.py polish/lemmas.py
part "typy" "$bin/mypy" --no-error-summary

wait "$tests" || status=1
echo "krótkie testy:"
cat "$said"
if ((status == 0)); then echo "check: wszystko w porządku"; else echo "check: coś jest nie tak, patrz wyżej"; fi
exit "$status"
