"""What was measured on, and with which versions."""

import os
import platform
import subprocess
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

from measure import THREADS
from settings import REPOSITORY

PACKAGES = ["duckdb", "polars", "pandas", "pyarrow", "dlt", "fastexcel", "openpyxl", "lxml", "xlrd", "odfpy", "python-calamine"]


def field(file: str, name: str) -> str:
    """The value after `name :` in a file of /proc; a question mark where there is none."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return "?"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "?")


def memory() -> str:
    words = field("/proc/meminfo", "MemTotal").split()
    return f"{int(words[0]) / 1024 / 1024:.0f} GiB" if words[0].isdecimal() else "?"


def load() -> str:
    return f"{os.getloadavg()[0]:.2f}"


def commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "?"


def facts(version: str) -> dict[str, str]:
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "processor": f"{field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, {THREADS} used",
        "memory": memory(),
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "Lumbung": f"{version}, commit {commit()}",
        "peers": ", ".join(f"{package} {metadata.version(package)}" for package in PACKAGES),
        "load when it began": load(),
    }
