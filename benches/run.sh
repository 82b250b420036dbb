#!/usr/bin/env bash
# Builds the release profile and what the benchmarks compare with, and measures. See benches/README.md.
# LUMBUNG_BENCH_ROWS (10000000), LUMBUNG_BENCH_RUNS (5), LUMBUNG_BENCH_ONLY and LUMBUNG_BENCH_FULL say what is measured.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
tools=${LUMBUNG_TOOLS:-$target/tools}

"${CARGO:-cargo}" build --release --locked --bin lumbung --example generate
scripts/python-venv.sh "$tools/venv-bench" scripts/requirements-bench.txt

exec "$tools/venv-bench/bin/python" benches/bench.py --lumbung "$target/release/lumbung" \
    --generate "$target/release/examples/generate" --work "$target/bench" --report docs/benchmarks.md
