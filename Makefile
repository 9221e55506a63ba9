# Two commands do everything on a machine with Python 3.11 or newer and make:
#   make compare   train and check every port, report in runs/latest/
#   make test      the test suite
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# a process for each core, which takes over from the others when it has nothing left to do
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
DATA ?= auto
STEPS ?= 10000
OUT ?= runs/latest

.PHONY: compare quick test audit sweep real-models docs setup clean
.DEFAULT_GOAL := compare

setup: $(VENV)/installed

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python must be 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

compare: setup
	$(BIN)/python -m compare run --data $(DATA) --steps $(STEPS) --out $(OUT)

# three ports in float32 for 500 steps: half a minute
quick: setup
	$(BIN)/python -m compare run --data $(DATA) --dtype float32 --steps 500 --out runs/quick

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(PYTEST)

# every known fault and every right form through the judge, a study on a real cluster: a quarter of
# an hour
sweep: setup
	$(PYTEST) -m sweep

# every known fault and right form through the judge and its rivals, into docs/audit.md
audit: setup
	$(BIN)/python -m benchmarks.audit --markdown docs/audit.md --json runs/audit.json

# models of torchvision, transformers and keras-hub, in an environment of their own
real-models: $(VENV)-real/installed
	$(VENV)-real/bin/python -m pytest -m sweep tests/models/test_real_models.py

$(VENV)-real/installed: requirements.lock requirements-real-models.txt
	$(PYTHON) -m venv $(VENV)-real
	$(VENV)-real/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(VENV)-real/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		-r requirements-real-models.txt --editable .
	touch $@

# the documentation as a site in runs/site, with every link of it checked; with --quiet, --strict
# counts no warning
docs: $(VENV)-docs/installed
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/python -m mkdocs build --strict
	$(VENV)-docs/bin/python docs/site/check_built.py runs/site

# the pins of the extra alone: the API is read from the sources, and nothing of ours is imported
$(VENV)-docs/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb")) \
		["project"]["optional-dependencies"]["docs"])' | \
		xargs $(VENV)-docs/bin/python -m pip install --quiet --disable-pip-version-check
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-real $(VENV)-docs runs
