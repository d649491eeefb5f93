# Halo Urząd. Every command that a person needs; nothing has to be done before any of them.
# Each installs what it is missing (scripts/setup.sh, silent when nothing is missing).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
HALO := .venv/bin/halo

.PHONY: help run test check setup train eval heard bench-voice bench-visits bench-staff speech-model phone doctor clean distclean

help: ## ta lista
	@echo "Halo Urząd: make POLECENIE"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

run: setup ## zainstaluj, naucz i uruchom wszystko; Ctrl-C zatrzymuje
	@exec $(HALO) run

test: ## zainstaluj, czego potrzebują testy, i wykonaj wszystkie; na końcu ich liczba
	@scripts/setup.sh test
	@$(HALO) train
	@scripts/run_tests.sh

check: ## szybkie sprawdzenie przed zapisem zmian: format, styl, typy, granice, krótkie testy
	@scripts/setup.sh check
	@scripts/check.sh

setup: ## tylko zainstaluj, czego brakuje
	@scripts/setup.sh run

train: setup ## naucz model rozmowy, jeśli zmieniły się pytania
	@$(HALO) train

eval: setup ## jak dobrze rozumie i słyszy, obok ustawień Rasy (te uczą się godzinami; bez nich: STOCK=no make eval)
	@scripts/eval.sh

bench-voice: ## czas od głosu do głosu według etapów, obok pipecat, przy 1 i 5 rozmowach (pół godziny)
	@scripts/setup.sh measure
	@$(HALO) train
	@.venv/bin/python -m benchmarks.run_voice

bench-visits: ## wizyty: ile rezerwacji na sekundę przy 50 rozmowach, i rozmowy głosem (10 minut)
	@scripts/setup.sh measure
	@$(HALO) train
	@.venv/bin/python -m benchmarks.run_visits
	@.venv/bin/python -m benchmarks.run_visit_calls

bench-staff: ## strony urzędu: nowa sprawa od formularza do telefonu, publikacje w czasie rozmów (10 minut)
	@scripts/setup.sh test
	@$(HALO) train
	@.venv/bin/python -m benchmarks.run_newcomer
	@.venv/bin/python -m benchmarks.run_editing

speech-model: ## zbuduj model mowy od zera (około godziny na 2 rdzeniach)
	@scripts/setup.sh check
	@models/recipe/run.sh

heard: setup ## wypowiedz nowe pytania asystentowi, żeby uczył się też na przesłyszeniach
	@.venv/bin/python -m models.recipe.heard training --out bot/phrases/heard.tsv

phone: setup ## centrala telefoniczna na tej maszynie, połączona z asystentem
	@deploy/asterisk/local.sh

doctor: setup ## czego brakuje tej maszynie i jak to zdobyć
	@$(HALO) doctor

clean: ## usuń pamięci podręczne; programy, zapisy i modele (mogą być opublikowane) zostają
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find actions bot/*.py bot/components bot/understanding models polish staff_console tests visits voice_gateway \
	  -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## usuń z tego katalogu wszystko, co zainstalowano i zapisano
	rm -rf .venv bot/.venv .tools var models/rasa
