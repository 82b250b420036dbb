"""The tables of a run, for the terminal and as docs/benchmarks.md."""

import json

from goals import Goals, doubled_rows
from measure import Line, Table, restored
from settings import PARTS, Settings

COLUMNS = ["tool", "work", "median s", "spread s", "CPU s", "peak MB", "Lumbung ÷ it"]

HEAD = """# Benchmarks

Written by `make bench`; not edited by hand. How to read it: [benches/README.md](../benches/README.md).
"""

TOOLS = """## What each tool does, and does not do

| tool | does | does not |
|---|---|---|
| Lumbung | finds the header and maps it by synonyms, decides the number style of each column, parses and checks every cell against contract and code lists, row and table rules, unique keys, findings at their place, quarantine, zstd Parquet; always everything | |
| duckdb, plain | typed `COPY` to zstd Parquet, types given, `thousands='.'` and `decimal_separator=','` | checks no code, range or key; stops at the first bad cell; reads `12.50` as 1250 without a word |
| polars, plain | streaming scan, dates and decimals by expressions, `sink_parquet` with zstd | the same |
| pandas, plain | `read_csv` with types, `to_parquet` with zstd; prices are floats | the same; holds the whole file |
| dlt, plain | a resource of Python rows with column hints into zstd Parquet on the local disk | the same; its Arrow path would measure pyarrow, not dlt |
| any, equal work | the contract's code lists, date, number and range checks; refused rows into a second file with row number, column, value and reason; unique keys | one reason a row and not all; no header mapping, no evidence of number style (told instead), no rules in SQL, no masking of personal values, no receipt, no bounded memory |
| floor | reads the bytes; writes the same rows, already typed in memory, as zstd Parquet with pyarrow on one thread | everything else |
| fastexcel, openpyxl (read-only), pandas with xlrd or odfpy, python-calamine, lxml (`iterparse`) | the cells into typed columns and zstd Parquet | no check of codes, ranges, keys |
| duckdb, polars over JSON | the records into typed columns and zstd Parquet; polars holds the document | the same |

- Time is that of the work itself: for Lumbung the `seconds.stage` of its run report, for the others without starting Python and importing packages. CPU and peak memory are of the whole process, for Lumbung with landing and merging, for the others with imports.
- All are limited to two cores and two threads, take turns within each round, and find the input in the page cache.
- All tools of a table agree on the number of rows and on the sum of prices to a hundredth of a rupiah, those at equal work on the number of refused rows too; otherwise there is no result. One program counts for all.
"""


# Part of each table by its name; those of the part `csv` are named by their sizes.
PART_OF = {"small-files": "night", "nothing-new": "night"}


def part_of(table: Table) -> str:
    return "csv" if table.name.startswith("csv-") else PART_OF.get(table.name, table.name)


def with_earlier(settings: Settings, tables: list[Table]) -> list[Table]:
    """All tables in the order of the parts: this run's, and of the parts that it left out those of earlier runs."""
    file = settings.work / "results.json"
    earlier = []
    if set(settings.parts) != set(PARTS) and file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept.get("rows", settings.rows) == settings.rows:
            earlier = [restored(table) for table in kept["tables"]]
            for table in earlier:
                table.measured = table.measured or f"{kept['machine']['Lumbung']}, {kept['machine']['date']}"
    earlier = [table for table in earlier if part_of(table) not in settings.parts]
    return sorted([*tables, *earlier], key=lambda table: PARTS.index(part_of(table)))


def value(number: float | None, digits: int) -> str:
    return "–" if number is None else f"{number:,.{digits}f}"


def row(table: Table, line: Line) -> list[str]:
    if line.failed:
        return [line.tool, line.work, f"failed: {line.failed}", "–", "–", "–", "–"]
    ours = table.line("Lumbung")
    ratio = ours.median() / line.median() if ours and line is not ours and line.tool != "Lumbung" else None
    low, high = line.range()
    spread = f"{low:.2f}–{high:.2f}"
    figures = [value(line.median(), 2), spread, value(line.cpu(), 2), value(line.peak(), 0), value(ratio, 2)]
    return [line.tool, line.work, *figures]


def rows(table: Table) -> list[list[str]]:
    return [] if table.disagreement else [row(table, line) for line in table.lines]


def notes(table: Table) -> list[str]:
    if table.disagreement:
        return [f"No result: the tools disagree. {table.disagreement}"]
    own = [f"{line.tool}: {line.note}." for line in table.lines if line.note and line.trials]
    return [*own, *table.notes]


def markdown_table(header: list[str], body: list[list[str]], left: int) -> list[str]:
    marks = ["---"] * left + ["--:"] * (len(header) - left)
    return ["| " + " | ".join(cells) + " |" for cells in (header, marks, *body)]


def worst(tables: list[Table]) -> str:
    """The comparison that is least kind to Lumbung."""
    ratios = []
    for table in tables:
        ours = table.line("Lumbung")
        for line in table.lines:
            if ours and line.trials and line.tool not in ("Lumbung", "floor"):
                ratios.append((ours.median() / line.median(), f"{table.title}: {line.tool}, {line.work}"))
    if not ratios:
        return ""
    ratio, where = max(ratios)
    return f"Worst case of this run: {ratio:.2f} × the time of a peer ({where}).\n"


def goal_rows(settings: Settings, tables: list[Table]) -> list[list[str]]:
    return [
        [
            goal.what, goal.show(goal.at_most), "" if goal.stretch is None else goal.show(goal.stretch),
            goal.show(goal.measured), goal.outcome(),
        ]
        for goal in Goals(settings, tables).all()
    ]


def markdown(settings: Settings, facts: dict[str, str], tables: list[Table]) -> str:
    left_out = [part for part in PARTS if part not in settings.parts]
    now = f"{facts['Lumbung']}, {facts['date']}"
    others = sorted({table.measured for table in tables} - {now})
    earlier = [f"- the tables of parts not run are those of an earlier run ({'; '.join(others)})"] if others else []
    lines = [HEAD, "## What was measured", ""]
    lines += [f"- {name}: {fact}" for name, fact in facts.items()]
    lines += [
        f"- rows: {settings.rows:,}, a tenth of it for peak memory and the slow peers; {settings.runs} rounds; "
        "the median is shown, and the spread from the fastest to the slowest",
        "- input: prices of all regencies and cities by `samples/generate` from seed 1: semicolons, Indonesian numbers "
        f"(`12.500,50`) and dates (`12/08/2025`); with bad rows also {doubled_rows()} of rows that come twice, every "
        "other one with another price",
        f"- parts that ran: {', '.join(settings.parts)}" + (f"; not run: {', '.join(left_out)}" if left_out else ""),
        *earlier,
    ]
    if not settings.full and settings.rows != settings.small and "csv" in settings.parts:
        lines.append(f"- pandas and dlt read {settings.small:,} rows only; `LUMBUNG_BENCH_FULL=1` lets them read all")
    lines += ["", "## Goals", ""]
    lines += markdown_table(["goal", "at most", "stretch", "measured", "outcome"], goal_rows(settings, tables), 1)
    lines += ["", worst(tables), "## Results", ""]
    for table in tables:
        lines += [f"### {table.title}", ""]
        if not table.disagreement:
            lines += [*markdown_table(COLUMNS, rows(table), 2), ""]
        earlier = [f"Measured earlier: {table.measured}."] if table.measured != now else []
        lines += [f"- {note}" for note in [*notes(table), *earlier]]
        lines += [""] if notes(table) or earlier else []
    return "\n".join([*lines, TOOLS])


def aligned(header: list[str], body: list[list[str]], left: int) -> list[str]:
    widths = [max(len(cells[column]) for cells in (header, *body)) for column in range(len(header))]
    return [
        "  " + "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in (header, *body)
    ]


def terminal(settings: Settings, tables: list[Table]) -> str:
    lines: list[str] = []
    for table in tables:
        lines += ["", table.title]
        if not table.disagreement:
            lines += aligned(COLUMNS, rows(table), 2)
        lines += [f"  - {note}" for note in notes(table)]
    body = [[cell.replace("**", "") for cell in cells] for cells in goal_rows(settings, tables)]
    lines += ["", "Goals", *aligned(["goal", "at most", "stretch", "measured", "outcome"], body, 1)]
    return "\n".join([*lines, "", worst(tables)])
