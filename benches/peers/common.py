"""What the peers share: the code lists of the price contract, the forms of numbers, and how a peer reports."""

import csv
import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
THREADS = 2
HEADERS = ["Kode Wilayah", "Tanggal", "Komoditas", "Satuan", "Harga"]
COLUMNS = ["region_code", "date", "commodity_code", "unit", "price"]
KEY = ["region_code", "date", "commodity_code"]
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2025, 11, 30)
LOWEST, HIGHEST = 100, 10_000_000
# An Indonesian number; a point stands between thousands only, so that 12.50 is none.
NUMBER = r"^-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]{1,2})?$"
DAY = "%d/%m/%Y"

# Reasons in the order in which a row is judged: the first one that holds is its reason.
UNKNOWN_REGION, NO_DATE, UNKNOWN_COMMODITY, UNKNOWN_UNIT, NO_NUMBER, OUT_OF_RANGE, TWO_VALUES = (
    "unknown region", "not a date", "unknown commodity", "unknown unit", "not a number", "out of range",
    "key with different values",
)


def table(path: str) -> list[dict[str, str]]:
    with (REPOSITORY / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def normal(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def codes(reference: str, column: str) -> dict[str, str]:
    """Code by every form in the reference table and in the facts that sets are drawn from: a plain look-up."""
    forms: dict[str, str] = {}
    for row in table(f"pipelines/reference/{reference}.csv"):
        for form in (row["code"], row["name_id"], *row["synonyms"].split("|")):
            if form:
                forms[form] = row["code"]
    by_normal = {normal(form): code for form, code in forms.items()}
    for row in table("samples/facts/prices-kota-bandung-2025.csv"):
        form = row[column]
        if normal(form) in by_normal:
            forms[form] = by_normal[normal(form)]
    return forms


def commodities() -> dict[str, str]:
    return codes("commodities", "commodity")


def units() -> dict[str, str]:
    return codes("units", "unit")


def regions() -> dict[str, str]:
    return {row["code"]: row["code"] for row in table("pipelines/reference/regions.csv")}


class Clock:
    """Times the work of a peer, without its imports and look-ups."""

    def __init__(self) -> None:
        self.answer: dict[str, float] = {}

    @contextmanager
    def time(self, name: str = "seconds"):
        started = time.perf_counter()
        yield
        self.answer[name] = time.perf_counter() - started

    def report(self) -> None:
        print(json.dumps(self.answer))


def main(arguments: list[str], plain: Callable[..., None], equal_work: Callable[..., None]) -> None:
    """`plain SOURCE ACCEPTED` or `equal SOURCE ACCEPTED REFUSED`, timed."""
    work, *paths = arguments
    function = {"plain": plain, "equal": equal_work}[work]
    clock = Clock()
    with clock.time():
        function(*(Path(path) for path in paths))
    clock.report()
