# Python 3.11 and make are all that is needed. `make demo` and `make test` install what they need first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
BENCH_INSTALLED := .venv/.bench-installed

.PHONY: install demo test test-all bench lint lock licences audit clean

install: $(INSTALLED)

# Without compiling: most of what is installed is never imported, and what is gets compiled then. -qq keeps errors.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo 'Python 3.11 is needed: make PYTHON=/path/to/python3.11 install' >&2; exit 2; }
	@echo 'Installing into .venv (about two minutes, once)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-conflicts --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-conflicts --no-deps --no-build-isolation -e .
	@touch $@

demo: install
	$(BIN)/duerank demo

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A file's tests stay on one worker, since tests of a file share what was costly to make.
test: lint
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m 'not slow'

test-all: lint
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder

# Side by side with what a user would otherwise pick; on real data too, which lies in ../shared/data: benchmarks/README.md.
bench: $(BENCH_INSTALLED)
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.quality.bank_recovery
	$(BIN)/python -m benchmarks.quality.hillstrom

$(BENCH_INSTALLED): $(INSTALLED) benchmarks/requirements.lock
	@echo 'Installing what the speed is measured against into .venv (once)'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-conflicts --no-compile --require-hashes -r benchmarks/requirements.lock
	@touch $@

# Takes twenty minutes. The locks name no address to download from: pip's own settings say where packages come from.
COMPILE = $(BIN)/pip-compile -q --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --strip-extras --no-annotate --no-header
lock: install
	$(COMPILE) --extra dev -o requirements.lock pyproject.toml
	$(COMPILE) --extra bench -c requirements.lock -o benchmarks/requirements.lock pyproject.toml
	$(BIN)/python -m tests.lock_extras requirements.lock benchmarks/requirements.lock

licences: install
	$(BIN)/python -m tests.licences

# Asks a service for known holes in what is locked, so it needs a network. In an environment of its own, gone in the end.
audit: install
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(PYTHON) -m venv "$$folder/venv" \
		&& "$$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check pip-audit \
		&& "$$folder/venv/bin/pip-audit" --strict --disable-pip --require-hashes -r requirements.lock

clean:
	rm -rf .venv var demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
