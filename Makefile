# Two commands matter: `make chat` and `make test`. Each does the set-up that is still missing.
# A step is done when its stamp in .venv is newer than what it depends on, so an interrupted one runs again.
# Paths here are relative, so the checkout may lie in a folder with spaces.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup index chat test check bench eval corpus lock clean

PYTHONS := $(PYTHON) python3 python3.13 python3.12 python3.11 python
VENV := .venv
PY := $(VENV)/bin/python
UV ?= uv
DATA := .assistant

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

help: ## Show these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1:\t/p' Makefile | expand -t 14

setup: index ## Install everything and index the corpus

chat: setup ## Set up what is missing, then open the chat and print its address
	@$(VENV)/bin/assistant chat

test: $(VENV)/dev.done setup ## Set up what is missing, then run the tests
	@$(PY) -m pytest $(ARGS)

check: $(VENV)/dev.done $(VENV)/project.done ## Lint, format, types, installed versions, and the corpus against its sources
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m pip check
	@$(PY) -m assistant.cli_reference --check
	@$(PY) -m corpus.build --check

bench: $(VENV)/dev.done setup ## Compare speed with the plain LangChain pipeline, and time lists over 100,000 records
	@$(PY) -m bench $(ARGS)

eval: $(VENV)/dev.done setup ## Measure answers on the dev questions, beside three baselines; report in build/eval/
	@$(VENV)/bin/assistant eval run --split dev --system ours,lexical,dense,plain $(ARGS)

corpus: $(VENV)/dev.done $(VENV)/project.done ## Typeset the PDFs of corpus/ from their sources
	@$(PY) -m corpus.build

# The GPU libraries that some builds of torch want are left out: torch pins them itself, a CPU build has none.
lock: ## Compile the lock files from pyproject.toml (needs uv)
	@set -e; folder=$$(mktemp -d); trap 'rm -r "$$folder"' EXIT; \
	compile() { $(UV) pip compile pyproject.toml --universal --python-version 3.11 --quiet --no-header --no-annotate "$$@"; }; \
	compile --extra dev --output-file "$$folder/all"; \
	compile --constraint "$$folder/all" --output-file "$$folder/runtime"; \
	{ echo '# Made by `make lock` from pyproject.toml: what the assistant runs on.'; \
	  grep -vE '^(cuda-|nvidia-|triton=)' "$$folder/runtime"; } > requirements.lock; \
	{ echo '# Made by `make lock` from pyproject.toml: what tests, checks and builders need on top of requirements.lock.'; \
	  grep -vE '^(cuda-|nvidia-|triton=)' "$$folder/all" | grep -vxFf requirements.lock; } > requirements-dev.lock

clean: ## Remove what the commands above made (the index too)
	rm -rf $(VENV) $(DATA) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/made.done:
	@if $(PY) -c $(SUITABLE) 2>/dev/null && $(PY) -m pip --version >/dev/null 2>&1; then \
	  touch $@; \
	else \
	  for name in $(PYTHONS); do \
	    if "$$name" -c $(SUITABLE) 2>/dev/null; then found="$$name"; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "No Python 3.11, 3.12 or 3.13 with its venv module was found (tried: $(strip $(PYTHONS)))." >&2; \
	    echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make chat PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$("$$found" --version)"; \
	  "$$found" -m venv --clear $(VENV) && touch $@; \
	fi

SUITABLE := 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'

$(VENV)/runtime.done: requirements.lock $(VENV)/made.done
	@echo "Installing the packages of requirements.lock; the first time takes some minutes"
	@$(PY) -m pip install -r requirements.lock
	@touch $@

$(VENV)/dev.done: requirements-dev.lock $(VENV)/runtime.done
	@echo "Installing the packages of requirements-dev.lock"
	@$(PY) -m pip install -r requirements-dev.lock
	@touch $@

# setuptools is in the lock, so this step needs no network.
$(VENV)/project.done: pyproject.toml $(VENV)/runtime.done
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Renewed when a document, a folder (a removal) or the code that reads them is newer than the last time; file names may
# hold spaces, so no make rule. A document that cannot be read is reported and does not stop the rest.
index: $(VENV)/project.done
	@if [ -n "$$ASSISTANT_DATA_DIR" ] || [ ! -e $(DATA)/corpus.done ] || [ -n "$$(find corpus assistant/ingest \
	    assistant/records assistant/retrieval/text.py -name __pycache__ -prune -o \
	    \( -iname '*.pdf' -o -name '*.py' -o -name '*.yaml' -o -type d \) -newer $(DATA)/corpus.done -print)" ]; then \
	  mkdir -p $(DATA) && touch $(DATA)/corpus.begun && \
	  { $(VENV)/bin/assistant ingest || [ -e "$${ASSISTANT_DATA_DIR:-$(DATA)}/index/current" ]; } && \
	  mv $(DATA)/corpus.begun $(DATA)/corpus.done; \
	fi
