#!/usr/bin/env bash
# Runs every test and ends with a plain count. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "$0")/.."

report=var/tests/report.xml
mkdir -p var/tests
rm -f "$report"
.venv/bin/python -m pytest -n 3 --dist loadgroup --junitxml="$report" -o junit_family=xunit2 "$@" </dev/null
status=$?
.venv/bin/python scripts/count_tests.py "$report"
exit "$status"
