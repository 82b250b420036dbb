"""Raw CSV to typed Parquet: Lumbung beside DuckDB, on the same bytes, in turns.

Lumbung reads, maps, parses and checks every cell, settles uniqueness of keys, and writes findings, quarantine and
zstd Parquet. DuckDB's side is its plain typed COPY to zstd Parquet, which checks types and nothing else. Landing
(hash, copy, fsync) is shown apart, beside `cp` + `sha256sum` + `sync`. Both sides must agree on the number of rows and
the sum of prices, or there is no result.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).resolve().parent.parent
AS_OF = "2025-11-30"
REGION = "32.73"
CONNECTOR = "bench-prices"
CONNECTOR_TOML = """
title   = { id = "Harga untuk pengukuran", en = "Prices for measuring" }
kind    = "drop"
dataset = "commodity_price"
scope   = "all"
"""

DUCKDB_COPY = """
import sys, time, duckdb
source, target = sys.argv[1:]
connection = duckdb.connect()
started = time.perf_counter()
connection.execute(f'''
    COPY (
        SELECT * FROM read_csv('{source}', delim=';', header=true, auto_detect=false, columns={{
            'Kode Wilayah': 'VARCHAR', 'Tanggal': 'DATE', 'Komoditas': 'VARCHAR', 'Satuan': 'VARCHAR',
            'Harga': 'DECIMAL(18,2)'}})
    ) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
''')
print(time.perf_counter() - started)
"""


@dataclass
class Measured:
    seconds: float
    peak_mb: float


@dataclass
class LumbungRun:
    land: float
    stage: Measured
    whole: float
    rows: int
    prices: Decimal


def run(command: list[str], allowed: tuple[int, ...] = (0,)) -> tuple[str, float, float]:
    """Runs a command: its standard output, wall time in seconds, peak memory in MB."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"{command[0]} ended with exit code {process.returncode}")
    return output, time.perf_counter() - started, usage.ru_maxrss / 1024


def copy_with_duckdb(source: Path, target: Path) -> Measured:
    target.unlink(missing_ok=True)
    output, _, peak_mb = run([sys.executable, "-c", DUCKDB_COPY, str(source), str(target)])
    return Measured(float(output), peak_mb)


def copy_hash_sync(source: Path, target: Path) -> float:
    target.unlink(missing_ok=True)
    command = 'cp "$1" "$2" && sha256sum "$2" > /dev/null && sync "$2"'
    _, seconds, _ = run(["sh", "-c", command, "sh", str(source), str(target)])
    return seconds


def write_configuration(directory: Path) -> None:
    """The repository's contracts, and one connector that may speak for every region."""
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "connectors").mkdir(parents=True)
    (directory / "connectors" / f"{CONNECTOR}.toml").write_text(CONNECTOR_TOML, encoding="utf-8")
    shutil.copytree(REPOSITORY / "pipelines", directory / "pipelines")
    shutil.copy(REPOSITORY / "lumbung.toml", directory / "lumbung.toml")


def run_lumbung(program: Path, source: Path, configuration: Path, data: Path) -> LumbungRun:
    shutil.rmtree(data, ignore_errors=True)
    folder = data / "drop" / REGION / CONNECTOR
    folder.mkdir(parents=True)
    dropped = folder / "prices.csv"
    os.link(source, dropped)
    # Old enough to have settled.
    os.utime(dropped, (time.time() - 3_600,) * 2)
    command = [str(program), "--config", str(configuration), "--data", str(data), "--json"]
    output, whole, peak_mb = run([*command, "run", "--as-of", AS_OF, "--no-publish"])
    land, stage = stage_seconds(json.loads(output))
    rows, prices = totals(f"{data}/model/commodity_price/**/*.parquet", "price")
    return LumbungRun(land, Measured(stage, peak_mb), whole, rows, prices)


def stage_seconds(report: dict) -> tuple[float, float]:
    """Seconds of landing and of staging, from the run report. The source's seconds hold the copying and hashing too."""
    landing = sum(source["seconds"] for source in report["sources"])
    return landing, sum(submission["seconds"]["stage"] for submission in report["submissions"])


def totals(files: str, price: str) -> tuple[int, Decimal]:
    return duckdb.sql(f"""SELECT count(*), sum("{price}") FROM read_parquet('{files}')""").fetchall()[0]


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):8.2f} s   ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lumbung", type=Path, required=True)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    source = arguments.input.resolve()
    work = arguments.work.resolve()
    configuration = work / "configuration"
    write_configuration(configuration)
    copied = work / "duckdb.parquet"

    # Both sides find the input in the page cache.
    source.read_bytes()
    duck: list[Measured] = []
    ours: list[LumbungRun] = []
    copies: list[float] = []
    for number in range(arguments.runs):
        print(f"run {number + 1} of {arguments.runs}", file=sys.stderr)
        ours.append(run_lumbung(arguments.lumbung.resolve(), source, configuration, work / "data"))
        duck.append(copy_with_duckdb(source, copied))
        copies.append(copy_hash_sync(source, work / "copy.csv"))

    rows, prices = totals(str(copied), "Harga")
    for run_of_ours in ours:
        if (run_of_ours.rows, run_of_ours.prices) != (rows, prices):
            sys.exit(
                f"no result: Lumbung has {run_of_ours.rows} rows and prices of {run_of_ours.prices}, "
                f"DuckDB {rows} rows and {prices}"
            )
    report(source, rows, ours, duck, copies)
    shutil.rmtree(work / "data", ignore_errors=True)


def report(source: Path, rows: int, ours: list[LumbungRun], duck: list[Measured], copies: list[float]) -> None:
    stage = [it.stage.seconds for it in ours]
    plain = [it.seconds for it in duck]
    land = [it.land for it in ours]
    megabytes = source.stat().st_size / 1e6
    print(f"{rows:,} price rows, {megabytes:.0f} MB of CSV, {os.cpu_count()} cores, median of {len(ours)} runs in turns")
    print(f"row counts and price sums agree; DuckDB {duckdb.__version__}")
    print()
    print("CSV to checked, typed Parquet")
    print(f"  Lumbung, everything included {spread(stage)}   peak {max(it.stage.peak_mb for it in ours):,.0f} MB")
    print(f"  DuckDB, plain typed COPY     {spread(plain)}   peak {max(it.peak_mb for it in duck):,.0f} MB")
    print(f"  ratio                        {statistics.median(stage) / statistics.median(plain):8.2f}")
    print("landing (hash, copy, fsync)")
    print(f"  Lumbung                      {spread(land)}")
    print(f"  cp + sha256sum + sync        {spread(copies)}")
    print(f"  ratio                        {statistics.median(land) / statistics.median(copies):8.2f}")
    print("the whole night, merge included")
    print(f"  Lumbung                      {spread([it.whole for it in ours])}")


if __name__ == "__main__":
    main()
