"""Running tools in turns, each in a process of its own, and keeping what they cost.

This process imports nothing large: on Linux a child's peak memory is never reported below that of its parent.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PEERS = Path(__file__).resolve().parent / "peers"
THREADS = 2
# No peer gets longer for one run.
PATIENCE_SECONDS = 3_600
ENVIRONMENT = {
    "POLARS_MAX_THREADS": str(THREADS),
    "OMP_NUM_THREADS": str(THREADS),
    "ARROW_NUM_THREADS": str(THREADS),
    # dlt: the compression that all write with, no telemetry.
    "DATA_WRITER__COMPRESSION": "zstd",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    # Lumbung: personal values in the samples become pseudonyms.
    "LUMBUNG_PSEUDONYM_KEY": "kunci-pengukuran",
}


class Failed(Exception):
    """A tool did not do its work. The message says how it ended."""


@dataclass
class Ran:
    code: int
    output: str
    seconds: float
    cpu: float
    peak_mb: float


@dataclass
class Trial:
    """One run of one tool. `seconds` is the time of the work itself, CPU and peak are those of the whole process."""

    seconds: float
    cpu: float | None = None
    peak_mb: float | None = None
    # Rows accepted, sum of their prices in hundredths, rows refused: what tools must agree on.
    counted: dict[str, int] = field(default_factory=dict)
    # Further times, and facts that a note quotes.
    parts: dict[str, float] = field(default_factory=dict)


@dataclass
class Line:
    """One tool in a table, with its trials, or how it failed."""

    tool: str
    work: str
    trials: list[Trial] = field(default_factory=list)
    failed: str = ""
    note: str = ""

    def median(self, part: str = "") -> float:
        return statistics.median(it.parts[part] if part else it.seconds for it in self.trials)

    def range(self) -> tuple[float, float]:
        return min(it.seconds for it in self.trials), max(it.seconds for it in self.trials)

    def cpu(self) -> float | None:
        known = [it.cpu for it in self.trials if it.cpu is not None]
        return statistics.median(known) if known else None

    def peak(self) -> float | None:
        known = [it.peak_mb for it in self.trials if it.peak_mb is not None]
        return max(known) if known else None


@dataclass
class Table:
    """Tools on the same input. Where they disagree there is no result."""

    name: str
    title: str
    lines: list[Line] = field(default_factory=list)
    disagreement: str = ""
    notes: list[str] = field(default_factory=list)
    # Of which version it tells, and of which day.
    measured: str = ""

    def line(self, tool: str, work: str | None = None) -> Line | None:
        """The line of a tool that has a result."""
        for line in self.lines:
            if line.tool == tool and work in (None, line.work) and line.trials and not self.disagreement:
                return line
        return None


def restored(kept: dict) -> Table:
    """A table of an earlier run, as its results keep it."""
    lines = [Line(**{**line, "trials": [Trial(**trial) for trial in line["trials"]]}) for line in kept["lines"]]
    return Table(**{**kept, "lines": lines})


@dataclass
class Contestant:
    table: Table
    tool: str
    work: str
    call: Callable[[], Trial]
    note: str = ""


def use_two_cores() -> None:
    """This process and its children run on two cores at most."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def run(command: list[str | Path], allowed: tuple[int, ...] = (0,)) -> Ran:
    """Runs a command and takes its wall time, CPU time and peak memory."""
    command = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **ENVIRONMENT}
        )
        patience = threading.Timer(PATIENCE_SECONDS, process.kill)
        patience.start()
        try:
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            patience.cancel()
            process.stdout.close()
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            errors.seek(0)
            raise Failed(ending(process.returncode, seconds, errors.read()))
    return Ran(process.returncode, output, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def ending(code: int, seconds: float, errors: str) -> str:
    if code == -9:
        return "took too long" if seconds >= PATIENCE_SECONDS else "killed by the system, most likely out of memory"
    errors = errors.replace(f"{PEERS.parent.parent}/", "")
    said = [line.strip() for line in errors.splitlines() if line.strip()]
    return f"ended with {code}: {said[-1][:200] if said else 'without a word'}"


def peer(script: str, *arguments: str | Path) -> Trial:
    """Runs `peers/<script>.py`, which says how long the work itself took, without imports."""
    ran = run([sys.executable, PEERS / f"{script}.py", *arguments])
    answer = json.loads(ran.output.strip().splitlines()[-1])
    return Trial(answer.pop("seconds"), ran.cpu, ran.peak_mb, parts=answer)


def count(files: str | Path, price: str, refused: Path | None = None) -> dict[str, int]:
    """Rows and sum of prices in Parquet files, counted by one and the same program whoever wrote them."""
    ran = run([sys.executable, PEERS / "totals.py", str(files), price, *([refused] if refused else [])])
    return json.loads(ran.output)


def race(contestants: list[Contestant], runs: int) -> None:
    """All contestants in turns, `runs` times, into the lines of their tables. One that fails leaves the race."""
    lines = []
    for contestant in contestants:
        line = Line(contestant.tool, contestant.work, note=contestant.note)
        contestant.table.lines.append(line)
        lines.append(line)
    for number in range(runs):
        for contestant, line in zip(contestants, lines, strict=True):
            if line.failed:
                continue
            # What the one before wrote is on the disk before the next begins.
            os.sync()
            started = time.perf_counter()
            try:
                line.trials.append(contestant.call())
                result = f"{line.trials[-1].seconds:.2f} s"
            except Failed as failure:
                line.failed = str(failure)
            except (OSError, ValueError, KeyError) as failure:
                line.failed = f"what it left could not be read: {failure!r}"
            if line.failed:
                line.trials, result = [], line.failed
            whole = time.perf_counter() - started
            label = f"{contestant.table.name}: {contestant.tool}, {contestant.work}"
            print(f"  [{number + 1}/{runs}] {label}: {result} (with preparation {whole:.0f} s)", file=sys.stderr)
    for table in {id(it.table): it.table for it in contestants}.values():
        compare(table)


def compare(table: Table) -> None:
    """Every count that two trials of a table have must be the same in both."""
    seen: dict[str, dict[int, str]] = {}
    for line in table.lines:
        for trial in line.trials:
            for name, value in trial.counted.items():
                seen.setdefault(name, {}).setdefault(value, f"{line.tool}, {line.work}")
    differing = [
        f"{name}: " + "; ".join(f"{who} {value:,}" for value, who in values.items())
        for name, values in seen.items()
        if len(values) > 1
    ]
    table.disagreement = " | ".join(differing)
