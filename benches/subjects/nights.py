"""Whole nights: many small files, clean and messy, nothing new over a large model, and corrections into it."""

import json
import shutil
import statistics
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from inputs import FILE_ROWS, Inputs
from measure import Contestant, Failed, Table, Trial, count, race
from program import CONNECTOR, DATASET, Program, copy_state, drop, model_files
from settings import AS_OF, NEXT_DAY, REPOSITORY, Settings

REGIONS = 552
# The day on which the samples of officers are judged, and their formats.
OFFICERS_DAY = "2026-11-25"
KINDS = ("csv", "xlsx", "xls", "ods")


class Nights:
    def __init__(self, settings: Settings, inputs: Inputs, program: Program):
        self.settings, self.inputs, self.program = settings, inputs, program
        self.data = settings.work / "data"

    def tables(self) -> list[Table]:
        tables = []
        if "night" in self.settings.parts:
            tables += [self.batch(), self.nothing_new()]
        if "messy" in self.settings.parts:
            tables.append(self.messy())
        if "merge" in self.settings.parts:
            tables.append(self.corrections())
        for folder in (self.data, self.settings.work / "state"):
            shutil.rmtree(folder, ignore_errors=True)
        return tables

    @cached_property
    def state(self) -> Path:
        """A data directory with the large file merged and published, and a drop folder for every region."""
        state = self.settings.work / "state"
        shutil.rmtree(state, ignore_errors=True)
        drop(state, "32.73", self.inputs.prices(self.settings.rows, 0), "prices.csv")
        for region in regions():
            (state / "drop" / region / CONNECTOR).mkdir(parents=True, exist_ok=True)
        self.program.night(state, publish=True)
        return state

    def single(self, table: Table, *works: tuple[str, Callable[[], Trial]]) -> Table:
        race([Contestant(table, "Lumbung", work, call) for work, call in works], self.settings.runs)
        return table

    def batch(self) -> Table:
        files = self.settings.files
        title = f"{files:,} small files of {FILE_ROWS} rows in {min(files, REGIONS)} drop folders, one night"
        table = Table("small-files", title)
        self.single(table, ("until every receipt is written", partial(self.small_files, self.inputs.small_files())))
        line = table.line("Lumbung")
        if line:
            table.notes.append(
                f"{1_000 * line.median() / files:.1f} ms a file to its receipt; the whole night, merge included, "
                f"{line.median('whole'):.2f} s, or {1_000 * line.median('whole') / files:.1f} ms a file."
            )
        return table

    def small_files(self, source: Path) -> Trial:
        shutil.rmtree(self.data, ignore_errors=True)
        dropped = sorted(source.glob("*/*.csv"))
        for file in dropped:
            drop(self.data, file.parent.name, file, file.name)
        night = self.program.night(self.data)
        receipts = len(list((self.data / "receipts").glob("*.json")))
        if receipts != len(dropped):
            raise Failed(f"{receipts} receipts for {len(dropped)} files")
        counted = {"rows": night.rows("accepted"), "expected rows": len(dropped) * FILE_ROWS}
        if counted["rows"] != counted["expected rows"]:
            raise Failed(f"{counted['rows']} rows accepted of {counted['expected rows']}")
        # Receipts are written before merging begins.
        to_receipt = night.ran.seconds - night.merge
        return Trial(to_receipt, night.ran.cpu, night.ran.peak_mb, counted, {"whole": night.ran.seconds})

    def messy(self) -> Table:
        files = self.settings.files
        table = Table("messy", f"{files:,} small files in the shapes of samples/officers, one night")
        source = self.inputs.messy()
        self.single(table, ("until every receipt is written", partial(self.messy_files, source)))
        line = table.line("Lumbung")
        if line:
            kinds = [(kind, line.median(kind), line.median(f"{kind} files")) for kind in KINDS]
            each = ", ".join(f"{kind.upper()} {seconds * 1_000:.1f} ms ({count:.0f} files)" for kind, seconds, count in kinds)
            table.notes += [
                f"{1_000 * line.median() / files:.1f} ms a file to its receipt, two at a time; each from bytes to staged "
                f"rows: {each}.",
                f"Of {line.median('stage'):.2f} s from bytes to staged rows readers took {line.median('read'):.2f} s. "
                "The rest of a file this small is mostly fixed: its tables of rows, findings and quarantine are written.",
            ]
        return table

    def messy_files(self, source: Path) -> Trial:
        shutil.rmtree(self.data, ignore_errors=True)
        listed = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
        for one in listed:
            drop(self.data, one["region"], source / one["file"], one["file"], one["connector"])
        night = self.program.night(self.data, as_of=OFFICERS_DAY, configuration=self.program.officers)
        submissions = night.report["submissions"]
        receipts = len(list((self.data / "receipts").glob("*.json")))
        if not receipts == len(submissions) == len(listed):
            raise Failed(f"{receipts} receipts and {len(submissions)} submissions for {len(listed)} files")
        expected = {one["file"]: one["accepted"] for one in listed}
        seconds = defaultdict(list)
        for submission in submissions:
            accepted = sum(part["rows"]["accepted"] for part in submission["datasets"])
            if accepted != expected[submission["file"]]:
                raise Failed(f"{submission['file']}: {accepted} rows accepted, not {expected[submission['file']]}")
            seconds[submission["file"].rsplit(".", 1)[1]].append(submission["seconds"]["stage"])
        parts = {"read": night.read, "stage": night.stage, "whole": night.ran.seconds}
        for kind in KINDS:
            parts.update({kind: statistics.mean(seconds[kind]), f"{kind} files": len(seconds[kind])})
        counted = {"rows": night.rows("accepted")}
        return Trial(night.ran.seconds - night.merge, night.ran.cpu, night.ran.peak_mb, counted, parts)

    def nothing_new(self) -> Table:
        title = f"A night with nothing new: {REGIONS} drop folders, {self.settings.rows:,} rows in the model, published"
        table = Table("nothing-new", title)
        self.single(
            table,
            ("the same as-of date", partial(self.idle, AS_OF)),
            ("the next as-of date", partial(self.idle, NEXT_DAY)),
        )
        table.notes.append(
            "On the next as-of date a release may follow, since indicators that use the date are computed anew."
        )
        return table

    def idle(self, as_of: str) -> Trial:
        copy_state(self.state, self.data)
        before = partitions(self.data)
        night = self.program.night(self.data, publish=True, as_of=as_of)
        if night.report["submissions"] or partitions(self.data) != before:
            raise Failed("a night without anything new changed the model")
        if as_of == AS_OF and not night.report["release"]["unchanged"]:
            raise Failed("a night without anything new made a release")
        return Trial(night.ran.seconds, night.ran.cpu, night.ran.peak_mb)

    def corrections(self) -> Table:
        settings = self.settings
        table = Table("merge", f"Merging {settings.corrections:,} corrections into {settings.rows:,} rows")
        self.single(table, ("merge alone", self.correct))
        line = table.line("Lumbung")
        if line:
            facts = line.trials[0].parts
            table.notes.append(
                f"The corrections touch {facts['touched']:.0f} of {facts['partitions']:.0f} partitions; "
                f"{facts['rewritten']:.0f} were rewritten. The whole run took {line.median('whole'):.2f} s."
            )
        return table

    def correct(self) -> Trial:
        copy_state(self.state, self.data)
        source = self.inputs.corrections()
        before, was = partitions(self.data), count(model_files(self.data), "price")
        drop(self.data, "32.73", source, "corrections.csv")
        night = self.program.night(self.data)
        after, now = partitions(self.data), count(model_files(self.data), "price")
        rewritten = {name for name in before | after if before.get(name) != after.get(name)}
        touched = months(source)
        if not touched <= rewritten:
            raise Failed(f"partitions {sorted(rewritten)} were rewritten, the corrections are of {sorted(touched)}")
        # Every correction raises a price by fifty rupiah; none adds a row.
        expected = was["prices in hundredths"] + 5_000 * self.settings.corrections
        if now != {"rows": was["rows"], "prices in hundredths": expected}:
            raise Failed(f"after the corrections the model holds {now}, before {was}")
        parts = {"whole": night.ran.seconds, "partitions": len(before)}
        parts.update(rewritten=len(rewritten), touched=len(touched))
        return Trial(night.merge, night.ran.cpu, night.ran.peak_mb, now, parts)


def regions() -> list[str]:
    lines = (REPOSITORY / "pipelines" / "reference" / "regions.csv").read_text(encoding="utf-8").splitlines()
    codes = [line.split(",")[0] for line in lines if line and not line.startswith("#")][1:]
    if len(codes) != REGIONS:
        raise SystemExit(f"regions.csv holds {len(codes)} regions, not {REGIONS}")
    return codes


def partitions(data: Path) -> dict[str, set[tuple[str, int]]]:
    """The files of every partition of the model: name and inode."""
    folders = (data / "model" / DATASET).iterdir()
    return {folder.name: {(file.name, file.stat().st_ino) for file in folder.iterdir()} for folder in folders}


def months(source: Path) -> set[str]:
    """The months that the dates of a file of prices fall into: 12/08/2025 is of 2025-08."""
    with source.open(encoding="utf-8") as file:
        next(file)
        days = {line.split(";", 2)[1] for line in file}
    return {f"{day[6:]}-{day[3:5]}" for day in days}
