# Each target sets up .venv from the pinned requirements first; nothing else needs installing.
#   make reports   check and build the data, re-execute every edition, write reports/index.html
#   make due       run the editions whose cadence says so, as a timer does
#   make test      all tests, with coverage
#   make lab       JupyterLab on the notebooks
#   make setup     only set up .venv
#   make check     only check data/raw          make build   only build data/processed
#   make lint      style, types, notebooks without outputs
#   make audit     code against bandit, pinned packages against known vulnerabilities
#   make bench     how long charts take to draw, and reports against other ways to make them
#   make pins      resolve the pinned requirements anew (after a change of pyproject.toml)
#   make clean     remove what can be made again (.venv, built tables, caches); reports/ is kept

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=
LAB_ARGS ?=
DUE_ARGS ?=
BENCH_ARGS ?=
AUDIT_ARGS ?=

BIN := $(VENV)/bin
CORE := $(VENV)/.core
DEV := $(VENV)/.dev

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: reports due test lab setup check build lint audit bench pins clean
.DEFAULT_GOAL := reports
.DELETE_ON_ERROR:

reports: build
	$(BIN)/karabakh report
	@echo "Open $(CURDIR)/reports/index.html in a browser."

# Not after build: where the data has a fault, due itself holds its editions back and tells so.
due: $(CORE)
	$(BIN)/karabakh due $(DUE_ARGS)

test: $(DEV)
	$(BIN)/python -m pytest --cov --cov-report=term $(PYTEST_ARGS)

# Where kernels cannot be forked, they start cold.
lab: build
	-$(BIN)/karabakh warm
	$(BIN)/jupyter lab $(LAB_ARGS) notebooks

bench: build $(DEV)
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/suite.py $(BENCH_ARGS)

setup: $(CORE)

check: $(CORE)
	$(BIN)/karabakh check

build: check
	$(BIN)/karabakh build

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/nbstripout --verify --keep-id --extra-keys metadata.language_info.version notebooks/*.ipynb

# The second says loudly what nobody could be asked about; AUDIT_ARGS=--required makes that a failure.
audit: $(DEV)
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src .ci
	$(BIN)/python .ci/audit.py $(AUDIT_ARGS) requirements.txt

# One resolution for all supported Pythons and platforms; the dev set is core's plus its own.
# Extras stay in the names: asked for coverage[toml], pip would pass over a pinned coverage for a newer one.
PIN := uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
	--no-strip-extras --generate-hashes --no-emit-index-url --group build $(PIN_ARGS) pyproject.toml
pins: export UV_CUSTOM_COMPILE_COMMAND := make pins
pins: $(DEV)
	$(BIN)/$(PIN) --output-file requirements.txt
	$(BIN)/$(PIN) --constraints requirements.txt --extra dev --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis .coverage htmlcov test-results src/*.egg-info
	find . -path ./.git -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) \
		-prune -exec rm -rf {} +
	find data/processed -type f ! -name README.md -delete

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not ($$($(PYTHON) --version 2>&1))." \
			"Name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	touch $@

$(CORE): $(VENV)/.made requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): $(CORE) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	touch $@
