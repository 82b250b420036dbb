#!/usr/bin/env bash
# Makes the Python environment DIR hold what REQUIREMENTS pin, and does nothing when it does already.
# Usage: scripts/python-venv.sh DIR REQUIREMENTS
set -euo pipefail

directory=$1
requirements=$2

satisfied() {
    [ -x "$directory/bin/python" ] && "$directory/bin/python" - "$requirements" <<'PYTHON'
import sys
from importlib import metadata

for line in open(sys.argv[1], encoding="utf-8"):
    pin = line.split("#")[0].strip()
    if not pin:
        continue
    name, version = pin.split("==")
    try:
        if metadata.version(name) != version:
            sys.exit(1)
    except metadata.PackageNotFoundError:
        sys.exit(1)
PYTHON
}

if satisfied; then
    exit 0
fi

if ! command -v python3 >/dev/null; then
    echo "missing: python3 (3.10 or newer). Install it, for example: apt-get install python3 python3-venv" >&2
    exit 1
fi

echo "installing $(grep -c == "$requirements") Python packages into $directory" >&2
mkdir -p "$(dirname "$directory")"
if ! python3 -m venv --clear "$directory" >&2; then
    echo "missing: Python's venv module. Install it, for example: apt-get install python3-venv" >&2
    exit 1
fi
if ! "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2; then
    echo "missing: the packages of $requirements could not be installed; is PyPI reachable?" >&2
    exit 1
fi
if ! satisfied; then
    echo "the packages in $directory are not those that $requirements pins" >&2
    exit 1
fi
