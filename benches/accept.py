"""100,000 generated rows of each dataset, 2 % of them spoilt, through one night; then DuckDB counts again.

For every dataset: rows read, accepted and quarantined against the generator's own list of what it spoilt, and the
number of rows and the sum of one figure in the release against DuckDB over the generated CSV without those lines.
Where a key admits fewer rows (population, commitment), every key is generated.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).resolve().parent.parent
ROWS, SEED, SHARE, AS_OF = 100_000, 7, 0.02, "2025-11-30"
# Header in the generated file and column of the model, of the figure that is added up.
FIGURES = {
    "population": ("Jumlah", "total"),
    "labour": ("Angkatan Kerja", "labour_force"),
    "commodity_price": ("Harga", "price"),
    "commitment": ("Target", "target"),
    "service_activity": ("Transaksi", "transactions"),
    "innovation_report": ("Jumlah Bukti", "evidence_count"),
}


def generate(program: Path, work: Path, dataset: str) -> tuple[Path, Path]:
    file, truth = work / f"{dataset}.csv", work / f"{dataset}.truth.csv"
    command = [program, "set", "--dataset", dataset, "--rows", str(ROWS), "--seed", str(SEED), "--format", "csv"]
    command += ["--bad-share", str(SHARE), "--truth", truth, "--out", file]
    subprocess.run(command, check=True, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
    return file, truth


def installation(work: Path, files: dict[str, Path]) -> tuple[Path, Path]:
    config, data = work / "config", work / "data"
    (config / "connectors").mkdir(parents=True)
    (config / "pipelines").symlink_to(REPOSITORY / "pipelines")
    (config / "lumbung.toml").write_text('settle = "0s"\n')
    for dataset, file in files.items():
        name = f"uji-{dataset.replace('_', '-')}"
        title = 'title = { id = "Uji", en = "Trial" }'
        text = f'{title}\nkind = "drop"\ndataset = "{dataset}"\nscope = "all"\n'
        (config / "connectors" / f"{name}.toml").write_text(text)
        folder = data / "drop" / "11" / name
        folder.mkdir(parents=True)
        shutil.copy(file, folder / file.name)
    return config, data


def expected(database, file: Path, truth: Path, header: str) -> tuple[int, float]:
    """Rows and sum of what was not spoilt. The header is line 1, so the n-th record stands in line n + 1."""
    question = f"""
        SELECT count(*), sum(CAST("{header}" AS DECIMAL(18, 2))) FROM (
            SELECT *, row_number() OVER () + 1 AS line
            FROM read_csv('{file}', delim=';', all_varchar=true, parallel=false))
        WHERE line NOT IN (SELECT CAST(line AS BIGINT) FROM read_csv('{truth}', all_varchar=true))"""
    return database.execute(question).fetchall()[0]


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    lumbung, program = target / "debug" / "lumbung", target / "debug" / "examples" / "generate"
    work = target / "accept"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    made = {dataset: generate(program, work, dataset) for dataset in FIGURES}
    config, data = installation(work, {dataset: file for dataset, (file, _) in made.items()})
    started = time.perf_counter()
    command = [lumbung, "--config", config, "--data", data, "--json", "run", "--as-of", AS_OF]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    if answer.returncode != 0:
        print(answer.stdout, answer.stderr, file=sys.stderr)
        return 1
    print(f"one night over {len(made)} files: {time.perf_counter() - started:.0f} s (unoptimised build)")
    report = json.loads(answer.stdout)
    rows = {part["dataset"]: part["rows"] for one in report["submissions"] for part in one["datasets"]}
    database = duckdb.connect()
    wrong = 0
    for dataset, (header, column) in FIGURES.items():
        file, truth = made[dataset]
        spoilt = sum(1 for _ in truth.open()) - 1
        count, total = expected(database, file, truth, header)
        files = data / "published" / "current" / "datasets" / dataset / "*.parquet"
        ours = database.execute(f"SELECT count(*), sum({column}) FROM '{files}'").fetchall()[0]
        counted = rows[dataset]
        agrees = (
            ours[0] == count == counted["accepted"]
            and float(ours[1]) == float(total)
            and counted["quarantined"] == spoilt
            and counted["read"] == count + spoilt
        )
        wrong += not agrees
        print(f"{dataset:18} read {counted['read']:>7} accepted {counted['accepted']:>7} quarantined "
              f"{counted['quarantined']:>5} (spoilt {spoilt}) sum {ours[1]} {'agrees' if agrees else 'DIFFERS: ' + str((count, total))}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
