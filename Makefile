# orma: `make run` and `make test` are all that a fresh clone needs. `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
CARGO ?= cargo
NPM ?= npm
CHROMIUM ?= $(or $(shell command -v chromium 2>/dev/null),$(shell command -v chromium-browser 2>/dev/null),$(shell command -v google-chrome 2>/dev/null),/usr/bin/chromium)
export CHROMIUM

SDK := sdk-js/dist/sizes.json
DASHBOARD := query/dashboard/dist/index.html
PACKAGES := node_modules/.package-lock.json
CLIENTS_PYTHON := target/clients-python/requirements.txt

# Where releases are made.
DIST := target/dist

# Rounds of each kind of `make torture`.
ROUNDS ?= 100

.PHONY: help run test test-programs test-pages torture screenshots bench bench-quick bench-query lint demo build deps clients tools chromium strace user-agents world dist dist-test image

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

run: build ## Install what is missing, build, and start everything on http://127.0.0.1:8080
	@exec target/release/orma up

demo: build ## Send a month of simulated visitors through the running orma
	@exec target/release/orma demo

build: $(SDK) $(DASHBOARD) ## Build the program with everything in it
	@echo "orma: building the program (the first time takes some minutes)"
	@$(CARGO) build --release --locked

dist: build ## Make target/dist/orma-VERSION-x86_64-linux.tar.gz, which runs without Rust and Node.js
	@packaging/make.sh target/release/orma $(DIST)

dist-test: dist ## Unpack that release into an empty directory and use it
	@packaging/test.sh $(DIST)/orma-*-x86_64-linux.tar.gz

image: dist ## Make a container image of that release, with docker
	@docker build --file docker/Dockerfile --tag orma:local $(DIST)/orma-*-x86_64-linux

test: $(SDK) $(DASHBOARD) $(CLIENTS_PYTHON) chromium strace ## Run every test, the browser's included
	@# The program is among what this builds; by itself it would be built with fewer features of its libraries, and twice.
	@$(CARGO) test --workspace --locked --no-run
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target test-programs test-pages

# Both wait more than they compute, so they run side by side, and the program's tests many at once: each of them has an
# engine of some 300 MB.
test-programs:
	@echo "orma: tests of the Rust crates and of the program with the real engine"
	RUST_TEST_THREADS=4 $(CARGO) test --workspace --locked

test-pages:
	@echo "orma: tests of the browser SDK"
	$(NPM) test --silent --workspace sdk-js
	@echo "orma: tests of the dashboard"
	$(NPM) test --silent --workspace query/dashboard
	@echo "orma: tests in a real browser"
	$(NPM) test --silent --workspace tests/browser
	@echo "orma: tests with the clients of Segment and RudderStack"
	$(NPM) test --silent --workspace tests/clients

torture: PROGRAM_TESTS = $(CARGO) test --release --locked --test program -- --nocapture
torture: $(SDK) $(DASHBOARD) strace ## Kill, cut the power, damage and attack for an hour, and hold every answer against the store
	ORMA_TORTURE_ROUNDS=$(ROUNDS) $(PROGRAM_TESTS) torture::
	ORMA_TORTURE=1 $(PROGRAM_TESTS) commit:: power_cut:: hostile_key:: kept::an_event_that
	# These hold milliseconds against a limit, so one after the other.
	ORMA_TORTURE=1 $(PROGRAM_TESTS) engine_guard:: outside:: --test-threads=1
	ORMA_SEEDS=1000 $(PROGRAM_TESTS) answers::
	ORMA_DAMAGE_ROUNDS=500 $(PROGRAM_TESTS) damage::

screenshots: $(SDK) $(DASHBOARD) chromium ## Take the pictures of docs/screenshots anew, of the demo's visitors
	@$(CARGO) build --locked --bin orma
	$(NPM) run --silent --workspace tests/browser screenshots

bench: $(SDK) $(DASHBOARD) ## Measure, and print the tables that docs/ shows: about 25 minutes
	@$(CARGO) build --release --locked
	@$(CARGO) run --release --locked --quiet -p orma-benches

bench-quick: $(SDK) $(DASHBOARD) ## A minute under load beside nginx, then each stage by itself
	@$(CARGO) build --release --locked
	@$(CARGO) run --release --locked --quiet -p orma-benches -- load --quick
	@$(CARGO) bench --locked --quiet -p orma-benches

bench-query: $(SDK) $(DASHBOARD) ## Questions beside the tables of others, at 1 and 20 million events; EVENTS=1000000 for one size
	@$(CARGO) build --release --locked
	@$(CARGO) run --release --locked --quiet -p orma-benches -- query $(if $(EVENTS),--events $(EVENTS))

lint: $(SDK) $(DASHBOARD) ## Check formatting, lints and types
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(NPM) run --silent --workspace sdk-js typecheck
	$(NPM) run --silent --workspace query/dashboard typecheck

deps: $(PACKAGES) ## Install the npm packages: engine, country database, what builds SDK and dashboard

$(PACKAGES): package-lock.json package.json sdk-js/package.json query/dashboard/package.json tests/browser/package.json tests/clients/package.json | tools
	@echo "orma: installing npm packages (the ClickHouse engine is 566 MB)"
	@$(NPM) ci --no-progress --loglevel=error
	@touch $@

$(SDK): $(PACKAGES) sdk-js/build.mjs $(shell find sdk-js/src -type f 2>/dev/null)
	@echo "orma: building the browser SDK"
	@$(NPM) run --silent --workspace sdk-js build
	@touch $@

$(DASHBOARD): $(PACKAGES) query/dashboard/index.html query/dashboard/vite.config.ts $(shell find query/dashboard/src query/dashboard/public -type f 2>/dev/null)
	@echo "orma: building the dashboard"
	@$(NPM) run --silent --workspace query/dashboard build
	@touch $@

clients: $(CLIENTS_PYTHON) ## Install the Python programs that the tests run, in target/

$(CLIENTS_PYTHON): tests/clients/requirements.txt
	@command -v python3 >/dev/null || { echo "orma needs Python 3.9 or newer for the tests of its clients: apt-get install python3-venv"; exit 1; }
	@echo "orma: installing Segment's Python client and the tester of the API"
	@python3 -m venv $(@D) || { echo "orma needs Python's venv for the tests of its clients: apt-get install python3-venv"; exit 1; }
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@cp $< $@

# Test fixtures of Matomo's parser of user agents, as PyPI has them; nothing of them is in orma.
USER_AGENTS := device_detector-6.5.1

user-agents: $(CLIENTS_PYTHON) ## Count the browsers of a public list that are taken for bots
	@$(dir $(CLIENTS_PYTHON))bin/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
	  --dest target/user-agents $(subst _,-,$(subst -,==,$(USER_AGENTS)))
	@$(CARGO) build --locked --quiet -p orma-collector --example user_agents
	@$(dir $(CLIENTS_PYTHON))bin/python collector/examples/user_agents.py \
	  target/user-agents/$(USER_AGENTS).tar.gz target/debug/examples/user_agents

# Shapes of the countries: Natural Earth, as the npm package has it; what is made of it is among the sources.
WORLD := world-atlas-2.0.2

world: ## Make the map of the world of the live page anew
	@mkdir -p target/world && cd target/world && $(NPM) pack --silent $(subst -2,@2,$(WORLD)) >/dev/null && tar xzf $(WORLD).tgz
	@node query/dashboard/scripts/world.mjs target/world/package/countries-50m.json query/dashboard/src/pages/live/world.json

tools:
	@command -v $(CARGO) >/dev/null || { echo "orma needs Rust $$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer: https://rustup.rs"; exit 1; }
	@command -v node >/dev/null || { echo "orma needs Node.js 20 or newer: https://nodejs.org"; exit 1; }
	@command -v $(NPM) >/dev/null || { echo "orma needs npm 10 or newer: it comes with Node.js"; exit 1; }
	@command -v cc >/dev/null || { echo "orma needs a C compiler: apt-get install build-essential"; exit 1; }

chromium:
	@test -x "$(CHROMIUM)" || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "orma: installing Chromium for the browser tests"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	  else echo "orma needs Chromium for the browser tests: apt-get install chromium"; exit 1; fi; }

strace:
	@command -v strace >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "orma: installing strace for the tests that kill the engine within a commit"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends strace >/dev/null; \
	  else echo "orma needs strace for the tests that kill the engine within a commit: apt-get install strace"; exit 1; fi; }
