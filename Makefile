# IOK: `make help` lists what there is. Variables may be given on the line: make run TENANT_PORT=9501

PYTHON ?= python3
TENANT_PORT ?= 8501
STAFF_PORT ?= 8502
TENANCIES ?= 2000
YEARS ?= 3
SEED ?= 1
PYTEST_ARGS ?=

PY := .venv/bin/python
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup run test check audit bench drills demo pictures environment peers browser readers lighthouse

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: ## Make the environment in .venv; again only when the requirements changed
	@$(PYTHON) scripts/environment.py dev

run: environment ## Database, demo city where there is none, both apps; Ctrl-C ends them (TENANT_PORT, STAFF_PORT)
	@exec $(PY) -m scripts.run --tenant-port $(TENANT_PORT) --staff-port $(STAFF_PORT) \
		--tenancies $(TENANCIES) --years $(YEARS) --seed $(SEED)

test: check browser readers lighthouse ## Everything that must hold: make check, then all tests on both databases
	@$(PY) -m pytest -m "not drill" --numprocesses auto --maxprocesses 4 --dist worksteal $(PYTEST_ARGS)

check: setup ## Lint, format, types, and the arrows of the architecture
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m mypy --package scripts
	@.venv/bin/lint-imports

audit: setup browser lighthouse ## Only what keeps people out of a page: axe, keyboard, reflow, Lighthouse
	@$(PY) -m pytest tests/audit --numprocesses auto --maxprocesses 4 --dist worksteal $(PYTEST_ARGS)

bench: setup peers browser ## Measure, each figure as a ratio to its floor
	@$(PY) -m bench

drills: setup browser readers lighthouse ## The long tests: kills, crashes, faults
	@IOK_DRILL=1 $(PY) -m pytest -m "drill or sampled" $(PYTEST_ARGS)

demo: environment ## Load the demo city into an empty database (TENANCIES, YEARS, SEED)
	@$(PY) -m core migrate
	@$(PY) -m core demo --tenancies $(TENANCIES) --years $(YEARS) --seed $(SEED)

pictures: setup browser ## Every page at 1280 and 360 px into var/pictures; those of the guides and the README anew
	@$(PY) -m scripts.pictures

environment:
	@$(PYTHON) scripts/environment.py run

peers:
	@$(PYTHON) scripts/environment.py peers

browser: setup
	@$(PY) scripts/browser.py

readers: setup
	@$(PY) scripts/readers.py

lighthouse: setup
	@$(PY) scripts/lighthouse.py
