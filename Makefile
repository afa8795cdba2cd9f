# Two commands do everything on a fresh machine (Python 3.11+, make; npm for offline formulas):
#   make book    set up, execute every chapter with the laptop profile, build the site
#   make test    set up, lint, check types, run all tests
# PYTHON=python3.13 takes another interpreter; the environment is then made anew.

PYTHON ?= python3
PROFILE ?= laptop
VENV ?= .venv
BIN := $(VENV)/bin
VERSION := $(shell $(PYTHON) -c 'import sys; print("{}.{}".format(*sys.version_info))')
READY := $(VENV)/.ready-$(VERSION)
# What may differ between versions of Python: the command line, the store, numbers, two chapters.
SHORT := tests/augment tests/statistics tests/engine/test_run.py tests/test_cli.py \
	tests/test_instruction_sets.py tests/test_spec.py tests/test_store.py

.PHONY: book test short lint lock clean

book: $(READY)
	$(BIN)/ssad build --profile $(PROFILE)

test: lint
	$(BIN)/pytest

short: $(READY)
	$(BIN)/pytest $(SHORT)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The exact pins that `make` and CI install; no index addresses in it.
lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra bench --extra book --extra cluster --extra dev --extra simulation --universal --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet \
		--upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) _build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@
