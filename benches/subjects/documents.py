"""Price records as a workbook, as XML and as JSON, each beside the tools that people read it with."""

import shutil
from functools import partial
from pathlib import Path

from inputs import Inputs, warm
from measure import Contestant, Table, Trial, count, peer, race
from program import Program
from settings import Settings

TOOLS = {"xlsx": ["fastexcel", "openpyxl"], "json": ["duckdb", "polars"], "xml": ["lxml"]}
TITLES = {"xlsx": "XLSX", "json": "JSON (one array)", "xml": "XML"}
# The tools of JSON see field names, not headers.
PRICES = {"duckdb": "harga", "polars": "harga"}


class Documents:
    def __init__(self, settings: Settings, inputs: Inputs, program: Program):
        self.settings, self.inputs, self.program = settings, inputs, program

    def tables(self) -> list[Table]:
        tables, contestants = [], []
        for extension, tools in TOOLS.items():
            if extension not in self.settings.parts:
                continue
            source = self.inputs.json() if extension == "json" else self.inputs.records(extension)
            size = f"{self.settings.records:,} rows × 6 ({source.stat().st_size / 1e6:,.0f} MB)"
            table = Table(extension, f"{TITLES[extension]}, {size}, clean")
            tables.append(table)
            contestants.append(Contestant(table, "Lumbung", "everything included", partial(self.lumbung, source)))
            for tool in tools:
                contestants.append(Contestant(table, tool, "plain: typed only", partial(self.peer, tool, source)))
        race(contestants, self.settings.runs)
        return tables

    def lumbung(self, source: Path) -> Trial:
        warm(source)
        trial = self.program.stage(source, self.settings.work / "data")
        shutil.rmtree(self.settings.work / "data")
        return trial

    def peer(self, tool: str, source: Path) -> Trial:
        target = self.settings.work / "document.parquet"
        warm(source)
        trial = peer("documents", tool, source, target)
        trial.counted = count(target, PRICES.get(tool, "Harga"))
        target.unlink()
        return trial
