# What one types twice. `make help` lists it.
PORT ?= 8501
DATA_DIR ?=
# the interpreter of an environment with pythae 0.1.2 (benchmarks/README.md); without it that benchmark is left out
PYTHAE_PYTHON ?=
# the first Python that is new enough; tools/set_up.py says so in a sentence when there is none
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
VENV := .venv/bin

.PHONY: app test lint bench checkpoints screenshots lock extras environment dev-environment help
.DEFAULT_GOAL := help

app: environment  ## set up, then open the explorer (PORT=8501)
	@$(VENV)/python tools/serve.py $(PORT)

# a hundred processes import the project: each compiled it again where Python is told to write no bytecode
test: export PYTHONDONTWRITEBYTECODE =
test: dev-environment  ## set up, find or install a browser, run every test
	@$(VENV)/python -m tools.browser --install
	@$(VENV)/python -m tools.set_up_extras & \
	$(VENV)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder; passed=$$?; wait; exit $$passed

lint: dev-environment  ## ruff: rules and layout, nothing is changed
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .

bench: dev-environment  ## measure the drag, the start, the socket and the training speed (minutes; DATA_DIR=folder that holds mnist/)
	@$(VENV)/python -m tools.browser --install
	$(VENV)/python -m benchmarks.drag
	$(VENV)/python -m benchmarks.start
	$(VENV)/python -m benchmarks.live_socket
	-$(VENV)/python -m benchmarks.crowd
	-$(VENV)/python -m benchmarks.long_wire
	-$(VENV)/python -m benchmarks.mixed_load
	$(VENV)/python -m benchmarks.map_pan
	$(if $(DATA_DIR),$(VENV)/python -m benchmarks.map_first_draw --data-root $(DATA_DIR))
	$(VENV)/python -m benchmarks.training $(if $(DATA_DIR),--data-dir $(DATA_DIR)/mnist,--data digits)
	$(VENV)/python -m benchmarks.conv_training --rounds 3
	$(if $(DATA_DIR),$(VENV)/python -m benchmarks.memory --data-dir $(DATA_DIR)/mnist)
	$(VENV)/python -m benchmarks.usualness $(if $(DATA_DIR),--data-dir $(DATA_DIR))
	$(VENV)/python -m benchmarks.kill_resume
	$(VENV)/python -m benchmarks.processes
	$(VENV)/python -m benchmarks.peers $(if $(DATA_DIR),--data-dir $(DATA_DIR)/mnist) $(if $(PYTHAE_PYTHON),--pythae-python $(PYTHAE_PYTHON))

checkpoints: environment  ## train the shipped models again (DATA_DIR=folder with mnist/ and fashion/; without it from OpenML)
	$(VENV)/python -m tools.checkpoints $(if $(DATA_DIR),--data-dir $(DATA_DIR))

screenshots: dev-environment  ## photograph every page, light and dark, wide and narrow, into docs/images/
	@$(VENV)/python -m tools.browser --install
	$(VENV)/python -m tools.screenshots

extras: dev-environment  ## Ray, MLflow and TensorBoard into .venv-extras, on top of .venv; `make test` does so too
	$(VENV)/python -m tools.set_up_extras

lock: dev-environment  ## resolve requirements*.in into exact versions, for every platform
	$(VENV)/python -m tools.lock

NO_PYTHON := No Python was found. Install Python 3.11 or newer from python.org, or name one: make app PYTHON=/path/to/python3

environment:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(NO_PYTHON)"; exit 1; }
	@$(PYTHON) tools/set_up.py

dev-environment:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(NO_PYTHON)"; exit 1; }
	@$(PYTHON) tools/set_up.py --dev

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "make %-12s %s\n", $$1, $$2}'
