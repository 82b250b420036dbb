"""dlt over the price file, as its pages show it: a resource of rows with column hints, into Parquet files."""

import csv
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import dlt
from dlt.destinations import filesystem

from common import (
    FIRST_DAY, HEADERS, HIGHEST, LAST_DAY, LOWEST, NO_DATE, NO_NUMBER, NUMBER, OUT_OF_RANGE, TWO_VALUES,
    UNKNOWN_COMMODITY, UNKNOWN_REGION, UNKNOWN_UNIT, commodities, main, regions, units,
)

PRICE_HINT = {"price": {"data_type": "decimal", "precision": 18, "scale": 2}, "date": {"data_type": "date"}}
DAY_FORM = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
Row = dict[str, object]


def number(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def day(text: str) -> date:
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def records(source: Path) -> Iterator[list[str]]:
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        yield from reader


def load(rows: dict[str, Iterator[Row]], files: dict[str, Path]) -> None:
    """Runs one pipeline and moves what it wrote: `files` are links to the folders of Parquet files."""
    beside = next(iter(files.values())).resolve().parent
    folder = Path(tempfile.mkdtemp(prefix="dlt-", dir=beside))
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=str(folder / "state"), destination=filesystem(str(folder / "out")), dataset_name="bench"
    )
    resources = [
        dlt.resource(part, name=name, columns=PRICE_HINT if name == "accepted" else None) for name, part in rows.items()
    ]
    pipeline.run(resources, loader_file_format="parquet", write_disposition="replace").raise_on_failed_jobs()
    for name, target in files.items():
        target.unlink(missing_ok=True)
        target.symlink_to(folder / "out" / "bench" / name, target_is_directory=True)


def plain(source: Path, accepted: Path) -> None:
    rows = (
        {"region_code": region, "date": day(on), "commodity": commodity, "unit": unit, "price": number(price)}
        for region, on, commodity, unit, price in records(source)
    )
    load({"accepted": rows}, {"accepted": accepted})


class Judge:
    """The checks of the contract, one row at a time."""

    def __init__(self) -> None:
        self.regions, self.commodities, self.units = regions(), commodities(), units()
        self.number = re.compile(NUMBER)
        self.refused: list[Row] = []

    def refuse(self, number: int, column: int, value: str, reason: str) -> None:
        self.refused.append({"_row": number, "column": HEADERS[column], "value": value, "reason": reason})

    def typed(self, index: int, cells: list[str]) -> Row | None:
        region, commodity, unit = self.regions.get(cells[0]), self.commodities.get(cells[2]), self.units.get(cells[3])
        form = DAY_FORM.fullmatch(cells[1])
        try:
            on = form and day(cells[1])
        except ValueError:
            on = None
        price = number(cells[4]) if self.number.fullmatch(cells[4]) else None
        faults = [
            (region is None, 0, UNKNOWN_REGION),
            (on is None or not FIRST_DAY <= on <= LAST_DAY, 1, NO_DATE),
            (commodity is None, 2, UNKNOWN_COMMODITY),
            (unit is None, 3, UNKNOWN_UNIT),
            (price is None, 4, NO_NUMBER),
            (price is not None and not LOWEST <= price <= HIGHEST, 4, OUT_OF_RANGE),
        ]
        for found, column, reason in faults:
            if found:
                self.refuse(index, column, cells[column], reason)
                return None
        row = {"region_code": region, "date": on, "commodity_code": commodity, "unit": unit, "price": price}
        return {**row, "_row": index}


def key_of(row: Row) -> tuple:
    return row["region_code"], row["date"], row["commodity_code"]


def equal_work(source: Path, accepted: Path, refused: Path) -> None:
    """Rows are kept until the end of the file, since only then it is known which keys have two values."""
    judge = Judge()
    first: dict[tuple, tuple[Row, bool]] = {}
    for index, cells in enumerate(records(source)):
        row = judge.typed(index, cells)
        if row is None:
            continue
        key, values = key_of(row), (row["unit"], row["price"])
        seen = first.get(key)
        if seen is None:
            first[key] = (row, True)
        elif (seen[0]["unit"], seen[0]["price"]) != values:
            first[key] = (seen[0], False)
            judge.refuse(index, 4, cells[4], TWO_VALUES)
    for row, single in first.values():
        if not single:
            judge.refuse(row["_row"], 4, str(row["price"]), TWO_VALUES)
    rows = {"accepted": (row for row, single in first.values() if single), "refused": iter(judge.refused)}
    load(rows, {"accepted": accepted, "refused": refused})


if __name__ == "__main__":
    main(sys.argv[1:], plain, equal_work)
