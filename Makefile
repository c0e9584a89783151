# Targets make .venv and install what they need by themselves, at the first run and later (see tools/venv).
# Only python3 (3.11 to 3.13) and make have to be on the machine.
#
#   make PYTHON=python3.12 test     takes that interpreter
#   make test ARGS="-k sqlite -x"   hands arguments on to pytest (also for long, bench and demo)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test long lint format bench build clean venv-cli venv-dev venv-bench

PYTHON ?=
ARGS ?=
BIN := .venv/bin
export PYTHON

help: ## this list
	@echo "Actograph:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo "  PYTHON=...  interpreter to use (default: the newest of 3.13, 3.12, 3.11 that runs)"
	@echo "  ARGS=...    arguments for pytest, the benchmarks or the demo"

demo: venv-cli ## the main job: drafts, editors' decisions, a kill -9 in the middle, embedded SQLite
	@$(BIN)/python examples/approval.py $(ARGS)

test: venv-dev ## the short test suite (a few minutes)
	@echo "==> short test suite"
	@$(BIN)/python -m pytest $(ARGS)

long: venv-dev ## all tests: crash matrices, soaks, fuzzing, full property counts
	@echo "==> all tests, the long ones too"
	@$(BIN)/python -m pytest -m "long or not long" $(ARGS)

lint: venv-dev ## style, types, direction of imports
	@echo "==> ruff check"
	@$(BIN)/ruff check
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --check
	@echo "==> mypy (strict)"
	@$(BIN)/mypy
	@echo "==> pyright"
	@$(BIN)/pyright
	@echo "==> import-linter"
	@$(BIN)/lint-imports --no-logo

format: venv-dev ## rewrite the code in the house style
	@$(BIN)/ruff check --fix --exit-zero --quiet
	@$(BIN)/ruff format

bench: venv-bench ## benchmarks beside LangGraph, Burr and pydantic-graph; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks $(ARGS)

build: venv-dev ## a wheel and a source archive in dist/
	@$(BIN)/python -m hatchling build

clean: ## remove .venv, caches and build products
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv-cli:
	@sh tools/venv cli cli

venv-dev:
	@sh tools/venv dev dev

venv-bench:
	@sh tools/venv bench dev,bench
