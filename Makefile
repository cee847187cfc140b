# `make study` runs the toy study and builds its tables; `make test` checks everything, `make quick` most of it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .uv/bin/uv
BIN := .venv/bin
RUNS ?= runs
SCALE ?= --trials 100 1000 --search-random 200 --search-tpe 200

.PHONY: study test docs quick setup lint types unit schemas packages pictures soak soak-shared benchmark clean

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

# Most of the time tests wait: four lanes (tests/lanes.py) keep two cores busy.
unit:
	$(BIN)/pytest --numprocesses 4

# What editors know of study, report and profile files; made anew after a change of their models.
schemas:
	for kind in study report profile; do \
		$(BIN)/python -m orchestrator schema $$kind >orchestrator/schemas/$$kind.json || exit 1; done

# The documentation, to be opened as site/index.html; a broken link or a key without a description stops it.
docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# For use while working: no Slurm, no browser, no training; hardly anything waits.
quick: setup
	$(BIN)/pytest --numprocesses 2 -m "not slurm and not browser and not slow"

# The tests use a real Slurm and a real browser; without root they say loudly what they skip.
packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		{ command -v chromedriver && command -v strace && command -v tmux; } >/dev/null || { apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver strace tmux >/dev/null; }; \
		{ command -v pdflatex && kpsewhich siunitx.sty; } >/dev/null || { apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends texlive-latex-extra \
		texlive-science texlive-fonts-recommended lmodern poppler-utils >/dev/null; } || \
		echo "no LaTeX: tests that compile tables are skipped" >&2; \
		$(BIN)/python -c "import sys; from slurm.dev_boot import missing_requirements; sys.exit(bool(missing_requirements()))" || \
		{ $(BIN)/python slurm/dev_cluster.py up --install && $(BIN)/python slurm/dev_cluster.py down; }; \
		$(BIN)/python -c "import sys; from slurm.dev_shared import missing_to_share; sys.exit(bool(missing_to_share()))" || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		glusterfs-server glusterfs-client iproute2 >/dev/null; } || \
		echo "no GlusterFS: tests of a shared file system are skipped" >&2; \
	else echo "not root on Debian: tests of Slurm and of the browser run only if these are installed" >&2; fi

# 300 trials under 200 faults on the development cluster; needs root and what `make packages` installs.
# `make soak SEED=2` draws others.
soak: setup
	$(BIN)/python -m tests.soak.soak --seed $(or $(SEED),1)

# 60 trials under 40 faults, their folder on GlusterFS, each node with a mount of its own.
soak-shared: setup
	$(BIN)/python -m tests.soak.soak --shared --trials 60 --faults 40 --seed $(or $(SEED),1)

# What a trial costs, and how that grows; `make benchmark SCALE=` measures all sizes, for hours.
benchmark: setup
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/answers.py
	$(BIN)/python benchmarks/scale.py $(SCALE)

# The pictures of the documentation, from studies that are trained for it.
pictures: setup
	$(BIN)/python -m docs.pictures

clean:
	rm -rf .venv .uv .mypy_cache .pytest_cache .ruff_cache site
