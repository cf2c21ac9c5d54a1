# `make demo` and `make test` are the two commands; everything else is for work on Farwatch itself.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.setup-done

.PHONY: setup lock demo up test test-spark bench evaluate forecast forecast-release lint format messages screenshots chromium clean

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

# The browser of the console's tests and a font for its Chinese, from Debian's packages where this may
# install them; without the browser those tests are skipped, and say so.
chromium:
	@test -x /usr/bin/chromium || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei; } \
	  || echo "no /usr/bin/chromium: tests in the browser will be skipped"

# A module's tests stay on one worker, which makes what they share once; in order, for the dearest
# module has few tests and would come last by their number.
test: setup chromium lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not spark"

test-spark: setup
	$(BIN)/pip install --quiet --require-hashes -r requirements-spark.lock
	$(BIN)/pytest -m spark

bench: setup
	$(BIN)/python -m benchmarks

evaluate: setup
	$(BIN)/python -m benchmarks.evaluate

# A country-month panel, and the years that the method may be tuned on; those after are for releases alone. The
# second run tests all 36 months ahead; what it looks back at ends in 2017 too.
PANEL ?= ../shared/recorded/ucdp/country_month.parquet

forecast: setup
	@test -f $(PANEL) || { echo "no panel at $(PANEL): give PANEL=FILE"; exit 1; }
	$(BIN)/farwatch forecast backtest --panel $(PANEL) --windows 2013:2017 -o out/forecast
	$(BIN)/farwatch forecast backtest --panel $(PANEL) --windows 2011:2015 --horizons 1:36 -o out/forecast-ahead

# Once a release: its scores are kept in docs/forecasts, good or bad.
forecast-release: setup
	@test -f $(PANEL) || { echo "no panel at $(PANEL): give PANEL=FILE"; exit 1; }
	$(BIN)/python -m benchmarks.forecast_release --ready
	$(BIN)/farwatch forecast backtest --panel $(PANEL) --windows 2018:2022 -o out/forecast-release
	$(BIN)/python -m benchmarks.forecast_release out/forecast-release/scores.json

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Texts of templates and pages into the catalogues: new ones come untranslated, and a test fails until they are.
messages: setup
	cd src/farwatch/web && ../../../$(BIN)/pybabel -q extract -F ../../../babel.cfg --no-location --sort-output --omit-header -o locale/farwatch.pot .
	cd src/farwatch/web && ../../../$(BIN)/pybabel -q update -D farwatch -d locale -i locale/farwatch.pot --no-fuzzy-matching --ignore-obsolete
	$(BIN)/python -m farwatch.web.assemble node_modules

# Every page of the demo's world at 1440 and 390 px, into out/screenshots.
screenshots: setup chromium
	$(BIN)/python tests/web/screenshots.py out/screenshots

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Hashed lock files, written without index addresses.
lock:
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra spark --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-spark.lock

clean:
	rm -rf .venv node_modules build dist .mypy_cache .ruff_cache .pytest_cache src/farwatch/world/built
