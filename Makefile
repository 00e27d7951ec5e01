# Two commands: `make run` and `make test`. Both set everything up in .venv first.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
TARGET ?= duckdb
export DBT_PROFILES_DIR := profiles
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.DEFAULT_GOAL := help
.PHONY: help setup run test test-faults bench docs lint clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

setup: .venv/.ready  ## make .venv with pinned packages and load the seeds

.venv/.ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "wikilake needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	sed -n '/^setuptools==/,/[^\\]$$/p' requirements.txt > .venv/setuptools.txt
	$(PIP) --require-hashes --requirement .venv/setuptools.txt
	$(PIP) --require-hashes --no-build-isolation --requirement requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/dbt seed --quiet
	touch $@

run: setup  ## refine the shipped sample and show the results
	$(BIN)/wikilake build --from 2026-11-01T00 --to 2026-11-01T02
	$(BIN)/wikilake build --snapshot 2026-10
	$(BIN)/dbt docs generate --static --quiet
	$(BIN)/wikilake summary --snapshot 2026-10
	$(BIN)/wikilake summary --from 2026-11-01T00 --to 2026-11-01T02

test: setup  ## run every test: dbt's on the sample, pytest's around it
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations=5

test-faults: setup  ## run the tests of full disks, kills, limits: some ten minutes
	$(BIN)/python -m pytest -m faults --numprocesses 2 --dist load --durations=5

bench: setup  ## measure CPU, wall time and memory against the bare copy (TARGET=spark)
	$(BIN)/wikilake bench --target $(TARGET)

docs: setup  ## write the documentation: target/static_index.html
	$(BIN)/python -m wikilake.project.definitions
	$(BIN)/dbt docs generate --static --quiet

lint: setup  ## check the style of SQL and Python
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/sqlfluff lint models

clean:  ## remove what was built: environment, lake, dbt's output
	rm -rf .venv lake target logs bench
