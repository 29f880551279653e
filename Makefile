# Everything runs in .venv, which the targets make from the locks in requirements/ and keep up to date.
# Needed beforehand: Python 3.11 or newer, make, and a package index that pip knows.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test simulate mutations crash-matrix test-browser test-deployments screenshots fuzz lint types bench docs drift lock lowest newest dist sbom audit clean runtime dev browser release uv

PYTHON ?=
export PYTHON
# Without caches of bytecode every command that a test starts would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE
ARGS ?=

BIN := .venv/bin
# Tests that need a Prefect server are two xdist groups: two servers start at most, whatever the number of workers.
# Three workers keep two cores busy while some of them wait for those servers; each of them imports everything.
PYTEST := $(BIN)/pytest -n 3 --dist loadgroup

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo 'ARGS="..." is passed on, e.g. make test ARGS="-k throttle"; PYTHON=... names the Python to use.'

demo: runtime ## Run the nightly import of the example data against the sandbox
	@$(BIN)/prefect-getresponse demo $(ARGS)

test: dev ## Run the test suite: all but what targets of their own try
	@$(PYTEST) $(ARGS)

test-deployments: dev ## Try schedules, workers and the power cut on a Prefect server (on PostgreSQL if there is one)
	@$(BIN)/pytest -m deployments tests/deployments $(ARGS)

test-benchmarks: dev ## Run each benchmark briefly, and see that what it promises holds
	@$(BIN)/pytest -m benchmarks tests/benchmarks $(ARGS)

simulate: dev ## Let everything go wrong in virtual time: SEEDS=10000 runs many, SEED=7 shows one
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),1000) --first $(or $(FIRST),0)) $(ARGS)

mutations: dev ## Take fixes out, one at a time, and see that tests notice (ARGS="-k 10h" for some)
	@$(BIN)/python -m tests.mutations $(ARGS)
	@$(BIN)/pytest -m mutations tests $(ARGS)

crash-matrix: dev ## Kill real processes at every step, and under 200 schedules of faults (ARGS=--help)
	@$(BIN)/python -m tests.crash_matrix $(ARGS)
	@CRASH_MATRIX=1 $(BIN)/pytest tests/test_crash.py tests/export/test_destinations.py \
		tests/contact_import/phases/test_resume.py

test-browser: dev browser ## Try the block in Prefect's UI with a browser (Debian: chromium)
	@$(BIN)/pytest -m browser tests/browser $(ARGS)

fuzz: dev ## Feed the importer damaged sources and disturbed days for long (ARGS="-k model" for a part)
	@HYPOTHESIS_PROFILE=long $(BIN)/pytest tests/sources/test_any_bytes.py tests/sources/test_workbooks.py \
		tests/contact_import/test_model.py tests/contact_import/test_engine.py \
		tests/contact_import/test_every_route.py $(ARGS)

screenshots: dev browser ## Take the pictures of the documentation anew
	@$(BIN)/python -m scripts.screenshots

lint: dev ## Check style and formatting
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: dev ## Check types with mypy and pyright, both strict, and those of the examples
	@$(BIN)/mypy
	@$(BIN)/mypy benchmarks
	@$(BIN)/pyright
	@$(BIN)/pytest -m types tests

bench: dev ## Run the benchmarks; results go to benchmarks/results/
	@set -e; for file in $(or $(sort $(wildcard benchmarks/[a-z]*.py)),none); do \
		if [ $$file = none ]; then echo "bench: no benchmarks yet"; else \
		echo "bench: $$file"; $(BIN)/python $$file $(ARGS); fi; done

docs: dev ## Write the reference, check the documentation, and build it as a site in site/
	@$(BIN)/python -m scripts.write_reference
	@$(BIN)/pytest tests/docs $(ARGS)
	@requirements/install.sh docs
	@$(BIN)/zensical build --strict

drift: dev ## Compare a newer OpenAPI document of GetResponse with this project (ARGS=NEW.yaml)
	@$(BIN)/python -m scripts.drift $(ARGS)

lock: uv ## Write the locks anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(LOCK) pyproject.toml --group build -o requirements/runtime.txt $(ARGS)
	@$(LOCK) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt $(ARGS)
	@$(LOCK) --group docs -c requirements/dev.txt -o requirements/docs.txt $(ARGS)
	@$(LOCK) --group image -c requirements/dev.txt -o requirements/image.txt $(ARGS)
	@$(LOCK) --group browser -c requirements/dev.txt -o requirements/browser.txt $(ARGS)
	@$(LOCK) --group release -c requirements/dev.txt -o requirements/release.txt $(ARGS)

UV ?= $(BIN)/uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

lowest newest: uv ## Run the test suite with the lowest, or the newest, versions that pyproject.toml allows
	@$(UV) venv --quiet --clear --seed --python $(BIN)/python .venv-$@
	@$(UV) pip install --quiet --python .venv-$@ --prerelease disallow --resolution $(RESOLUTION_$@) \
		--editable '.[arrow,sql]'
	@$(UV) pip install --quiet --python .venv-$@ --group dev
	@.venv-$@/bin/pytest -n 3 --dist loadgroup $(ARGS)

# pydantic-core is named to be as low as pydantic: each release of one needs its own of the other.
RESOLUTION_lowest = lowest-direct pydantic-core
RESOLUTION_newest = highest

dist: dev ## Build sdist and wheel into dist/
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist

sbom: release ## Describe what a locked installation consists of (CycloneDX), in dist/
	@mkdir -p dist
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file dist/prefect-getresponse.cdx.json requirements/runtime.txt

audit: release ## Look the locked versions up among known vulnerabilities (needs the advisory service)
	@$(BIN)/pip-audit --disable-pip --require-hashes --requirement requirements/runtime.txt

clean: ## Remove .venv, caches and build results
	@rm -rf .venv .venv-* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache site benchmarks/results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

uv: runtime
	@command -v $(UV) >/dev/null || $(BIN)/pip install --quiet uv

release: dev
runtime dev browser release:
	@requirements/install.sh $@
