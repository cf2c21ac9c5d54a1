# `make demo` and `make test` are the two commands; everything else is for work on Farwatch itself.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.setup-done

.PHONY: setup lock demo up test test-spark bench evaluate lint format clean

setup: $(SETUP)

$(SETUP): requirements.lock pyproject.toml package.json package-lock.json
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	npm ci --silent --no-audit --no-fund
	$(BIN)/farwatch world build
	$(BIN)/python -m farwatch.web.assemble node_modules
	@touch $@

demo: setup
	$(BIN)/farwatch demo

up: setup
	FARWATCH_EXERCISE=1 FARWATCH_DATA_DIR=farwatch-demo/desk $(BIN)/farwatch up

test: setup lint
	$(BIN)/pytest -n 2 -m "not spark"

test-spark: setup
	$(BIN)/pip install --quiet --require-hashes -r requirements-spark.lock
	$(BIN)/pytest -m spark

bench: setup
	$(BIN)/python -m benchmarks

evaluate: setup
	$(BIN)/python -m benchmarks.evaluate

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Hashed lock files, written without index addresses.
lock:
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra spark --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-spark.lock

clean:
	rm -rf .venv node_modules build dist .mypy_cache .ruff_cache .pytest_cache src/farwatch/world/built
