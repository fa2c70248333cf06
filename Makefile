# Every target prepares what it needs; `make demo` and `make test` are the two to know.
PYTHON ?= python3
BIN := .venv/bin
LOCKS := deploy/requirements
COMPILE := $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header
# Processes that share a run of tests: tests/side_by_side.py says who has which. Tests of systems, and of databases and
# browsers, wait for more than half of their time, so four processes keep two cores busy. `make test` runs one kind after
# the other: together in four processes, each loads and draws all that is looked at, and systems wait for the cores.
SIDE_BY_SIDE := -n 2
WITH_SYSTEMS := -n 4
# What `make check` measures the coverage of; continuous integration runs these tests once.
WITHIN := tests/unit tests/agents tests/enrich tests/decide
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYTHONPATH = .
# Dozens of processes are started: none of them compiles the modules, and no run of tests rewrites the tests, anew.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo demo test test-systems check types covered rules format generate lock site wheel faults anew bench evaluate clean

help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.demo: .venv/bin/python $(LOCKS)/demo.txt pyproject.toml
	$(BIN)/python -m pip install -q --require-hashes -r $(LOCKS)/demo.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/.labels: .venv/.demo $(LOCKS)/labels.txt
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r $(LOCKS)/labels.txt
	@touch $@

.venv/.dev: .venv/.demo $(LOCKS)/dev.txt
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r $(LOCKS)/dev.txt
	@touch $@

setup-demo: .venv/.labels  ## Prepare .venv with what the product and its demo need
setup: .venv/.dev  ## Prepare .venv with everything the checks and tests need

demo: setup-demo  ## Bring everything up on this machine, with a stream of real photos
	$(BIN)/refund-sentinel demo

test: setup  ## Run every test; real parts are installed where Debian's packages can
	$(BIN)/python -m deploy.scripts.real_parts
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(WITHIN)
	$(BIN)/python -m pytest $(WITH_SYSTEMS) $(WITHIN:%=--ignore=%)

test-systems: setup  ## Run the tests that `make check` leaves out: those with databases, brokers, browsers
	$(BIN)/python -m deploy.scripts.real_parts
	$(BIN)/python -m pytest $(WITH_SYSTEMS) $(WITHIN:%=--ignore=%)

faults: setup  ## 20,000 requests through every fault on each database, 2,000 pairs at once, 2,000 lives of cases, each planted fault found (about an hour and a half)
	$(BIN)/python -m deploy.scripts.real_parts
	$(BIN)/python -m pytest -s -m long tests/faults

anew: setup  ## Draw other examples for the property tests than those that every run has
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) --hypothesis-profile anew $(WITHIN) tests/contract

bench: setup  ## Speed and memory against their goals and yardsticks (about 20 minutes on an idle machine)
	$(BIN)/python -m deploy.scripts.real_parts
	$(BIN)/python -m tests.benchmarks.run
	$(BIN)/python -m tests.benchmarks.beside --out deploy/docs/beside.json

evaluate: setup  ## What the photo evidence finds, and what it takes for found, on pairs made from clean photos: make evaluate DATA=DIR
	$(BIN)/refund-sentinel bench evaluate $(or $(DATA),$(error give a folder of clean photos: make evaluate DATA=DIR)) $(ARGS)

check: setup  ## Style, types, arrows, generated files, sizes, coverage of the pure middle
	$(MAKE) --no-print-directory -j 2 types covered

types: setup
	$(BIN)/mypy

covered: rules
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) --cov --cov-report= $(WITHIN)
	$(BIN)/coverage report

rules: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.generate --check
	$(BIN)/python -m deploy.scripts.pages --check
	$(BIN)/python -m deploy.scripts.chart_settings --check
	$(BIN)/python -m deploy.scripts.dashboards --check
	$(BIN)/python -m deploy.scripts.sizes

format: setup  ## Format and mend what can be mended by machine
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: setup  ## Write the generated contract documents anew
	$(BIN)/python -m schemas.generate
	$(BIN)/python -m deploy.scripts.pages
	$(BIN)/python -m deploy.scripts.chart_settings
	$(BIN)/python -m deploy.scripts.dashboards

lock: setup  ## Pin the newest allowed versions, with hashes, naming no index
	$(COMPILE) --upgrade --extra demo --extra bench --extra labels --extra tracing --group dev -o $(LOCKS)/dev.txt
	$(COMPILE) -c $(LOCKS)/dev.txt --extra demo --group build -o $(LOCKS)/demo.txt
	$(COMPILE) -c $(LOCKS)/dev.txt --extra labels -o $(LOCKS)/labels.txt
	$(COMPILE) -c $(LOCKS)/dev.txt --extra tracing -o $(LOCKS)/tracing.txt
	$(COMPILE:pyproject.toml=) -c $(LOCKS)/dev.txt --group image -o $(LOCKS)/image.txt
	$(MAKE) setup
	$(BIN)/python -m deploy.scripts.licences

site: setup  ## Build the pages as a site in dist/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q --strict -f deploy/mkdocs.yml

wheel: .venv/.demo  ## Build the wheel and the source archive in dist/
	$(BIN)/python -m hatchling build

clean:  ## Remove what was built here
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage deploy/kafka/libs
