# SyncWatch. `make` alone lists the targets. ARGS is passed on to the command that a target runs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(HOME)/.cargo/bin:$(PATH)
ARGS ?=
PART ?=

PROCESSES := syncwatch auth-svc room-svc sync-svc media-svc voice-svc gateway transcode-worker
PACKAGES := $(addprefix -p ,$(PROCESSES))

.PHONY: help up up-split dev build test test-unit test-integration test-scripts e2e soak api-fuzz bench bench-sync bench-chat \
  bench-echo bench-sim coverage lint lint-rust lint-web lint-deploy audit breaking reproducible verify fmt gen doctor clean web

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: build ## install what is missing, build, and serve everything on http://localhost:8080 (ARGS="--listen ...")
	exec target/release/syncwatch up $(ARGS)

up-split: build ## the same system as separate processes, with its own PostgreSQL and Redis
	scripts/setup.sh split
	exec target/release/syncwatch up --split $(ARGS)

dev: ## serve on http://localhost:5173, rebuild when a file is saved; data stay in data/dev
	scripts/setup.sh build
	exec node scripts/dev.mjs

build: ## release build of every program, the web client inside the gateway
	scripts/setup.sh build
	$(MAKE) --no-print-directory web
	cargo build --release $(PACKAGES)

# The gateway embeds web/dist, so it comes before any cargo build.
web:
	npm --prefix web run build

# `--bins --tests` in one cargo call: the end-to-end tests start the programs in target/debug, and two
# calls would build the dependencies twice, with different features.
test: ## every test: web, Rust, end to end, browsers; PART=room-svc (or web, e2e, ...) runs the tests of one part
ifeq ($(PART),web)
	scripts/setup.sh build
	npm --prefix web run test
else ifeq ($(PART),e2e)
	$(MAKE) --no-print-directory e2e
else ifneq ($(PART),)
	scripts/setup.sh part
	cargo nextest run --workspace -E 'package($(PART))' $(ARGS)
else
	scripts/setup.sh test
	npm --prefix web run test
	$(MAKE) --no-print-directory test-scripts web
	cargo build --workspace --bins --tests
	cargo nextest run --workspace $(ARGS)
endif

# What `make test` runs, in two halves: CI runs them as jobs beside each other.
test-unit: ## tests that start no program: web, scripts, Rust libraries and programs
	scripts/setup.sh test
	npm --prefix web run test
	$(MAKE) --no-print-directory test-scripts web
	cargo nextest run --workspace --lib --bins $(ARGS)

test-integration: ## tests of running services: Rust, end to end, browsers
	scripts/setup.sh test
	$(MAKE) --no-print-directory web
	cargo build --workspace --bins --tests
	cargo nextest run --workspace -E 'kind(test)' $(ARGS)

test-scripts:
	node --test bench/sync/*.test.mjs scripts/*.test.mjs scripts/release/test/*.test.mjs

coverage: ## what the unit tests cover: coverage/lcov.info
	scripts/setup.sh coverage
	$(MAKE) --no-print-directory test-scripts web
	scripts/coverage.sh

e2e: ## the end-to-end and browser tests alone
	scripts/setup.sh test
	$(MAKE) --no-print-directory web
	cargo build --workspace --bins --tests
	cargo nextest run --workspace -E 'package(e2e)' $(ARGS)

soak: ## films that are sent while processes are killed, 200 seeded cases (FAULT_SEEDS=1000 make soak)
	scripts/setup.sh test
	cargo build --workspace --bins --tests
	FAULT_SEEDS=$${FAULT_SEEDS:-200} cargo nextest run --profile soak --workspace -E 'test(faults::)' $(ARGS)

api-fuzz: build ## hold the API against its OpenAPI document by generated requests (ARGS="100 7": requests, seed)
	scripts/schemathesis.sh $(ARGS)

bench: build ## measure the running system; results go to bench/results
	scripts/setup.sh test
	cargo run --release -p bench -- $(ARGS)

bench-sync: build ## measure the skew between real browsers behind slow lines (ARGS="--minutes 1 --pages 2 --format hls")
	scripts/setup.sh test
	node bench/sync/run.mjs $(ARGS)

bench-chat: build ## measure the scrolling of a history of 1,000 messages, and messages that fly over a film
	scripts/setup.sh test
	node bench/sync/chat.mjs $(ARGS)

bench-echo: build ## measure how much of a film goes out with somebody's voice, behind the browser's canceller (needs pulseaudio)
	scripts/setup.sh test
	node bench/sync/echo.mjs

bench-sim: ## simulate rooms with our synchronisation and with that of other systems; results go to bench/results
	scripts/setup.sh build
	npm --prefix web run gen
	npm --prefix web run sim -- $(or $(ARGS),220) ../bench/results

lint: lint-rust lint-web lint-deploy ## every check that runs no test; CI runs each of the three in a job of its own

lint-rust: ## formatting, clippy, dependency rules
	scripts/setup.sh lint
	cargo fmt --all --check
	$(MAKE) --no-print-directory web
	cargo clippy --workspace --all-targets -- -D warnings
	cargo deny check bans licenses sources

lint-web: ## formatting, types and lint of all TypeScript and JavaScript; protos
	scripts/setup.sh lint
	node scripts/complete-lock.mjs --check web e2e/browser scripts/release
	web/node_modules/.bin/biome check
	web/node_modules/.bin/tsc -p jsconfig.json
	npm --prefix web run lint
	npm --prefix web run lint:proto

lint-deploy: ## scripts, Helm charts, Terraform, containers, alerts
	scripts/setup.sh lint
	shellcheck -x scripts/*.sh scripts/release/*.sh scripts/hooks/* deploy/*.sh .ci/run
	scripts/check-helm.sh
	scripts/check-terraform.sh
	scripts/check-deploy.sh

audit: ## known vulnerabilities of what we use (needs the network)
	scripts/setup.sh audit
	scripts/audit.sh

breaking: ## is the contract compatible with the last release?
	scripts/setup.sh release
	scripts/release.sh breaking

reproducible: ## build every program in two folders and compare the hashes (ARGS="auth-svc" for one)
	scripts/setup.sh build
	$(MAKE) --no-print-directory web
	scripts/release.sh reproducible $(ARGS)

verify: ## verify a release: who built it, from what, of what (ARGS="1.2.0")
	scripts/setup.sh release
	scripts/release.sh verify $(ARGS)

fmt: ## format Rust, TypeScript, JavaScript and Terraform
	scripts/setup.sh build
	cargo fmt --all
	web/node_modules/.bin/biome check --write
	@if command -v terraform >/dev/null; then terraform fmt -recursive terraform; fi

gen: ## regenerate what comes from the contract: the web client's types, docs/errors.md
	scripts/setup.sh test
	npm --prefix web run gen
	SYNCWATCH_WRITE_DOCS=1 cargo nextest run --workspace -E 'package(e2e) & test(the_page_of_errors)'

doctor: ## list what this machine lacks; installs nothing
	@scripts/setup.sh doctor

clean: ## remove what was built (not ./data)
	cargo clean
	rm -rf .cache coverage dist web/dist web/node_modules e2e/browser/node_modules scripts/release/node_modules
