# `make study` runs the toy study and builds its tables; `make test` checks everything.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .uv/bin/uv
BIN := .venv/bin
RUNS ?= runs

.PHONY: study test setup lint types unit packages soak benchmark clean

study: setup
	$(BIN)/python -m orchestrator submit grids/quickstart.yaml --runs $(RUNS)
	$(BIN)/python -m orchestrator report grids/quickstart.yaml --runs $(RUNS)

test: setup packages lint types unit

setup: .venv/.complete

$(UV):
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.complete: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --extra serve --compile-bytecode --quiet --python $(PYTHON)
	touch $@

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

unit:
	$(BIN)/pytest

# The tests use a real Slurm and a real browser; without root they say loudly what they skip.
packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		command -v chromedriver >/dev/null || { apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null; }; \
		$(BIN)/python slurm/dev_cluster.py up --install && $(BIN)/python slurm/dev_cluster.py down; \
	else echo "not root on Debian: tests of Slurm and of the browser run only if these are installed" >&2; fi

# 300 trials under 200 faults on the development cluster; needs root and what `make packages` installs.
# `make soak SEED=2` draws others.
soak: setup
	$(BIN)/python -m tests.soak.soak --seed $(or $(SEED),1)

benchmark: setup
	$(BIN)/python benchmarks/overhead.py

clean:
	rm -rf .venv .uv .mypy_cache .pytest_cache .ruff_cache
