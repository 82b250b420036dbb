# What people and .ci/run do alike. `make` alone lists it.
# Both `demo` and `test` use Cargo's dev profile and one target directory, so the second builds little.

export CARGO_TARGET_DIR ?= $(CURDIR)/target
export LUMBUNG_TOOLS ?= $(CARGO_TARGET_DIR)/tools

CARGO ?= cargo

.DEFAULT_GOAL := help
.PHONY: help demo test crash fuzz bench accept fmt lint docs docs-check clean-demo

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: rust ## Build, simulate the regions' systems, run the nightly job, show what came out
	@bash samples/demo.sh

test: rust ## Install what tests need, then run every test
	@bash scripts/install-test-tools.sh
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run --locked; \
	else \
		echo "cargo-nextest is not installed: running cargo test instead, which takes longer" >&2; \
		$(CARGO) test --locked; \
	fi

SECONDS ?= 60

fuzz: rust ## Change inputs of every reader and parser at random for SECONDS=60 each; SEED=… repeats a run
	@LUMBUNG_FUZZ_SECONDS=$(SECONDS) $(if $(SEED),LUMBUNG_FUZZ_SEED=$(SEED)) \
		$(CARGO) test --locked --test it fuzz:: -- --nocapture

RUNS ?= 1000
crash: rust ## Kill nightly jobs RUNS=1000 times at random moments; SEED=n begins as a failure did
	@LUMBUNG_CRASH_RUNS=$(RUNS) LUMBUNG_CRASH_SEED=$(SEED) $(CARGO) test --locked --test it -- --nocapture --exact \
		crash::random::nights_killed_at_random_moments_end_as_if_they_had_not_been

bench: rust ## Measure beside DuckDB, polars and others, write docs/benchmarks.md (builds the release profile first; an hour or two)
	@bash benches/run.sh

accept: rust ## 100,000 generated rows of each dataset through one night, counted again by DuckDB
	@$(CARGO) build --quiet --locked --bin lumbung --example generate
	@bash scripts/python-venv.sh "$(LUMBUNG_TOOLS)/venv" scripts/requirements-test.txt
	@"$(LUMBUNG_TOOLS)/venv/bin/python" benches/accept.py

fmt: rust ## Format the source
	@$(CARGO) fmt

lint: rust ## Check format and lints
	@$(CARGO) fmt --check
	@$(CARGO) clippy --all-targets --locked -- -D warnings

docs: rust ## Write docs/reference anew from the types
	@$(CARGO) run --quiet --locked -- schema --out docs/reference

docs-check: rust ## Fail if docs/reference differs from the types
	@$(CARGO) run --quiet --locked -- schema --out docs/reference --check

clean-demo: ## Remove what the demo made
	@rm -rf var/demo

.PHONY: rust
rust:
	@command -v $(CARGO) >/dev/null || { \
		echo "missing: cargo. Install Rust 1.95 or newer, see https://www.rust-lang.org/tools/install" >&2; exit 1; }
