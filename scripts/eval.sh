#!/usr/bin/env bash
# How well residents are understood and heard. Figures also go to var/eval/.
# Without Rasa's stock configuration beside ours (training DIET takes hours): STOCK=no make eval
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p var/eval
stock=(--stock)
[[ ${STOCK:-yes} == no ]] && stock=()
echo "Pytania wypowiedziane obcymi głosami przez telefon"
.venv/bin/python -m models.recipe.heard held-out --out var/eval/spoken.json
echo "Rozumienie (pytania, których nie było w nauce)"
bot/.venv/bin/python -m bot.evaluate "${stock[@]}" --spoken var/eval/spoken.json \
  --out var/eval/understanding.json
echo "Słuch (głosy i zdania, których nie było w nauce)"
.venv/bin/python -m models.recipe.evaluate --model models/speech/pl-small --json var/eval/hearing.json
