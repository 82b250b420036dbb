"""The generated inputs. Each is made once and kept until size, seed or generator change."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from settings import REPOSITORY, Settings

OFFICE = REPOSITORY / "benches" / "office.py"
OFFICERS = REPOSITORY / "samples" / "officers"
SEED = 1
DOUBLED_SHARE = "0.001"
FILE_ROWS = 200


class Inputs:
    def __init__(self, settings: Settings):
        self.settings = settings
        self.folder = settings.work / "inputs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.generator = hashlib.sha256(settings.generate.read_bytes()).hexdigest()

    def make(self, name: str, *arguments: str) -> Path:
        """The file or folder `name`, made by the generator with these arguments if it is not there as such."""
        command = [self.settings.generate, *arguments, "--seed", str(SEED), "--out"]
        recipe = {"generator": self.generator, "arguments": arguments}
        return self.keep(name, recipe, lambda path: [*command, path])

    def by_python(self, name: str, sources: list[Path], command: Callable[[Path], list[str | Path]]) -> Path:
        """The same, made by `office.py` out of `sources`."""
        digest = hashlib.sha256(OFFICE.read_bytes())
        for source in sources:
            digest.update(source.read_bytes())
        return self.keep(name, {"made from": digest.hexdigest()}, lambda path: [sys.executable, OFFICE, *command(path)])

    def keep(self, name: str, made: dict, command: Callable[[Path], list[str | Path]]) -> Path:
        path, made_by = self.folder / name, self.folder / f"{name}.made-by.json"
        recipe = json.dumps(made)
        if path.exists() and made_by.exists() and made_by.read_text() == recipe:
            return path
        print(f"generating {name}", file=sys.stderr)
        made_by.unlink(missing_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        subprocess.run(command(path), check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        made_by.write_text(recipe)
        return path

    def stands(self, derived: Path, source: Path) -> bool:
        """Whether a file made from an input is there and newer. An input's own time moves when it is dropped."""
        made_by = self.folder / f"{source.name}.made-by.json"
        return derived.exists() and derived.stat().st_mtime_ns >= made_by.stat().st_mtime_ns

    def prices(self, rows: int, percent: int) -> Path:
        """Semicolons, Indonesian numbers and dates; with bad rows also a thousandth of rows that come twice."""
        spoilt = ["--bad-share", str(percent / 100), "--doubled-share", DOUBLED_SHARE] if percent else []
        return self.make(f"prices-{rows}-{percent}.csv", *self.set(rows), "--style", "id", *spoilt)

    def corrections(self) -> Path:
        rows, count = self.settings.rows, self.settings.corrections
        name = f"corrections-{count}-of-{rows}.csv"
        return self.make(name, *self.set(rows), "--style", "id", "--corrections", str(count))

    def records(self, extension: str) -> Path:
        """Price rows with a sixth column, as a workbook or as XML."""
        rows = self.settings.records
        name = f"records-{rows}.{extension}"
        return self.make(name, *self.set(rows), "--format", extension, "--market", "Pasar Baru")

    def json(self) -> Path:
        """The same records as one JSON array, the form that the peers stream best."""
        wrapped = self.records("json")
        path = wrapped.with_name(f"array-{self.settings.records}.json")
        if not self.stands(path, wrapped):
            text = wrapped.read_text(encoding="utf-8")
            path.unlink(missing_ok=True)
            path.write_text(text.removeprefix('{"data":').rstrip().removesuffix("}") + "\n", encoding="utf-8")
        return path

    def wide(self) -> Path:
        """The records with fourteen columns that officers keep for themselves, every cell with a border and a format."""
        rows = self.settings.records
        arguments = ["--format", "xlsx", "--market", "Pasar Baru", "--own-columns", "14", "--styled"]
        return self.make(f"wide-{rows}.xlsx", *self.set(rows), *arguments)

    def sheet(self, extension: str) -> Path:
        """The first of the records, as XLS or ODS."""
        source, rows = self.json(), self.settings.sheet_rows
        command = ["table", source]
        return self.by_python(f"sheet-{rows}.{extension}", [source], lambda path: [*command, path, str(rows)])

    def messy(self) -> Path:
        """Small files in the shapes of `samples/officers`, and a list of what must become of each."""
        count = self.settings.files
        sources = [file for file in sorted(OFFICERS.iterdir()) if file.is_file()]
        return self.by_python(f"messy-{count}", sources, lambda path: ["messy", path, str(count)])

    def small_files(self) -> Path:
        """A folder a region with its files of prices."""
        count = self.settings.files
        return self.make(f"files-{count}", "files", "--files", str(count), "--rows", str(FILE_ROWS))

    @staticmethod
    def set(rows: int) -> list[str]:
        return ["set", "--dataset", "commodity_price", "--rows", str(rows)]


def warm(path: Path) -> None:
    """Every tool finds the input in the page cache."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass
