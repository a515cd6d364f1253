# `make demo`, `make test` and `make lab` do all of their own set-up, in .venv, on a machine with Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# uv reads the same find-links folders as pip, so a local CPU build of torch is found by both.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export VIRTUAL_ENV := $(CURDIR)/.venv
UV := $(shell sed -n 's/^uv==/uv==/p' constraints.txt)

.PHONY: demo test lab build site lint strength attacks clean

demo: .venv/ready
	genlab demo

lab: .venv/ready
	genlab lab

test: lint
	pytest -n logical --maxprocesses 4 --dist loadgroup -m "not gpu and not full"

lint: .venv/ready
	ruff check .
	ruff format --check .
	mypy
	genlab build --check

build: .venv/ready
	genlab build

# The course's site, in build/site. SCALE=cpu trains the models whose pictures it shows (hours; what is done is kept in build/executed).
SCALE ?= smoke
site: .venv/ready
	python -m website --scale $(SCALE)

# Runs every answer of tests/answers at 20 seeds and writes README's table.
strength: .venv/ready
	python -m tests.strength --seeds 20 --write README.md

# Runs every attack of tests/submissions in both tiers of isolation, as this user and as an ordinary one.
attacks: .venv/ready
	pytest tests/autograder/test_attacks.py

# TORCH_INDEX: where to take torch from, for Linux without a GPU (README says more).
.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "genlab needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || echo "Setting up .venv. That downloads some 350 MB and PyTorch, which has 190 MB for the CPU alone and gigabytes with CUDA" \
		"(README says how to choose), fills about 1.8 GB of disk, and takes two to five minutes on a good line."
	@echo "[1 of 3] an environment in .venv, and the installer uv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	@echo "[2 of 3] PyTorch"
	@uv pip install --constraint constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	@echo "[3 of 3] everything else: JupyterLab, nbgrader and the tools of the tests; at the end all of it is compiled"
	@uv pip install --compile-bytecode --constraint constraints.txt --editable '.[dev]'
	@echo "Done. 'source .venv/bin/activate' puts the command genlab on your path."
	@touch $@

clean:
	rm -rf .venv build dist
