# Thin over the `jiuzhu` command. `make help` lists the targets. Needs Python 3.11 or later and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help up fresh test evidence bench province check lock browser clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

up: $(READY) ## start everything on this machine, until Ctrl-C
	@exec $(BIN)/jiuzhu up

fresh: $(READY) ## the same, from an empty data folder
	@exec $(BIN)/jiuzhu up --fresh

test: $(READY) browser ## all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

evidence: $(READY) ## what the product survives: every process killed in turn, canary persons sought everywhere
	@echo "commit $$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
	$(BIN)/python -m pytest -q tests/faults tests/canary

bench: $(READY) ## how fast and how big it is, beside a bare baseline in the same run; fails no test
	$(BIN)/python -m bench.answering $(BENCH_ARGS)
	$(BIN)/python -m bench.payables

province: $(READY) ## a province's rosters and yearly sums beside bare polars, calamine and duckdb; takes a while
	$(BIN)/python -m bench.rosters $(BENCH_ARGS)
	$(BIN)/python -m bench.rosters --xlsx --files 24
	$(BIN)/python -m bench.crossings
	$(BIN)/python -m bench.killed

check: $(READY) ## lint, format, types, import layers, dead code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

# What is installed is what requirements.lock says, by hash; the project itself is added without its dependencies.
# The stamp is written last, so that an interrupted installation is taken up again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "需要 Python 3.11 或更高版本（当前：$$($(PYTHON) --version 2>&1)）。可指定：make PYTHON=python3.11 …" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "建立 Python 环境 $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@echo "安装依赖（约 200 MB，首次需要几分钟）…"
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --require-hashes -r requirements.lock 2>&1 \
	  | $(BIN)/python -u -c "$$PROGRESS"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $@
	@echo "安装完成。"

# One line that counts the wheels as they come; when it fails, the end of what pip said.
define PROGRESS
import sys
seen, lines = 0, []
for line in sys.stdin:
    lines.append(line)
    if line.startswith(("Collecting", "Requirement already")):
        seen += 1
        end = "\r" if sys.stdout.isatty() else "\n"
        if sys.stdout.isatty() or seen % 20 == 0:
            print(f"  {seen} 个包 … {line.split()[1 if line[0] == 'C' else 3]:<40}", end=end)
    elif line.startswith("Installing collected"):
        print(f"  共 {seen} 个包，正在安装 …" + " " * 30)
ok = any(line.startswith(("Successfully installed", "Requirement already")) for line in lines)
ok = ok and not any(line.startswith("ERROR") for line in lines)
if not ok:
    sys.stderr.writelines(lines[-15:])
sys.exit(not ok)
endef
export PROGRESS

browser: $(READY) ## make sure that the page tests have a browser
	@$(BIN)/python -m tests.browser

lock: ## pin the dependencies anew (needs uv, taken into a throw-away environment)
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet --disable-pip-version-check uv
	$(VENV)-lock/bin/uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
	  --extra embedded --extra dev -q pyproject.toml -o requirements.lock
	@rm -rf $(VENV)-lock
	@! grep -nE '(https?|file)://' requirements.lock

clean: ## remove the environment and caches; the data folder stays
	rm -rf $(VENV) $(VENV)-lock build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -exec rm -rf {} +
