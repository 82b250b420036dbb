"""The generated inputs. Each is made once and kept until size, seed or generator change."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from settings import REPOSITORY, Settings

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
        path, made_by = self.folder / name, self.folder / f"{name}.made-by.json"
        recipe = json.dumps({"generator": self.generator, "arguments": arguments})
        if path.exists() and made_by.exists() and made_by.read_text() == recipe:
            return path
        print(f"generating {name}", file=sys.stderr)
        made_by.unlink(missing_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        command = [self.settings.generate, *arguments, "--seed", str(SEED), "--out", path]
        subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
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
