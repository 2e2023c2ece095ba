# Python 3.11 to 3.14 and make are all that is needed. `make demo` and `make test` install what they need first.

FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for one in python3.13 python3.12 python3.11 python3.14 python3; do \
		"$$one" -c '$(FITS)' 2> /dev/null && command -v "$$one" && break; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
BENCH_INSTALLED := .venv/.bench-installed

.PHONY: install demo test coverage test-all bench lint lock licences audit clean

install: $(INSTALLED)

# -qq keeps errors. Modules are compiled once, on all cores, but for their tests: pip does so on one core, and where
# PYTHONDONTWRITEBYTECODE is set, as in many containers, each command would compile six thousand of them again.
$(INSTALLED): requirements.lock pyproject.toml
	@'$(PYTHON)' -c '$(FITS)' 2> /dev/null \
		|| { echo 'Python 3.11, 3.12, 3.13 or 3.14 is needed: make PYTHON=/path/to/python3.13 install' >&2; exit 2; }
	@echo 'Installing into .venv (about two minutes, once)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-conflicts --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-conflicts --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -qq -j 0 -x '/tests?/' .venv/lib || true
	@touch $@

demo: install
	$(BIN)/duerank demo

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Tests that share what was costly to make stay on one worker: tests/conftest.py says which. Without compiled modules
# each command that a test starts would compile the rooms anew.
COVERED :=
test: lint
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q $(COVERED) -n 2 --dist loadfile --no-loadscope-reorder -m 'not slow'

# The same, counting the lines that ran; it takes about a third longer.
coverage:
	@$(MAKE) test COVERED='--cov --cov-report=term'

test-all: lint
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder

# Side by side with what a user would otherwise pick; on real data too, which lies in ../shared/data: benchmarks/README.md.
bench: $(BENCH_INSTALLED)
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.quality.bank_recovery
	$(BIN)/python -m benchmarks.quality.hillstrom

$(BENCH_INSTALLED): $(INSTALLED) benchmarks/requirements.lock
	@echo 'Installing what the speed is measured against into .venv (once)'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-conflicts --no-compile --require-hashes -r benchmarks/requirements.lock
	@touch $@

# Pins that fit stay as they are; `make lock MORE=--upgrade` looks for newer ones. The locks name no address to download
# from: uv's and pip's own settings say where packages come from. In an environment of its own, gone in the end.
COMPILE := pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --no-strip-extras $(MORE)
lock:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(PYTHON) -m venv "$$folder/venv" \
		&& "$$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check uv \
		&& "$$folder/venv/bin/uv" $(COMPILE) --extra dev -o requirements.lock pyproject.toml \
		&& "$$folder/venv/bin/uv" $(COMPILE) --extra bench -c requirements.lock -o benchmarks/requirements.lock pyproject.toml
	@$(PYTHON) -m tools.lock_plain requirements.lock benchmarks/requirements.lock

licences: install
	$(BIN)/python -m tools.licences

# Asks a service for known holes in what is locked, so it needs a network. In an environment of its own, gone in the end.
audit: install
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(PYTHON) -m venv "$$folder/venv" \
		&& "$$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check pip-audit \
		&& "$$folder/venv/bin/pip-audit" --strict --disable-pip --require-hashes -r requirements.lock

clean:
	rm -rf .venv var demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*
