#!/usr/bin/env bash
# Voice-to-voice times. Measures the assistant that runs here, or starts one for the time being.
# Arguments go to benchmarks.voice.
set -euo pipefail
cd "$(dirname "$0")/.."

port=${HALO_PORT:-8000}
ready() {
  .venv/bin/python -c "import sys, httpx
try:
    answer = httpx.get('http://127.0.0.1:$port/readyz', timeout=5, trust_env=False)
    sys.exit(answer.status_code != 200)
except httpx.HTTPError:
    sys.exit(1)"
}

if ! ready; then
  echo "Uruchamiam asystenta na czas pomiaru"
  mkdir -p var/logs
  .venv/bin/halo run >var/logs/bench.log 2>&1 </dev/null &
  assistant=$!
  trap 'kill -TERM "$assistant" 2>/dev/null; wait "$assistant"' EXIT
  until ready; do
    kill -0 "$assistant" 2>/dev/null || { tail -n 15 var/logs/bench.log >&2; exit 1; }
    sleep 0.5
  done
fi
.venv/bin/python -m benchmarks.voice --url "ws://127.0.0.1:$port/ws/voice" "$@"
