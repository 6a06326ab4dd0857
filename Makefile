# Switchboard: `make help` lists the verbs. Only Python 3.11+ and make are assumed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SEED ?= 1
SAMPLE ?= 500
STEPS ?= 2000
FAULTS ?= 14
SEEDS ?= 100

.DEFAULT_GOAL := help
.PHONY: help setup lock demo up down test unit integration e2e simulate simulate-all soak dialogues mutate chaos-router chaos-time \
	check format format-check lint types imports docs docs-check why dlq bench deploy-check clean

help: ## List the verbs
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ See it

demo: $(READY) ## Play real traffic through the whole platform and show what happened
	@$(BIN)/python -m demo

up: $(READY) ## Start everything and leave it running; says where everything is
	@$(BIN)/python -m deploy.local.stack up

down: $(READY) ## Stop what `make up` started
	@$(BIN)/python -m deploy.local.stack down

why: $(READY) ## Tell why: make why ARGS="<work item or conversation> --not-agent anna"
	@$(BIN)/python -m deploy.local.why $(ARGS)

dlq: $(READY) ## List dead letters (ARGS="replay ..." replays them)
	@$(BIN)/python -m libs.common.dead_letters $(or $(ARGS),list)

##@ Prove it

test: $(READY) ## Pass all tests: unit, dialogues, simulation, integration, faults end to end
	@$(BIN)/python -m tests.run all

unit: $(READY) ## Only the tests that need no server
	@$(BIN)/python -m tests.run unit

integration: $(READY) ## Only the tests on the real Kafka and MongoDB
	@$(BIN)/python -m tests.run integration

e2e: $(READY) ## Only the real processes with their faults
	@$(BIN)/python -m tests.run e2e

simulate: $(READY) ## Replay one simulated world: make simulate SEED=7 STEPS=2000
	@$(BIN)/python -m tests.simulation --seed $(SEED) --steps $(STEPS)

simulate-all: $(READY) ## Run 500 simulated worlds of 4,000 steps on all cores
	@$(BIN)/python -m tests.simulation --seed 100000 --many 500 --steps 4000

soak: $(READY) ## Go on searching where the last search stopped: make soak SEEDS=1000
	@$(BIN)/python -m tests.simulation --soak $(SEEDS)

dialogues: $(READY) ## Write the golden dialogues with what the engine decides now
	@$(BIN)/python -m tests.dialogues --rewrite

mutate: $(READY) ## Put mistakes into the engine, see which no test notices: make mutate SEED=1 SAMPLE=500
	@$(BIN)/python -m tests.mutation --seed $(SEED) --sample $(SAMPLE)

chaos-router: $(READY) ## Kill, freeze, end and add routers under load: make chaos-router SEED=7 FAULTS=14
	@$(BIN)/python -m tests.chaos --seed $(SEED) --faults $(FAULTS)

chaos-time: $(READY) ## The same at the moment when promises and escalations fall due
	@$(BIN)/python -m tests.chaos --seed $(SEED) --faults $(FAULTS) --due

bench: $(READY) ## Measure everything and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks

##@ Keep it clean

check: $(READY) format-check lint types imports docs-check ## All static checks that CI runs

format: $(READY) ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

format-check: $(READY)
	@$(BIN)/ruff format --check .

lint: $(READY) ## Ruff, all rules; each exception has its reason
	@$(BIN)/ruff check .
	@$(BIN)/typos

types: $(READY) ## mypy, strict
	@$(BIN)/mypy .

imports: $(READY) ## Who may import whom
	@$(BIN)/lint-imports

docs: $(READY) ## Regenerate schemas, OpenAPI, AsyncAPI, the desk's page and the lifecycle diagram
	@$(BIN)/python -m docs.generate

docs-check: $(READY)
	@$(BIN)/python -m docs.generate --check

deploy-check: $(READY) ## Render and strictly validate the Kubernetes manifests
	@$(BIN)/python -m pytest -q tests/deploy

##@ Set it up

setup: $(READY) ## Virtual environment, locked dependencies, embedded Kafka and MongoDB

# Two stamps: dependencies follow the lock, the embedded servers follow their own lock.
$(READY): requirements/dev.lock deploy/local/kafka-jars.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Switchboard needs Python 3.11 or newer: set PYTHON=...")'
	@test -x $(BIN)/python || (echo "setup: creating $(VENV)"; $(PYTHON) -m venv $(VENV))
	@echo "setup: installing locked dependencies with hashes (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m deploy.local install
	@touch $(READY)

lock: $(READY) ## Resolve the dependencies anew into requirements/*.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/runtime.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group dev -o requirements/dev.lock

clean: ## Stop the embedded servers and remove everything that was made
	@test ! -x $(BIN)/python || $(BIN)/python -m deploy.local stop || true
	rm -rf $(VENV) .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
