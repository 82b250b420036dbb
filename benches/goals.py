"""The goals, each as a ratio or a cost out of this run's own tables."""

from collections.abc import Callable
from dataclasses import dataclass

from inputs import DOUBLED_SHARE
from measure import Line, Table
from settings import Settings
from subjects.delimited import EQUAL, PLAIN


NAMES = {"xlsx": "XLSX", "wide": "XLSX × 20", "xls": "XLS", "ods": "ODS"}


@dataclass
class Goal:
    what: str
    unit: str
    at_most: float
    stretch: float | None
    measured: float | None

    def outcome(self) -> str:
        if self.measured is None:
            return "no result"
        if self.stretch is not None and self.measured <= self.stretch:
            return "reached, stretch too"
        return "reached" if self.measured <= self.at_most else "**not reached**"

    def show(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.unit in ("MB", "partitions"):
            return f"{value:,.0f} {self.unit}"
        return f"{value:,.2f} {self.unit}"


class Goals:
    def __init__(self, settings: Settings, tables: list[Table]):
        self.settings = settings
        self.tables = {table.name: table for table in tables}
        self.goals: list[Goal] = []

    def line(self, table: str, tool: str = "Lumbung", work: str | None = None) -> Line | None:
        return self.tables[table].line(tool, work) if table in self.tables else None

    def ratio(
        self, ours: Line | None, other: Line | None, of: Callable[[Line], float | None] = Line.median
    ) -> float | None:
        if ours is None or other is None or not of(other):
            return None
        return of(ours) / of(other)

    def add(
        self,
        table: str,
        what: str,
        at_most: float,
        measured: float | None,
        unit: str = "×",
        stretch: float | None = None,
    ) -> None:
        """A goal, if its part ran."""
        if table in self.tables:
            self.goals.append(Goal(what, unit, at_most, stretch, measured))

    def all(self) -> list[Goal]:
        self.delimited()
        self.documents()
        self.nights()
        return self.goals

    def delimited(self) -> None:
        rows, small = self.settings.rows, self.settings.small
        clean, one, twenty = (f"csv-{rows}-{percent}" for percent in (0, 1, 20))
        ours = self.line(clean)
        versus = self.ratio(ours, self.line(clean, "duckdb", PLAIN))
        self.add(clean, f"CSV {rows:,} clean, everything included ÷ DuckDB's plain COPY", 1.0, versus)
        versus = self.ratio(ours, self.line(clean, "polars", PLAIN))
        self.add(clean, f"stretch: CSV {rows:,} clean ÷ polars' plain streaming", 1.0, versus)
        versus = self.ratio(self.line(one), self.line(one, "polars", EQUAL))
        self.add(one, f"CSV {rows:,}, 1 % bad ÷ polars at equal work", 0.5, versus, stretch=0.4)
        self.add(one, "own time with 1 % bad ÷ own clean time", 1.1, self.ratio(self.line(one), ours))
        self.add(twenty, "own time with 20 % bad ÷ own clean time", 1.3, self.ratio(self.line(twenty), ours))
        few, many = self.line(f"csv-{small}-0"), ours
        for line, count in ((few, small), (many, rows)):
            self.add(clean, f"peak memory, {count:,} rows clean", 300, line.peak() if line else None, "MB", 150)
        self.add(clean, f"peak memory, {rows:,} rows ÷ {small:,} rows (flat)", 1.2, self.ratio(many, few, Line.peak))

    def documents(self) -> None:
        count = f"{self.settings.records:,}"
        for table, tool, at_most, stretch in (
            ("xlsx", "fastexcel", 1.0, 0.7), ("json", "duckdb", 1.0, None), ("xml", "lxml", 0.5, None),
        ):
            versus = self.ratio(self.line(table), self.line(table, tool))
            self.add(table, f"{table.upper()} {count} rows × 6 ÷ {tool}", at_most, versus, stretch=stretch)
        versus = self.ratio(self.line("wide"), self.line("wide", "fastexcel"))
        self.add("wide", f"XLSX {count} rows × 20 with styles and shared strings ÷ fastexcel", 1.0, versus)
        for table, tool in (("xls", "xlrd"), ("ods", "odfpy")):
            versus = self.ratio(self.line(table), self.line(table, tool))
            what = f"{table.upper()} {self.settings.sheet_rows:,} rows × 6 ÷ pandas with {tool}"
            self.add(table, what, 1.0, versus)
        for table in ("xlsx", "wide", "xls", "ods"):
            line = self.line(table)
            if line and "read" in line.trials[0].parts:
                beyond = line.median() / line.median("read") - 1
                self.add(table, f"{NAMES[table]}: layout, validation and writing ÷ the reader alone", 1.0, beyond)

    def nights(self) -> None:
        line = self.line("small-files")
        each = 1_000 * line.median() / self.settings.files if line else None
        self.add("small-files", "a small file, end to end to its receipt", 10, each, "ms", 5)
        line = self.line("messy")
        each = 1_000 * line.median() / self.settings.files if line else None
        self.add("messy", "a small messy file of an officer, end to end to its receipt", 20, each, "ms")
        for date in ("the same as-of date", "the next as-of date"):
            line = self.line("nothing-new", work=date)
            self.add("nothing-new", f"a night with nothing new, {date}", 2, line.median() if line else None, "s", 0.5)
        line = self.line("merge")
        parts = line.trials[0].parts if line else None
        beyond = parts["rewritten"] - parts["touched"] if parts else None
        self.add("merge", "partitions rewritten that no correction touches", 0, beyond, "partitions")


def doubled_rows() -> str:
    return f"{100 * float(DOUBLED_SHARE):.1f} %"
