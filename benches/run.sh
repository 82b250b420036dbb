#!/usr/bin/env bash
# Builds the release profile, generates the input, and compares. See benches/README.md.
# LUMBUNG_BENCH_ROWS (1000000) and LUMBUNG_BENCH_RUNS (5) change its size.
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${LUMBUNG_BENCH_ROWS:-1000000}
runs=${LUMBUNG_BENCH_RUNS:-5}
target=${CARGO_TARGET_DIR:-target}
tools=${LUMBUNG_TOOLS:-$target/tools}
work=$target/bench
input=$work/commodity_price-$rows.csv

cargo build --release --locked --bin lumbung --example generate
scripts/python-venv.sh "$tools/venv-bench" scripts/requirements-bench.txt

mkdir -p "$work"
if [ ! -f "$input" ]; then
    "$target/release/examples/generate" set --dataset commodity_price --rows "$rows" --seed 1 --format csv \
        --out "$input.part" >&2
    mv "$input.part" "$input"
fi

exec "$tools/venv-bench/bin/python" benches/compare.py \
    --lumbung "$target/release/lumbung" --input "$input" --work "$work" --runs "$runs"
