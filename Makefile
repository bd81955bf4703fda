# Every target explains itself: make help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Python 3.11 or newer; for example: make demo PYTHON=python3.13
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Root needs no sudo, and a container has none.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What the tests start for real, as program:package; and the packages of letters and of Playwright's driver.
PROGRAMS := mosquitto:mosquitto postgres:postgresql-15 chromium:chromium pulseaudio:pulseaudio parec:pulseaudio-utils
PACKAGES := fonts-noto-core libatomic1
# Debian's PostgreSQL would make a database server for everybody and start it at every boot. The tests start their own,
# so none is made while the package is installed.
NO_CLUSTER := /etc/postgresql-common/createcluster.d/tests.conf

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

.PHONY: help demo smoke test check format lint types contracts bench hostile chaos mutants screens lock clean apt

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(VENV)/runtime ## Set everything up and start the whole system with demonstration data (Ctrl-C ends it)
	@$(BIN)/commune-radio demo $(ARGS)

smoke: $(VENV)/runtime ## Play real sound through the whole system in under a minute and count what was confirmed
	@$(BIN)/commune-radio smoke $(ARGS)

test: apt $(VENV)/everything ## Install what the tests need (apt packages too) and run every check and every test
	@$(MAKE) --no-print-directory --keep-going format lint types contracts
	$(BIN)/pytest

check: $(VENV)/everything ## The quick part of `make test`, for every few edits: some minutes
	@$(MAKE) --no-print-directory --keep-going format lint types contracts
	$(BIN)/pytest -m "not (slow or ffmpeg or mosquitto or postgresql or chromium or sound or realtime)"

format: $(VENV)/everything ## Say which files are not formatted (`.venv/bin/ruff format` mends them)
	$(BIN)/ruff format --check --quiet .

lint: $(VENV)/everything ## Look for mistakes without running anything
	$(BIN)/ruff check --quiet .

types: $(VENV)/everything ## Check the types
	$(BIN)/mypy

contracts: $(VENV)/everything ## Check which package may import which
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/runtime ## Measure one figure of docs/benchmarks.md: make bench NAME=plan_3321
	@test -n "$(NAME)" || { echo "Say which figure: make bench NAME=..."; ls benchmarks; exit 2; }
	@$(BIN)/python benchmarks/$(NAME).py $(ARGS)

hostile: $(VENV)/everything ## Attack centre and loudspeakers 3,000 times; a seed and a kind repeat one: make hostile ARGS="--seed 7"
	@$(BIN)/python -m tests.hostile.run $(ARGS)

chaos: $(VENV)/everything ## Break everything 1,000 times while 24 loudspeakers play 20,000 sounds, half an hour: make chaos ARGS="--seed 7"
	@$(BIN)/python -m tests.chaos.run $(ARGS)

mutants: $(VENV)/everything ## Change one module of the rules bit by bit; does a test notice? make mutants NAME=hours
	@test -f "schedules/$(NAME).py" || { echo "Say which module of schedules: make mutants NAME=..."; exit 2; }
	@rm -rf build/mutants && mkdir -p build/mutants && git archive HEAD | tar -x -C build/mutants
	@cd build/mutants && sed -i 's|^only_mutate = .*|only_mutate = ["schedules/$(NAME).py"]|' pyproject.toml \
		&& export HYPOTHESIS_PROFILE=mutants \
		&& { $(CURDIR)/$(BIN)/mutmut run $(ARGS) >mutants.log 2>&1 || { tail -c 3000 mutants.log; exit 1; }; } \
		&& $(CURDIR)/$(BIN)/mutmut export-cicd-stats >/dev/null && cat mutants/mutmut-cicd-stats.json \
		&& $(CURDIR)/$(BIN)/mutmut results

screens: apt $(VENV)/everything ## Take the pictures of docs/screens: every page, on a phone and a laptop, in both languages
	@$(BIN)/python tests/browser/screens.py $(ARGS)

lock: | $(BIN)/python ## Pin the newest allowed versions anew, with hashes
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet uv
	$(COMPILE) --upgrade --all-extras --group build -o requirements/all.lock
	$(COMPILE) --extra server --extra agent --group build -c requirements/all.lock -o requirements/demo.lock
	$(COMPILE) --extra server --group build -c requirements/all.lock -o requirements/server.lock
	$(COMPILE) --extra agent --group build -c requirements/all.lock -o requirements/agent.lock

clean: ## Remove the virtual environment and what the tools left (the demonstration's data in var/ stays)
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

apt: # the tests' real programs, only where one is missing
	@missing=""; \
	for program in $(PROGRAMS); do \
		PATH="$$PATH:/usr/sbin:/usr/lib/postgresql/15/bin" command -v "$${program%%:*}" >/dev/null || missing="$$missing $${program##*:}"; \
	done; \
	for package in $(PACKAGES); do dpkg -s "$$package" >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
		echo "The tests need these Debian packages; installing:$$missing"; \
		$(SUDO) apt-get update -qq; \
		$(SUDO) mkdir -p $(dir $(NO_CLUSTER)); \
		echo "create_main_cluster = false" | $(SUDO) tee $(NO_CLUSTER) >/dev/null; \
		trap '$(SUDO) rm $(NO_CLUSTER)' EXIT; \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi

# A virtual environment is made once. Debian splits the module it needs from Python itself.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name one: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; installing the Debian package python3-venv"; \
		$(SUDO) apt-get update -qq; \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; }
	$(PYTHON) -m venv $(VENV)

# pip runs only when a lock or pyproject.toml changed. Everything holds the runtime too.
define install
	@echo "Installing $(1) into $(VENV) (hashes are checked)"
	@$(BIN)/pip install --quiet --require-hashes -r $(1)
	@PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index -e .
endef

$(VENV)/runtime: requirements/demo.lock pyproject.toml | $(BIN)/python
	$(call install,requirements/demo.lock)
	@touch $@

$(VENV)/everything: requirements/all.lock pyproject.toml | $(BIN)/python
	$(call install,requirements/all.lock)
	@touch $@ $(VENV)/runtime
