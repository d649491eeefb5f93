#!/usr/bin/env bash
# The quick look before a commit. Runs every part even after a failure, so that one look shows all.
set -uo pipefail
cd "$(dirname "$0")/.."

status=0
part() { # part NAME COMMAND...
  local name=$1
  shift
  printf '%s\n' "$name"
  "$@" || status=1
}

bin=.venv/bin
fast_tests=(tests/unit)
[[ -d tests/plays ]] && fast_tests+=(tests/plays)

part "format" "$bin/ruff" format --check --quiet .
part "styl" "$bin/ruff" check --quiet .
part "typy" "$bin/mypy" --no-error-summary
part "granice" "$bin/lint-imports" --no-logo
# Rasa's side may have to run on Python 3.9 (bot/pyproject.toml).
part "Python 3.9 po stronie Rasy" "$bin/vermin" --quiet --violations --no-tips --target=3.9- \
  bot/*.py bot/components bot/understanding polish/fold.py polish/lemmas.py
part "krótkie testy" "$bin/python" -m pytest -q "${fast_tests[@]}"
if ((status == 0)); then echo "check: wszystko w porządku"; else echo "check: coś jest nie tak, patrz wyżej"; fi
exit "$status"
