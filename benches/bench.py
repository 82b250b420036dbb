"""Lumbung beside other tools on the same bytes, in one run: a table on the terminal and docs/benchmarks.md.

Sizes and parts come from the environment; see benches/README.md. What a run leaves out stands as the last run that
measured it, of the same size, left it.
"""

import json
import shutil
import sys
from dataclasses import asdict

import machine
import report
import settings
from inputs import Inputs
from measure import Table, use_two_cores
from program import Program
from subjects.delimited import Delimited
from subjects.documents import TOOLS, Documents
from subjects.nights import Nights


def main() -> int:
    asked = settings.read()
    use_two_cores()
    asked.work.mkdir(parents=True, exist_ok=True)
    inputs, program = Inputs(asked), Program(asked)
    facts = machine.facts(program.version())
    subjects = [
        (Delimited, {"csv", "land"}),
        (Documents, set(TOOLS)),
        (Nights, {"night", "messy", "merge"}),
    ]
    tables: list[Table] = []
    for subject, parts in subjects:
        if parts & set(asked.parts):
            tables += subject(asked, inputs, program).tables()
    for folder in ("data", "out", "configuration"):
        shutil.rmtree(asked.work / folder, ignore_errors=True)
    for table in tables:
        table.measured = f"{facts['Lumbung']}, {facts['date']}"
    tables = report.with_earlier(asked, tables)
    facts["load when it ended"] = machine.load()
    text = report.markdown(asked, facts, tables)
    asked.report.parent.mkdir(parents=True, exist_ok=True)
    asked.report.write_text(text, encoding="utf-8")
    results = {"machine": facts, "rows": asked.rows, "tables": [asdict(table) for table in tables]}
    (asked.work / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(report.terminal(asked, tables))
    print(f"written: {asked.report}", file=sys.stderr)
    ours = [line for table in tables for line in table.lines if line.tool == "Lumbung"]
    return 1 if any(table.disagreement for table in tables) or any(line.failed for line in ours) else 0


if __name__ == "__main__":
    sys.exit(main())
