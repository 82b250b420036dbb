#!/usr/bin/env bash
# A night of Lumbung on sample data: simulated regional systems, files in drop folders, one run, its results.
# Run it again and the second night finds nothing new. `make clean-demo` begins from nothing.
#
# LUMBUNG_DEMO_DATA (var/demo) is the data directory. CARGO_TARGET_DIR is honoured.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${LUMBUNG_DEMO_DATA:-var/demo}
target=${CARGO_TARGET_DIR:-target}
as_of=2025-11-30
lumbung=$target/debug/lumbung
work=$(mktemp -d)
simulation=

# The simulation ends when its standard input closes, so it ends with this script however that ends.
stop() {
    { exec 9>&-; } 2>/dev/null || true
    if [ -n "$simulation" ]; then
        wait "$simulation" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "$*"; }
heading() { printf '\n== %s\n' "$*"; }

current_release() { readlink "$data/published/current" 2>/dev/null || true; }

ask() { "$lumbung" --data "$data" "$@" 9>&-; }

heading "Building (the first time takes some minutes)"
cargo build --locked --bin lumbung --example generate --example simulate

heading "Filling $data"
if [ -e "$data/.filled" ]; then
    say "the drop folders were filled before; what was processed is not dropped again"
else
    "$target/debug/examples/generate" demo --out "$data"
    touch "$data/.filled"
fi

heading "Starting the simulated regional systems"
say "(one answers 429, one 500, and one cuts an answer off: the run tries again)"
export KETENAGAKERJAAN_TOKEN=token-contoh PUJA_INDAH_TOKEN=token-contoh INOVASI_TOKEN=token-contoh
# Everything but population and prices is generated and marked so in every output that uses it.
export LUMBUNG_ILLUSTRATIVE=true
mkfifo "$work/alive"
"$target/debug/examples/simulate" --records "$data/simulated" --token token-contoh --env-file "$work/addresses" \
    --misbehave dukcapil=429 --misbehave ketenagakerjaan=500 --misbehave puja-indah=cut \
    <"$work/alive" &
simulation=$!
exec 9>"$work/alive"
for _ in $(seq 100); do
    if [ -e "$work/addresses" ]; then break; fi
    if ! kill -0 "$simulation" 2>/dev/null; then
        say "error: the simulated systems did not start" >&2
        exit 1
    fi
    sleep 0.1
done
if [ ! -e "$work/addresses" ]; then
    say "error: the simulated systems gave no addresses within ten seconds" >&2
    exit 1
fi
set -a
# shellcheck disable=SC1091
. "$work/addresses"
set +a

heading "The nightly job, as of $as_of"
before=$(current_release)
code=0
ask run --as-of "$as_of" || code=$?
case $code in
    0) ;;
    3) say "(exit code 3: the run is done, and someone must look at a source, a submission or a release; see below)" ;;
    *)
        say "error: the run failed with exit code $code" >&2
        exit "$code"
        ;;
esac

heading "League table: regencies and cities by Puja Indah services active out of those committed"
say "Ini bukan Indeks Inovasi Daerah resmi; data layanan dan inovasi hanya ilustrasi."
say "This is not the official Indeks Inovasi Daerah; service and innovation data are illustrative."
ask query "
WITH figures AS (
  SELECT region_code,
         max(CASE WHEN indicator_id = 'services_active_share' THEN numerator END) AS active,
         max(CASE WHEN indicator_id = 'services_active_share' THEN denominator END) AS committed,
         max(CASE WHEN indicator_id = 'services_active_share' THEN value END) AS share,
         max(CASE WHEN indicator_id = 'transactions_per_1000' THEN value END) AS per_1000,
         sum(CASE WHEN indicator_id IN ('innovations_initiative', 'innovations_trial', 'innovations_applied')
                  THEN value END) AS innovations
  FROM indicators WHERE period = '${as_of:0:7}' GROUP BY region_code
)
SELECT r.name AS region, r.province_name AS province,
       CAST(f.active AS BIGINT) AS active, CAST(f.committed AS BIGINT) AS committed,
       round(f.per_1000, 1) AS transactions_per_1000, CAST(f.innovations AS BIGINT) AS innovations
FROM figures f JOIN regions r ON r.region_code = f.region_code
WHERE f.committed > 0 AND r.level <> 'province'
ORDER BY f.share DESC, f.per_1000 DESC NULLS LAST, r.region_code
LIMIT 15"

heading "What was refused, and why"
ask quarantine list

heading "What came in"
ask submission list

heading "Where things are"
after=$(current_release)
if [ -n "$before" ] && [ "$before" = "$after" ]; then
    say "nothing new was found, so no release was made: $after stays current"
fi
say "release    $data/published/current/ (datasets/*/*.parquet, indicators/indicators.parquet, indicators.xlsx)"
say "page       $data/published/current/index.html, through any static file server"
say "receipts   $data/receipts/, and beside each processed file in $data/drop/"

heading "Next"
say "  $lumbung --data $data status"
say "  $lumbung --data $data query \"SELECT period, count(*) FROM labour GROUP BY period\""
say "  python3 -m http.server --bind 127.0.0.1 --directory $data/published/current"
