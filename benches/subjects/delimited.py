"""The price file as CSV: raw to staged beside the peers, clean and with bad rows; and landing."""

import shutil
from functools import partial
from pathlib import Path

from inputs import Inputs, warm
from measure import Contestant, Table, Trial, count, peer, race, run
from program import Program
from settings import Settings

PLAIN, EQUAL = "plain: typed only", "equal work"
EVERYTHING = "everything included"
# Work of a peer: its word on the command line, and the column of prices that it writes.
WORKS = {PLAIN: ("plain", {"dlt": "price"}), EQUAL: ("equal", {})}
FAST, SLOW = ["duckdb", "polars"], ["pandas", "dlt"]


class Delimited:
    def __init__(self, settings: Settings, inputs: Inputs, program: Program):
        self.settings, self.inputs, self.program = settings, inputs, program
        self.out = settings.work / "out"

    def tables(self) -> list[Table]:
        if "csv" not in self.settings.parts:
            return [self.landing(None)]
        wanted = [(self.settings.small, 0), (self.settings.small, 1)]
        wanted += [(self.settings.rows, percent) for percent in (0, 1, 20)]
        tables, contestants = [], []
        for rows, percent in dict.fromkeys(wanted):
            table = self.table(rows, percent)
            tables.append(table)
            contestants += self.contestants(table, rows, percent)
        # All in one race, so that clean and dirty files are read in the same minutes.
        race(contestants, self.settings.runs)
        for table in tables:
            self.annotate(table)
        if "land" in self.settings.parts:
            tables.append(self.landing(self.clean(tables)))
        return tables

    def table(self, rows: int, percent: int) -> Table:
        source = self.inputs.prices(rows, percent)
        kind = f"{percent} % bad rows" if percent else "clean"
        megabytes = source.stat().st_size / 1e6
        return Table(f"csv-{rows}-{percent}", f"CSV, {rows:,} rows ({megabytes:,.0f} MB), {kind}")

    def clean(self, tables: list[Table]) -> Table:
        return next(table for table in tables if table.name == f"csv-{self.settings.rows}-0")

    def contestants(self, table: Table, rows: int, percent: int) -> list[Contestant]:
        source = self.inputs.prices(rows, percent)
        ours = Contestant(table, "Lumbung", EVERYTHING, partial(self.lumbung, source))
        tools = FAST + (SLOW if rows == self.settings.small or self.settings.full else [])
        work = EQUAL if percent else PLAIN
        peers = [Contestant(table, tool, work, partial(self.peer, tool, work, source)) for tool in tools]
        floor = [] if percent else [Contestant(table, "floor", "bytes read, rows written", partial(self.floor, source))]
        return [ours, *peers, *floor]

    def lumbung(self, source: Path) -> Trial:
        warm(source)
        trial = self.program.stage(source, self.settings.work / "data")
        shutil.rmtree(self.settings.work / "data")
        return trial

    def peer(self, tool: str, work: str, source: Path) -> Trial:
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir(parents=True)
        word, price_columns = WORKS[work]
        accepted, refused = self.out / "accepted", self.out / "refused"
        asked = [accepted] if work == PLAIN else [accepted, refused]
        warm(source)
        trial = peer(f"csv_{tool}", word, source, *asked)
        # dlt writes folders of files.
        written = [f"{path}/**/*.parquet" if path.is_dir() else str(path) for path in asked]
        price = "price" if work == EQUAL else price_columns.get(tool, "Harga")
        trial.counted = count(written[0], price, *written[1:])
        shutil.rmtree(self.out)
        return trial

    def floor(self, source: Path) -> Trial:
        """The rows to write are typed by DuckDB first, which is not timed."""
        typed = self.settings.work / f"{source.stem}.typed.parquet"
        if not self.inputs.stands(typed, source):
            peer("csv_duckdb", "plain", source, typed)
        target = self.settings.work / "floor.parquet"
        warm(source)
        trial = peer("floor", source, typed, target)
        trial.counted = count(target, "Harga")
        target.unlink()
        return trial

    @staticmethod
    def annotate(table: Table) -> None:
        floor, ours = table.line("floor"), table.line("Lumbung")
        if floor:
            floor.note = f"reading {floor.median('reading'):.2f} s, writing {floor.median('writing'):.2f} s, one thread"
        if ours:
            repeated = ours.trials[0].parts["repeated"]
            whole, merge = ours.median("whole"), ours.median("merge")
            ours.note = f"whole run with landing and merge {whole:.1f} s (merge {merge:.1f} s)"
            if repeated:
                table.notes.append(f"{repeated:,.0f} rows repeat an earlier one and count once.")

    def landing(self, clean: Table | None) -> Table:
        """Lumbung's part is taken from the runs over the clean file, if those are made anyway."""
        source = self.inputs.prices(self.settings.rows, 0)
        table = Table("land", f"Landing, {source.stat().st_size / 1e6:,.0f} MB: hash, copy, sync")
        contestants = [Contestant(table, "cp + sha256sum + sync", "the same bytes", partial(self.copy, source))]
        if clean is None:
            contestants.append(Contestant(table, "Lumbung", "landing", partial(self.land, source)))
        race(contestants, self.settings.runs)
        ours = clean.line("Lumbung") if clean else None
        if ours:
            trials = [Trial(trial.parts["land"]) for trial in ours.trials]
            table.lines.append(type(ours)("Lumbung", "landing", trials))
        table.lines.reverse()
        return table

    def land(self, source: Path) -> Trial:
        return Trial(self.lumbung(source).parts["land"])

    def copy(self, source: Path) -> Trial:
        target = self.settings.work / "copy.csv"
        target.unlink(missing_ok=True)
        warm(source)
        ran = run(["sh", "-c", 'cp "$1" "$2" && sha256sum "$2" > /dev/null && sync "$2"', "sh", source, target])
        target.unlink()
        return Trial(ran.seconds, ran.cpu, ran.peak_mb)
