"""What to measure and how large, from the environment and the command line."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
AS_OF, NEXT_DAY = "2025-11-30", "2025-12-01"
PARTS = ("csv", "land", "xlsx", "wide", "xls", "ods", "json", "xml", "night", "messy", "merge")


@dataclass(frozen=True)
class Settings:
    lumbung: Path
    generate: Path
    work: Path
    report: Path
    rows: int
    runs: int
    parts: tuple[str, ...]
    full: bool

    @property
    def small(self) -> int:
        """Rows of the file that the slow peers read too, and that peak memory is compared with."""
        return max(self.rows // 10, 1)

    @property
    def records(self) -> int:
        """Rows of the workbook, of the JSON and of the XML file."""
        return max(self.rows * 3 // 100, 1)

    @property
    def sheet_rows(self) -> int:
        """Rows of the workbooks that are parsed whole; XLS takes no more than 65,536."""
        return min(max(self.rows // 500, 1), 60_000)

    @property
    def corrections(self) -> int:
        return max(self.rows // 100, 1)

    @property
    def files(self) -> int:
        """Small files in one batch."""
        return max(self.rows // 10_000, 20)


def number(name: str, otherwise: int) -> int:
    text = os.environ.get(name, "") or str(otherwise)
    if not text.isdecimal() or int(text) == 0:
        raise SystemExit(f"{name} is a number above zero, not {text!r}")
    return int(text)


def read() -> Settings:
    parser = argparse.ArgumentParser(description="Measures Lumbung beside other tools. See benches/README.md.")
    parser.add_argument("--lumbung", type=Path, required=True, help="the program, release profile")
    parser.add_argument("--generate", type=Path, required=True, help="the generator of sample data")
    parser.add_argument("--work", type=Path, required=True, help="inputs are kept here, the rest goes")
    parser.add_argument("--report", type=Path, required=True, help="the Markdown file to write")
    given = parser.parse_args()
    parts = tuple(filter(None, os.environ.get("LUMBUNG_BENCH_ONLY", "").replace(" ", "").split(",")))
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise SystemExit(f"LUMBUNG_BENCH_ONLY: no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return Settings(
        lumbung=given.lumbung.resolve(),
        generate=given.generate.resolve(),
        work=given.work.resolve(),
        report=given.report.resolve(),
        rows=number("LUMBUNG_BENCH_ROWS", 10_000_000),
        runs=number("LUMBUNG_BENCH_RUNS", 5),
        parts=tuple(part for part in PARTS if not parts or part in parts),
        full=os.environ.get("LUMBUNG_BENCH_FULL", "") == "1",
    )
