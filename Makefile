# Alongside: `make run` starts it, `make test` tries it. Everything else is a part of these.

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)

.PHONY: run test check bench docs lock clean help
.DEFAULT_GOAL := help

help:
	@echo "make run     start the platform with an example partnership on http://localhost:$(PORT)/"
	@echo "make test    run every test against a real PostgreSQL and a real browser"
	@echo "make check   linters, types and the layers of the house"
	@echo "make bench   measure with a million people; says of each bound whether this run kept it"
	@echo "make docs    build the documentation, strictly"
	@echo "make lock    choose new versions of what the platform stands on"

run: $(VENV)/run.stamp src/alongside/web/design/static/built/stamp
	@$(VENV)/bin/alongside serve --example --port $(PORT)

test: $(VENV)/dev.stamp src/alongside/web/design/static/built/stamp
	@sh tools/browser.sh
	@sh tools/java.sh
	@sh tools/postgres.sh
	@$(PY) tools/run_tests.py --jobs $(JOBS) $(ARGS)

check: $(VENV)/dev.stamp src/alongside/web/design/static/built/stamp
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/lint-imports
	@$(PY) tools/check_types.py
	@$(PY) tools/check_tree.py

bench: $(VENV)/dev.stamp src/alongside/web/design/static/built/stamp
	@$(PY) tools/run_benchmarks.py $(ARGS)

docs: $(VENV)/dev.stamp
	@$(VENV)/bin/sphinx-build -W --keep-going -n -b html docs docs/_build/html
	@$(PY) tools/check_links.py docs/_build/html
	@echo "The documentation is in docs/_build/html/index.html"

lock: $(VENV)/dev.stamp
	@sh tools/lock.sh

clean:
	rm -rf $(VENV) node_modules src/alongside/web/design/static/built docs/_build

# Each stamp is newer than the lock file that it was made from. A lock file is whole, so nothing is looked up
# beside it: pip before 24 takes the newest of a library that another asks for with an extra, and refuses it.
INSTALL := -m pip install -q --disable-pip-version-check --no-deps

$(VENV)/python.stamp: tools/python.sh
	@sh tools/python.sh $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp requirements/run.txt pyproject.toml
	@echo "Installing what the platform stands on (about a minute, the first time)"
	@$(PY) $(INSTALL) --require-hashes -r requirements/run.txt
	@$(PY) $(INSTALL) --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what the tests and checks need"
	@$(PY) $(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/stamp: package-lock.json
	@sh tools/node.sh
	@npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

src/alongside/web/design/static/built/stamp: node_modules/stamp $(shell find frontend -type f 2>/dev/null)
	@echo "Building the pages' styles and scripts"
	@npm run --silent build
	@touch $@
