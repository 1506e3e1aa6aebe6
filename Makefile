# Two commands do everything on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

PEERS := .venv-peers
PEERS_PYTHON ?= $(PYTHON)
PEERS_READY := $(PEERS)/.ready
PASSAGES ?= 5000
RESULTS := benchmarks/results

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test lint fmt bench bench-peers lock clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 13

setup: $(READY)  ## Make .venv with everything pinned

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make setup PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment: install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt \
		--editable '.[dev]'
	@touch $(READY)

demo: setup  ## Build the index over corpus/ and ask it a question
	$(BIN)/kb ingest
	$(BIN)/kb search "maternity protection ILO 183" --limit 3

serve: setup  ## Serve the web page and the API on http://127.0.0.1:8000
	$(BIN)/kb serve

test: setup lint  ## Run the whole test suite
	sh scripts/install_test_tools.sh
	$(BIN)/python -m pytest

lint: setup  ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

fmt: setup  ## Put the code into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup  ## Measure speed, as ratios within one run
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/references.py
	$(BIN)/python benchmarks/spelling.py
	$(BIN)/python benchmarks/ingest.py
	@mkdir -p $(RESULTS)
	$(BIN)/python benchmarks/peers.py --passages $(PASSAGES) --vectors $(RESULTS)/vectors.sqlite

bench-peers: setup $(PEERS_READY)  ## Install what a user would pick instead, and measure beside it
	@mkdir -p $(RESULTS)
	$(BIN)/python benchmarks/peers.py --passages $(PASSAGES) --vectors $(RESULTS)/vectors.sqlite

# haiku.rag needs a Python whose sqlite3 loads extensions: PEERS_PYTHON=/usr/bin/python3.11, say.
# Its Docling brings a torchvision that is not always of torch's build, which breaks the others;
# nothing here looks at pictures.
$(PEERS_READY): benchmarks/peers-requirements.txt
	@$(PEERS_PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --disable-pip-version-check --requirement $<
	$(PEERS)/bin/python -m pip uninstall --yes torchvision
	@touch $@

lock:  ## Refresh constraints.txt from what pyproject.toml admits today
	sh scripts/lock.sh $(PYTHON) > constraints.new
	mv constraints.new constraints.txt

clean:  ## Remove the virtual environment and the built index
	rm -rf $(VENV) $(PEERS) index/CURRENT index/gen-* index/.draft* index/embeddings.sqlite* index/analyses.sqlite*
