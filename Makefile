# `make help` lists what there is. Everything is installed into .venv, nothing outside this folder
# (but for `make test`, which asks apt for bubblewrap and Chromium where it may).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --no-input --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
TWO_AT_A_TIME := -n 2 --dist worksteal
# make test UNIT=name: a stage may then have no test, which pytest reports as 5
UNIT ?=
SHARE := $(if $(UNIT),--unit $(UNIT))
OR_NONE := $(if $(UNIT),|| test $$? = 5)
UV ?= uv
LOCK := $(UV) pip compile pyproject.toml --universal --fork-strategy fewest --generate-hashes \
	--python-version 3.11 --no-strip-extras --no-header --no-annotate --no-emit-index-url --no-config --quiet

# With a busy neighbour, BLAS threads cost more than they bring; Numba's omp layer kills forked children.
export OPENBLAS_NUM_THREADS ?= 1
export NUMBA_THREADING_LAYER ?= workqueue
# Whatever the locale, Python reads and writes text, and names files, in UTF-8.
export PYTHONUTF8 ?= 1
# Python keeps what it has compiled; every worker of the tests would compile all test modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup lab hub test soak seeds outcomes notebooks lint bench lock clean

help: ## Show this list
	@echo "make <target>, where <target> is one of:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "PYTHON=python3.12 make setup chooses a Python (3.11 to 3.13)."

setup: $(VENV)/.warm ## Make .venv from requirements.lock and compile the kernels
	@echo "$(VENV) is ready"

lab: setup ## Open JupyterLab on your own copy of the notebooks
	@$(BIN)/course lab

hub: setup $(VENV)/.proxy ## Install JupyterHub and its proxy beside the course (docs/jupyterhub.md)

test: setup $(VENV)/.dev ## Run all tests; UNIT=vanishing_gradients runs the share of one unit
	@.ci/system
	@echo "== Tests, two at a time"
	@$(PYTEST) $(SHARE) $(TWO_AT_A_TIME) -m "not (browser or serial or soak or seeds)" $(OR_NONE)
	@echo "== Tests that need the machine for themselves"
	@$(PYTEST) $(SHARE) -m "(browser or serial) and not (soak or seeds)" --ignore tests/browser tests $(OR_NONE)
	@$(PYTEST) $(SHARE) -m "not soak" tests/browser $(OR_NONE)

soak: setup $(VENV)/.dev ## Run the tests that repeat for minutes
	@echo "== The mathematics again, interpreted (NUMBA_DISABLE_JIT=1)"
	@NUMBA_DISABLE_JIT=1 $(PYTEST) $(TWO_AT_A_TIME) -m "not (serial or soak or seeds or compiled or outcome)" tests/course_lib
	@echo "== The mathematics again, every index checked (NUMBA_BOUNDSCHECK=1)"
	@NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(CURDIR)/$(VENV)/checked $(PYTEST) --hypothesis-profile thorough $(TWO_AT_A_TIME) -m "not (serial or soak or seeds or outcome)" tests/course_lib
	@echo "== How training runs end under other arithmetics (make outcomes has more of them)"
	@$(BIN)/python tests/soak/outcomes.py Prescott+float32:1
	@echo "== Long tests, two at a time"
	@$(PYTEST) $(TWO_AT_A_TIME) -m "soak and not (serial or seeds)" --ignore tests/browser tests
	@echo "== Long tests that need the machine for themselves"
	@$(PYTEST) -m "soak and serial and not seeds" --ignore tests/browser tests
	@$(PYTEST) -m "soak and serial" tests/browser
	@echo "== Every lesson and every widget in the browser"
	@$(PYTEST) -n 2 --dist loadscope -m "soak and not serial" tests/browser

seeds: setup $(VENV)/.dev ## Run on many seeds what `make soak` tries on a few; UNIT=name runs the share of one unit
	@$(PYTEST) $(SHARE) $(TWO_AT_A_TIME) -m "seeds and not serial" $(OR_NONE)
	@$(PYTEST) $(SHARE) -m "seeds and serial" $(OR_NONE)

outcomes: setup $(VENV)/.dev ## Show how training runs end under all arithmetics, as a table
	@$(BIN)/python tests/soak/outcomes.py --all

notebooks: setup ## Build notebooks/*.ipynb from notebooks/text/*.py
	@$(BIN)/course build

lint: setup $(VENV)/.dev ## Check the style of the code, and every exercise
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/course lint

bench: setup $(VENV)/.bench ## Run every benchmark: ratios to peers, as tables and as JSON in bench-results/
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(BIN)/python $$benchmark; done

lock: ## Resolve pyproject.toml again into the lock files (needs uv)
	@$(LOCK) --upgrade --output-file requirements.lock
	@$(LOCK) --upgrade --extra dev -c requirements.lock --output-file requirements-dev.lock

clean: ## Remove all that make has made; keeps workspaces and gradebooks
	@rm -rf $(VENV) *.egg-info build dist test-artifacts .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@.ci/venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the packages of requirements.lock into $(VENV); the first time takes some minutes ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the packages of requirements-dev.lock into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.proxy: $(wildcard .ci/proxy/*.json) pyproject.toml $(VENV)/.installed
	@echo "Installing JupyterHub and configurable-http-proxy into $(VENV) ..."
	@$(PIP) install $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["hub"])')
	@mkdir -p $(VENV)/proxy
	@cp .ci/proxy/*.json $(VENV)/proxy
	@npm ci --prefix $(VENV)/proxy --ignore-scripts --no-audit --no-fund --silent
	@ln -sf ../proxy/node_modules/.bin/configurable-http-proxy $(BIN)
	@touch $@

# PyTorch and JAX, against which only the benchmarks measure
$(VENV)/.bench: pyproject.toml $(VENV)/.dev
	@echo "Installing PyTorch and JAX into $(VENV) ..."
	@$(PIP) install $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"])')
	@touch $@

$(VENV)/.warm: $(VENV)/.installed $(shell find course_lib -name '*.py')
	@$(BIN)/course warmup
	@touch $@
