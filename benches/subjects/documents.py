"""Price records as workbooks, as XML and as JSON, each beside the tools that people read it with."""

import shutil
from functools import partial
from pathlib import Path

from inputs import Inputs, warm
from measure import Contestant, Table, Trial, count, peer, race
from program import Program
from settings import Settings

TOOLS = {
    "xlsx": ["fastexcel", "openpyxl"],
    "wide": ["fastexcel"],
    "xls": ["xlrd", "python-calamine"],
    "ods": ["odfpy", "python-calamine"],
    "json": ["duckdb", "polars"],
    "xml": ["lxml"],
}
TITLES = {
    "xlsx": "XLSX", "wide": "XLSX with styles", "xls": "XLS", "ods": "ODS", "json": "JSON (one array)", "xml": "XML",
}
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
            source = self.source(extension)
            rows = self.settings.sheet_rows if extension in ("xls", "ods") else self.settings.records
            columns = 20 if extension == "wide" else 6
            size = f"{rows:,} rows × {columns} ({source.stat().st_size / 1e6:,.1f} MB)"
            table = Table(extension, f"{TITLES[extension]}, {size}, clean")
            tables.append(table)
            contestants.append(Contestant(table, "Lumbung", "everything included", partial(self.lumbung, source)))
            for tool in tools:
                contestants.append(Contestant(table, tool, "plain: typed only", partial(self.peer, tool, source)))
        race(contestants, self.settings.runs)
        for table in tables:
            line = table.line("Lumbung")
            if line:
                read, stage = line.median("read"), line.median()
                table.notes.append(f"Of Lumbung's {stage:.2f} s readers took {read:.2f} s.")
        return tables

    def source(self, extension: str) -> Path:
        match extension:
            case "json":
                return self.inputs.json()
            case "wide":
                return self.inputs.wide()
            case "xls" | "ods":
                return self.inputs.sheet(extension)
            case _:
                return self.inputs.records(extension)

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
