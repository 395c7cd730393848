# What a newcomer runs: `make demo`, then `make test`. Everything else they need is set up on the way.
#
# .venv is made once and again only when the lock or pyproject.toml changes (stamp file). Packages come from the
# lock with their hashes and without resolving anything, so every machine gets the same ones.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-done
# the readers that the bench measures against; they are no part of the product
RIVALS := .venv-bench
SHELL := /bin/bash
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test bench lint types lock up clean

help:
	@echo "make demo    the whole job on a fictional city, about a minute"
	@echo "make test    all tests"
	@echo "make lint    ruff (rules and format)      make types   mypy --strict"
	@echo "make bench   measures speed, writes var/bench.json"
	@echo "make up      console, schedules and workers on this machine"
	@echo "make setup   only the set-up              make lock    pins the dependencies anew"

setup: $(STAMP)

$(STAMP): deploy/requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gongkai needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1 || echo missing)." \
	       "Install one and run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) with $$($(PYTHON) -V)"; $(PYTHON) -m venv $(VENV) || { \
	  echo "Could not make a virtual environment; on Debian and Ubuntu install python3-venv." >&2; \
	  rm -rf $(VENV); exit 1; }; }
	@echo "Installing the locked packages (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r deploy/requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)
	@$(BIN)/gongkai demo --keep $(ARGS)

# one worker more than there are cores: those that wait for a browser, a server or a site's delay leave theirs idle
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 2) + 1 )))
test: $(STAMP)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# without the rivals their lines are missing, and say so; all others are measured
bench: $(STAMP)
	@$(MAKE) --no-print-directory $(RIVALS)/.setup-done || true
	@$(BIN)/python -m tests.bench $(ARGS)

$(RIVALS)/.setup-done: deploy/requirements-bench.lock
	@test -x $(RIVALS)/bin/python || $(BIN)/python -m venv $(RIVALS)
	@echo "Installing the readers to measure against"
	@$(RIVALS)/bin/python -m pip install --quiet --retries 1 --require-hashes --no-deps -r $<
	@touch $@

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy

up: $(STAMP)
	@$(BIN)/gongkai up $(ARGS)

# needs uv (https://docs.astral.sh/uv); the results name no index
PIN = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
  --no-annotate
lock:
	$(PIN) --group dev --group render pyproject.toml --output-file deploy/requirements.lock
	$(PIN) --group bench --output-file deploy/requirements-bench.lock

clean:
	rm -rf $(VENV) $(RIVALS) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
