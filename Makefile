# Each target sets up what is missing (.venv/ in this folder) and nothing twice. Nothing else is needed but python3.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-fresh up pictures lint types test test-deep bench bundle conformance clean

# Where a machine forbids Python to keep its byte code, each of Airflow's processes starts twice as slowly.
unexport PYTHONDONTWRITEBYTECODE

BIN := $(CURDIR)/.venv/bin
JOBS ?= 2
CASES ?= tests/conformance/cases.yaml

# Airflow of this clone, not of the user; and nobody is called home.
export AIRFLOW_HOME := $(CURDIR)/var/airflow
export AIRFLOW__CORE__LOAD_EXAMPLES := False
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
unexport AIRFLOW__METRICS__STATSD_ON
unexport AIRFLOW__METRICS__OTEL_ON
unexport AIRFLOW__TRACES__OTEL_ON
unexport AIRFLOW__SENTRY__SENTRY_ON
unexport AIRFLOW__OPENLINEAGE__TRANSPORT
unexport SENTRY_DSN
unexport OPENLINEAGE_URL

help:
	@echo 'make demo         副本登録の一連の流れを試す / the whole road, in the terminal'
	@echo 'make demo-fresh   最初からやり直す / the same, from the start'
	@echo 'make up           画面を開いて試す（Ctrl-C で終了） / the same under the UI, until Ctrl-C'
	@echo 'make test         検査と試験 / lint, types, contracts, tests'
	@echo 'make test-deep    長い試験 / what needs services, kills and long seeds'
	@echo 'make bundle       ネットワークのない機器に導入する一式を作る / all that a host without internet needs'
	@echo 'make bench · pictures · conformance CASES=FILE · clean'

setup:
	@scripts/setup.sh

# Third parties warn at import; in the runs of people that is noise, in tests it is an error (pyproject.toml).
demo demo-fresh up bench pictures: export PYTHONWARNINGS := ignore

demo: setup
	@$(BIN)/python -m rehearsal.demo

demo-fresh: setup
	@$(BIN)/python -m rehearsal.demo --fresh

up: setup
	@$(BIN)/python -m rehearsal.up

# After a demo: what the README shows.
pictures: setup
	@$(BIN)/python scripts/pictures.py

bench: setup
	@$(BIN)/python -m rehearsal.bench

# With the interpreter of the set-up: the host needs the same version.
bundle: setup
	@$(CURDIR)/.venv-uv/env/bin/python scripts/bundle.py

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: lint types
	@$(BIN)/pytest -m "not deep" -n $(JOBS) --dist loadgroup

test-deep: setup
	@$(BIN)/pytest -m deep

conformance: setup
	@FUKUHON_CASES="$(abspath $(CASES))" $(BIN)/pytest tests/conformance

clean:
	rm -rf var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
