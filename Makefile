# Lianzhi: `make run` to see it, `make check` before a commit. Needs Python 3.11+, pip, make, git.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# Trust what the system trusts, as pip does: a company's own proxy, for instance.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif

.PHONY: run setup postgres encoder compiled wheel dev test check lint mutants bench bench-text bench-accounts kills lock clean

run: setup  ## serve http://127.0.0.1:8000 with a scenario streaming in
	$(BIN)/lianzhi demo

setup: .venv/.runtime  ## only prepare .venv; then .venv/bin/lianzhi works

postgres: setup  ## the driver for a deployment on PostgreSQL
	$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation -c requirements-dev.lock -e '.[postgres]'

encoder: setup  ## onnxruntime, for the encoder of texts; no part of `make setup`
	$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation -c requirements-dev.lock -e '.[encoder]'

compiled: .venv/.compiled  ## what may be compiled, where there is a C compiler; no part of `make setup`

wheel: .venv/.compiled  ## a wheel of this platform, with what is compiled
	$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python

dev: .venv/.dev .venv/.compiled

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .tools uv==$(UV_VERSION)

.venv/.runtime: requirements.lock pyproject.toml | $(UV)
	test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime | $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	touch $@

# Another build where it was checked and is not to be, or the other way round.
ifneq ($(shell cat .venv/.compiled 2>/dev/null),$(if $(CHECKED),checked,quick))
.PHONY: .venv/.compiled
endif

.venv/.compiled: $(wildcard src/lianzhi/text/*/_*.p??) tools/compile.py requirements-dev.lock | .venv/.runtime
	$(UV) pip install --quiet --python $(BIN)/python -c requirements-dev.lock cython setuptools
	$(BIN)/python tools/compile.py $(if $(CHECKED),--checked) && echo $(if $(CHECKED),checked,quick) > $@ || true

test: dev  ## the test suite; what needs Chromium is skipped by name where it is missing
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(if $(FAST),-m "not slow and not postgres")

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/english.py src

check: lint test

mutants: dev  ## whether the tests of the rules notice a changed token; at most 10 minutes, no part of `make check`
	$(BIN)/python tools/mutants.py

bench: dev  ## the figures in docs/benchmarks.md and docs/benchmarks-texts.md
	$(BIN)/python -m bench

kills: dev  ## processes killed inside every step, under load: what is lost or doubled; ROUNDS=50
	$(BIN)/python -m bench.kills --rounds $(or $(ROUNDS),50)

bench-text: .venv/.bench .venv/.compiled $(if $(shell command -v npm),.tools/peers/.installed)  ## texts, beside tools from PyPI and npm
	$(BIN)/python -m bench text peers

bench-accounts: .venv/.bench  ## accounts that act together, beside another tool; WHOLE=1: a hundred million actions
	$(BIN)/python -m bench.accounts $(if $(WHOLE),--whole)

.venv/.bench: requirements-bench.lock .venv/.dev | $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all: -r requirements-bench.lock
	touch $@

.tools/peers/.installed: bench/peers/package.json bench/peers/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	npm ci --silent --ignore-scripts --no-audit --no-fund --prefix $(@D)
	touch $@

lock: | $(UV)  ## renew the locks after a change to pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --group build pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --group bench -c requirements-dev.lock -o requirements-bench.lock
	! command -v npm >/dev/null || npm install --silent --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --prefix bench/peers

clean:
	rm -f src/lianzhi/text/*/*.so
	rm -rf .venv .tools build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
