"""Lumbung as people run it: drop folders, `lumbung run`, and the run report."""

import json
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from measure import Failed, Ran, Trial, count, run
from settings import AS_OF, REPOSITORY, Settings

CONNECTOR, DATASET, REGION = "bench-prices", "commodity_price", "32.73"
CONNECTOR_TOML = f"""
title   = {{ id = "Harga untuk pengukuran", en = "Prices for measuring" }}
kind    = "drop"
dataset = "{DATASET}"
scope   = "all"
"""


@dataclass
class Night:
    """One `lumbung run`: what it reported and what it cost."""

    report: dict
    ran: Ran

    @property
    def land(self) -> float:
        """The seconds of the sources hold copying, hashing and syncing."""
        return sum(source["seconds"] for source in self.report["sources"])

    @property
    def stage(self) -> float:
        return sum(submission["seconds"]["stage"] for submission in self.report["submissions"])

    @property
    def read(self) -> float:
        """The part of `stage` that readers took."""
        return sum(submission["seconds"]["read"] for submission in self.report["submissions"])

    @property
    def merge(self) -> float:
        return sum(merged["seconds"] for merged in self.report["merged"])

    def rows(self, outcome: str) -> int:
        """Rows of all submissions that were `accepted`, `quarantined` and so on."""
        parts = [part for submission in self.report["submissions"] for part in submission["datasets"]]
        return sum(part["rows"][outcome] for part in parts)


class Program:
    def __init__(self, settings: Settings):
        self.binary = settings.lumbung
        self.folder = settings.work / "configuration"
        shutil.rmtree(self.folder, ignore_errors=True)
        # One connector for all prices, and the drop folders of the repository, as officers know them.
        own = sorted((REPOSITORY / "connectors").glob("*.toml"))
        texts = {file.stem: file.read_text(encoding="utf-8") for file in own}
        self.configuration = self.write("prices", {CONNECTOR: CONNECTOR_TOML})
        self.officers = self.write(
            "officers", {name: text for name, text in texts.items() if 'kind = "drop"' in text}
        )

    def write(self, name: str, connectors: dict[str, str]) -> Path:
        configuration = self.folder / name
        (configuration / "connectors").mkdir(parents=True)
        for connector, text in connectors.items():
            (configuration / "connectors" / f"{connector}.toml").write_text(text, encoding="utf-8")
        shutil.copytree(REPOSITORY / "pipelines", configuration / "pipelines")
        shutil.copy(REPOSITORY / "lumbung.toml", configuration / "lumbung.toml")
        return configuration

    def version(self) -> str:
        return run([self.binary, "--version"]).output.strip()

    def night(
        self, data: Path, publish: bool = False, as_of: str = AS_OF, configuration: Path | None = None
    ) -> Night:
        configuration = configuration or self.configuration
        command = [self.binary, "--config", configuration, "--data", data, "--json", "run", "--as-of", as_of]
        ran = run([*command, *([] if publish else ["--no-publish"])], allowed=(0, 3))
        night = Night(json.loads(ran.output), ran)
        if ran.code != 0:
            states = {submission["status"] for submission in night.report["submissions"]}
            raise Failed(f"ended with {ran.code}: the ministry must look; submissions are {', '.join(sorted(states))}")
        return night

    def stage(self, source: Path, data: Path) -> Trial:
        """Raw to staged in a fresh data directory. CPU and peak memory are of the whole process, merge included."""
        shutil.rmtree(data, ignore_errors=True)
        drop(data, REGION, source, f"prices{source.suffix}")
        night = self.night(data)
        counted = count(model_files(data), "price")
        if counted["rows"] != night.rows("accepted"):
            raise Failed(f"{night.rows('accepted')} rows accepted, but {counted['rows']} in the model")
        counted["refused"] = night.rows("quarantined")
        parts = {"land": night.land, "read": night.read, "merge": night.merge, "whole": night.ran.seconds}
        parts["repeated"] = night.rows("repeated")
        return Trial(night.stage, night.ran.cpu, night.ran.peak_mb, counted, parts)


def model_files(data: Path) -> str:
    return f"{data}/model/{DATASET}/**/*.parquet"


def drop(data: Path, region: str, source: Path, name: str, connector: str = CONNECTOR) -> None:
    """Puts a file into a region's folder, old enough to have settled."""
    folder = data / "drop" / region / connector
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    os.link(source, target)
    os.utime(target, (time.time() - 3_600,) * 2)


def copy_state(source: Path, target: Path) -> None:
    """A data directory again: files that are never altered as hard links, the catalog as a copy."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True, copy_function=link)
    for copied in target.glob("catalog.db*"):
        copied.unlink()
    with sqlite3.connect(source / "catalog.db") as catalog, sqlite3.connect(target / "catalog.db") as copy:
        catalog.backup(copy)
    copy.close()
    catalog.close()


def link(source: str, target: str) -> None:
    os.link(source, target, follow_symlinks=False)
