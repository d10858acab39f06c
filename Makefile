# Two commands: `make demo` and `make test`. Everything else is for people who work on Backlash.
PY ?= python3
BIN := .venv/bin
ARGS ?=

define INSTALL
@if command -v uv >/dev/null 2>&1; then \
  uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[$(EXTRA)]'; \
else \
  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(EXTRA)]'; \
fi
endef

.PHONY: interim screening facts population forecast-bench gallery notebooks demo test coverage lint house bench mutation nightly extras published scale posterior golden docs site classroom browser clean help

demo: .venv/.stamp          ## the documented case and its counterfactuals -> results/demo/report.html
	@$(BIN)/backlash demo $(ARGS)

test: .venv/.stamp          ## the tests, on all cores
	@$(BIN)/python -c 'import mesa, sys; print("Python %d.%d.%d, Mesa %s" % (*sys.version_info[:3], mesa.__version__))'
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow" $(ARGS)

coverage: .venv/.stamp      ## the same with the share of lines that they run (tracing takes twice as long)
	@$(BIN)/python -m pytest -n auto -m "not slow" --cov --cov-report=term $(ARGS)

lint: .venv/.stamp          ## style, types, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

house: .venv/.stamp         ## how the code stands: sizes, types, rooms and circles, each beside its goal
	@$(BIN)/python tests/house.py

.venv/.bench: .venv/.stamp
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[bench]'; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'; \
	fi && touch $@ || echo "not all rivals could be installed; the rest is measured" >&2

bench: .venv/.bench         ## the engine against its rivals and its bars -> results/bench/; ARGS=--full
	@$(BIN)/python -m experiments.bench $(ARGS)

mutation: .venv/.stamp      ## plants faults in rules, statistics and store; tests must kill every one; ARGS=experiments.reading.compare
	@$(if $(ARGS),,$(BIN)/python tests/mutation.py &&) $(BIN)/python tests/faults.py $(ARGS)

.venv/.ui: EXTRA := ui
.venv/.ui: .venv/.stamp
	$(INSTALL)
	@touch $@

classroom: .venv/.ui        ## the laboratory and the decision game in a browser; ARGS="port=8080 lang=zh"
	@$(BIN)/backlash serve $(ARGS)

.venv/.browser: EXTRA := ui,browser
.venv/.browser: .venv/.ui
	$(INSTALL)
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  $(BIN)/python -m playwright install chromium
	@touch $@

browser: .venv/.browser     ## a browser for the tests (one on the PATH is taken), then these tests
	@$(BIN)/python -m pytest -n 0 -m "slow or not slow" tests/test_browser_*.py $(ARGS)

.venv/.extras: EXTRA := dev,joblib,slurm,analysis,corpus,pdf
.venv/.extras: .venv/.stamp
	$(INSTALL)
	@touch $@

extras: .venv/.extras       ## launchers, sensitivity, scenario discovery, PDF

nightly: .venv/.extras      ## the slow tests, array bounds checked, and the mutation run
	@$(BIN)/python -m pytest -n auto -m "slow or not slow" --cov --cov-report=term $(ARGS)
	@NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -n auto tests/test_engine.py $(ARGS)
	@$(BIN)/python tests/mutation.py
	@$(BIN)/python tests/faults.py

# from the store alone; what is missing is run first (about half an hour on two cores)
published: .venv/.extras    ## results/published/: the report of timing_by_severity and its map
	@$(BIN)/backlash sweep study=timing_by_severity $(ARGS)
	@for lang in en zh; do $(BIN)/backlash report timing_by_severity lang=$$lang $(filter results=%,$(ARGS)); done
	@mkdir -p results/published/timing_by_severity
	@cd $(or $(patsubst results=%,%,$(filter results=%,$(ARGS))),results)/studies/timing_by_severity && \
	  cp report.html report_zh.html cells.csv findings.json figures/maps.png $(CURDIR)/results/published/timing_by_severity/

# half an hour on two free cores, and 2 GB of memory
scale: .venv/.extras        ## the case at four sizes, and with five million people -> results/scale/, docs/images/size.png
	@$(BIN)/backlash sweep study=size $(ARGS)
	@$(BIN)/backlash report size $(filter results=%,$(ARGS))
	@$(BIN)/python -m experiments.reports.size_figure --results $(or $(patsubst results=%,%,$(filter results=%,$(ARGS))),results)
	@cp $(or $(patsubst results=%,%,$(filter results=%,$(ARGS))),results)/scale/size.png docs/images/

interim: .venv/.stamp      ## conf/posterior/: worlds of the prior in which the documented orderings hold (about half an hour)
	@$(BIN)/python -m experiments.calibration.orderings

screening: .venv/.stamp    ## which parameters move nothing -> results/screening/screening.csv (about ten minutes)
	@$(BIN)/python -m experiments.calibration.screening $(ARGS)

facts: .venv/.stamp        ## gates of the model over worlds, and what each answer does beside the evidence -> results/facts/
	@$(BIN)/python -m experiments.calibration.gates $(ARGS)

population: .venv/.stamp   ## experiments/corpus/data/: the fitted population of affairs, and what forecasts are made from
	@$(BIN)/backlash calibrate corpus $(ARGS)
	@cp results/studies/calibration_corpus/population*.csv results/studies/calibration_corpus/synthetic_tasks.csv.gz experiments/corpus/data/

forecast-bench: .venv/.stamp  ## docs/forecasts.md: forecasts of real affairs, the model's beside all baselines
	@$(BIN)/python -m experiments.corpus.public_table $(ARGS)

gallery: .venv/.stamp      ## docs/replays.md: `backlash now` on every case with a series, 6, 12 and 24 h after its start
	@$(BIN)/python -m experiments.live.gallery $(ARGS)

# half an hour for the fit, as long again for its checks; it goes on where it was
posterior: .venv/.stamp    ## conf/posterior/: fits the documented case; replaces what is shipped if orderings hold and gates are no worse
	@$(BIN)/backlash calibrate case=xiaomi_2026 $(ARGS)
	@for lang in en zh; do $(BIN)/backlash report calibration lang=$$lang $(ARGS); done
	@mkdir -p results/published/calibration
	@cd $(or $(patsubst results=%,%,$(filter results=%,$(ARGS))),results)/studies/calibration_xiaomi_2026 && \
	  cp report.html report_zh.html structures.csv $(CURDIR)/results/published/calibration/
	@$(BIN)/python -m experiments.calibration.promotion $(or $(patsubst results=%,%,$(filter results=%,$(ARGS))),results)/studies/calibration_xiaomi_2026

golden: .venv/.stamp        ## make golden WHY="reason": rewrites tests/golden, bumps RESULTS_VERSION, notes it
	@$(BIN)/python tests/golden.py "$(WHY)"

docs: .venv/.stamp          ## regenerates docs/parameters.md, conf/response/as_happened.yaml, the submodels of docs/ODD.md
	@$(BIN)/python -m sim.settings.parameters_page > docs/parameters.md
	@$(BIN)/python -m sim.rules.submodels docs/ODD.md

.venv/.docs: EXTRA := docs
.venv/.docs: .venv/.stamp
	$(INSTALL)
	@touch $@

.venv/.notebook: EXTRA := notebook
.venv/.notebook: .venv/.stamp
	$(INSTALL)
	@touch $@

notebooks: .venv/.notebook  ## the tutorials in JupyterLab; what they compute lies beside them, and git ignores it
	@$(BIN)/jupyter lab docs/notebooks $(ARGS)

site: .venv/.docs           ## the documentation as a site, English and Chinese -> site/index.html
	@$(BIN)/python docs/site/make_site.py $(ARGS)

.venv/.stamp: pyproject.toml constraints.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Backlash needs Python 3.11 or newer; try: make PY=python3.11" >&2; exit 2; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --allow-existing --python $(PY) .venv && \
	  uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
	  $(PY) -m venv .venv && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $@

clean:                      ## removes the environment; results/ is never touched
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

help:
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'
