# What a newcomer types: `make demo` and `make test`. Everything lives in .venv and $(GATEHOUSE_DATA).

PORT ?= 8080
GATEHOUSE_DATA ?= var
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
CASES ?= first
LENGTH ?= whole

JOURNEYS := tests/browser tests/clients tests/walks
FAULTS := tests/faults
STATISTICS := tests/statistics
OTHERS := $(foreach folder,$(JOURNEYS) $(FAULTS) $(STATISTICS),--ignore=$(folder))

export GATEHOUSE_DATA
.DEFAULT_GOAL := help
.PHONY: help demo test test-fast journeys faults statistics lint format bench docs secrets texts clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo "  PORT= and GATEHOUSE_DATA= change where the demo runs (now $(PORT) and $(GATEHOUSE_DATA))."

demo: $(VENV)/.demo ## Run the gateway, a demo chatbot and an outbox on localhost until Ctrl-C
	@tools/system.sh portaudio
	@$(BIN)/gatehouse models pull >/dev/null
	@$(BIN)/gatehouse demo --port $(PORT)

test: lint ## Check and test everything that takes no browser and no fault (ARGS= for pytest)
	@tools/system.sh portaudio softhsm2 espeak-ng
	@$(BIN)/gatehouse models pull >/dev/null
	$(BIN)/pytest -n auto --dist loadfile --cases $(CASES) $(OTHERS) $(ARGS)

test-fast: $(VENV)/.dev ## Run the tests that take no browser, no recordings and no patience
	$(BIN)/pytest -q -m "not slow and not browser and not recordings" --cases first $(OTHERS) $(ARGS)

journeys: $(VENV)/.dev ## Walk through it in a real browser, with real clients and the demo
	@tools/system.sh portaudio chromium node npm apache
	@tools/clients.sh
	@$(BIN)/gatehouse models pull >/dev/null
	$(BIN)/pytest -n 2 --dist loadfile $(JOURNEYS) $(ARGS)

faults: $(VENV)/.dev ## Kill it, take its database away, rotate its keys under load (LENGTH=short as in CI)
	@tools/system.sh softhsm2
	$(BIN)/pytest --length $(LENGTH) $(FAULTS) $(ARGS)

statistics: $(VENV)/.dev ## Measure what time tells, and send it what nobody expects (LENGTH=short as in CI)
	$(BIN)/pytest -rP --timeout 1800 --length $(LENGTH) $(STATISTICS) $(ARGS)

lint: $(VENV)/.dev ## Check format, style, types, imports, generated tables and secrets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.docs --check
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

secrets: $(VENV)/.dev ## Take the present findings of the secrets scan as known; look at them first
	$(BIN)/detect-secrets scan --slim --baseline .secrets.baseline

bench: $(VENV)/.dev ## Measure speed and memory on this machine into docs/performance/
	@$(BIN)/gatehouse models pull >/dev/null
	$(BIN)/python -m bench

docs: $(VENV)/.dev ## Write the table of settings into the README
	$(BIN)/python -m tools.docs

texts: $(VENV)/.dev ## Collect every text that people see into the catalogues for translators
	$(BIN)/pybabel -q extract -F web/translations/babel.cfg -k Text -k counted:1,2 --no-location --sort-output \
		--omit-header -o web/translations/messages.pot .
	for language in ar de es fr zh; do $(BIN)/pybabel -q update -l $$language --no-fuzzy-matching \
		--ignore-obsolete --omit-header -w 100 -i web/translations/messages.pot \
		-o web/translations/$$language.po; done

clean: ## Remove the environment and caches; data stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.demo: pyproject.toml
	@tools/environment.sh $(VENV) demo
	@touch $@

$(VENV)/.dev: pyproject.toml
	@tools/environment.sh $(VENV) dev
	@touch $@ $(VENV)/.demo
