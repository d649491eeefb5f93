#!/usr/bin/env bash
# Cook the Polish speech model: models/recipe/run.sh WORKDIR OUT_MODEL_DIR
#
# Makes its own virtual environment in WORKDIR, installs what it needs, and goes on where it was
# stopped. Two cores, no GPU, under an hour. Debian packages are installed where this runs as root;
# otherwise it says which are missing. Variables: THREADS (default: all cores), EPOCHS, PYTHON, and
# SPOKEN="80 80" for a quick trial of the steps; WORDS_ONLY=1 renews only the vocabulary and the
# language model of a finished model (a few minutes), when the project has new texts.
set -euo pipefail

work=$(mkdir -p "$1" && cd "$1" && pwd)
out=$(mkdir -p "$2" && cd "$2" && pwd)
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$recipe/../.." && pwd)
python=${PYTHON:-python3.11}
threads=${THREADS:-$(nproc)}

packages=(libfst-tools libfst22)
if ! command -v fstcompile >/dev/null || ! ls /usr/lib/*/libfstlookahead.so.22 >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -q && apt-get install -y -q --no-install-recommends "${packages[@]}"
  else
    echo "Install these Debian packages first: ${packages[*]}" >&2
    exit 1
  fi
fi

if [ ! -e "$work/venv/complete" ]; then
  "$python" -m venv "$work/venv"
  # elsewhere torch's CPU build is enough: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
  "$work/venv/bin/pip" install -q -r "$recipe/requirements.txt"
  touch "$work/venv/complete"
fi

cd "$root"
OMP_NUM_THREADS=$threads OMP_WAIT_POLICY=passive \
  "$work/venv/bin/python" -m models.recipe "$work" "$out" ${EPOCHS:+--epochs "$EPOCHS"} \
  ${SPOKEN:+--spoken $SPOKEN} ${WORDS_ONLY:+--words-only}
du -sh "$out"
