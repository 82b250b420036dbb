"""Reads a release as analysts do: frictionless, DuckDB and openpyxl beside this program.

    python -I tests/it/frictionless.py (package|tables|workbook) RELEASE

Run it isolated (`-I`): else this file would stand in the way of the package of its own name. It prints what it has
checked and fails with the first thing that is wrong.
"""

import datetime
import hashlib
import json
import pathlib
import sys

# Frictionless type of an Arrow type, by the beginning of its name.
FIELD_TYPES = {
    "string": "string",
    "int": "integer",
    "double": "number",
    "decimal128": "number",
    "date32": "date",
    "bool": "boolean",
}
FIXED_COLUMNS = 4
MOST_PERIODS = 13


def descriptor(release):
    return json.loads((release / "datapackage.json").read_text(encoding="utf-8"))


def tables(release):
    return [one for one in descriptor(release)["resources"] if one["format"] == "parquet"]


def field_type(arrow_type):
    name = str(arrow_type)
    return next(kind for prefix, kind in FIELD_TYPES.items() if name.startswith(prefix))


def check_package(release):
    """The description is valid, and every file is what it says."""
    import frictionless
    import pyarrow.parquet

    report = frictionless.Package.validate_descriptor(descriptor(release))
    assert report.valid, report.flatten(["title", "note"])
    package = frictionless.Package(str(release / "datapackage.json"))
    assert len(set(package.resource_names)) == len(package.resources) > 10
    for resource in package.resources:
        content = (release / resource.path).read_bytes()
        assert resource.bytes == len(content), resource.path
        assert resource.hash == "sha256:" + hashlib.sha256(content).hexdigest(), resource.path
        if resource.format != "parquet":
            continue
        schema = pyarrow.parquet.read_schema(release / resource.path)
        found = [(field.name, field_type(field.type)) for field in schema]
        assert [(field.name, field.type) for field in resource.schema.fields] == found, resource.path
        assert set(resource.schema.primary_key) <= set(schema.names), resource.path
        for field in resource.schema.fields:
            assert " / " in field.title, f"{field.name} of {resource.path} has a title in both languages"
    described = {resource.path for resource in package.resources}
    written = {str(path.relative_to(release)) for path in release.rglob("*.parquet")}
    assert written <= described, written - described
    print(f"{len(described)} files described")


def check_tables(release):
    """DuckDB reads every table; rows, keys, order and lineage are as described."""
    import duckdb

    database = duckdb.connect()
    ask = lambda question: database.execute(question).fetchall()
    for resource in tables(release):
        file = release / resource["path"]
        (rows,) = ask(f"SELECT count(*) FROM '{file}'")[0]
        assert rows == resource["lumbung:rows"], resource["path"]
        # No column needs quotes.
        names = ", ".join(field["name"] for field in resource["schema"]["fields"])
        ask(f"SELECT {names} FROM '{file}' LIMIT 0")
        key = resource["schema"].get("primaryKey")
        if key:
            columns = ", ".join(key)
            (keys,) = ask(f"SELECT count(*) FROM (SELECT DISTINCT {columns} FROM '{file}')")[0]
            assert keys == rows, f"{columns} identify the rows of {resource['path']}"
            nulls = " OR ".join(f'"{name}" IS NULL' for name in key)
            assert ask(f"SELECT count(*) FROM '{file}' WHERE {nulls}") == [(0,)], resource["path"]
    check_order(ask, release)
    check_lineage(ask, release)
    check_codes(ask, release)
    print(f"{len(tables(release))} tables read")


def check_codes(ask, release):
    """Every code of a dataset stands in the list that the description names, and the list says what it is of."""
    for resource in tables(release):
        for field in resource["schema"]["fields"]:
            codes = field.get("lumbung:codes")
            if not codes:
                continue
            lost = ask(
                f"SELECT d.{field['name']} FROM '{release / resource['path']}' d "
                f"LEFT JOIN '{release / codes['path']}' c ON c.list = '{codes['list']}' AND c.code = d.{field['name']} "
                f"WHERE d.{field['name']} IS NOT NULL AND (c.code IS NULL OR c.list_title_id = '' OR c.list_title_en = '')"
            )
            assert lost == [], f"{field['name']} of {resource['path']}: {lost[:3]}"


def check_order(ask, release):
    file = release / "indicators/indicators.parquet"
    keys = ask(f"SELECT indicator_id, period, region_code FROM '{file}'")
    assert keys == sorted(keys), "figures are sorted by indicator, period, region"
    values = ask(f"SELECT count(*) FROM '{file}' WHERE (value IS NULL) <> (status IN ('missing', 'withheld'))")
    assert values == [(0,)], "a missing figure has no value, any other has one"


def check_lineage(ask, release):
    """Every row of every dataset, and every finding, names a place in submissions.parquet."""
    places = release / "submissions.parquet"
    for folder in sorted((release / "datasets").iterdir()):
        lost = ask(
            f"""SELECT count(*) FROM '{folder}/*.parquet' r
                ANTI JOIN (SELECT * FROM '{places}' WHERE dataset = '{folder.name}') p
                ON p.submission = r._submission AND p.part = r._part"""
        )
        assert lost == [(0,)], f"{lost[0][0]} rows of {folder.name} come from nowhere"
    lost = ask(f"SELECT count(*) FROM '{release}/quality/findings.parquet' f ANTI JOIN '{places}' p USING (submission)")
    assert lost == [(0,)], f"{lost[0][0]} findings are about no submission"


def check_workbook(release):
    """openpyxl reads the workbook; its figures are those of the Parquet file, and nothing missing is a zero."""
    import duckdb
    import openpyxl

    package = descriptor(release)
    book = openpyxl.load_workbook(release / "indicators.xlsx", read_only=False)
    as_of = datetime.date.fromisoformat(package["lumbung:as_of"])
    assert book.properties.created.date() == as_of, book.properties.created
    read_me = "\n".join(str(cell.value) for row in book.worksheets[0] for cell in row if cell.value is not None)
    assert "bukan Indeks Inovasi Daerah resmi" in read_me and as_of.isoformat() in read_me
    for dataset in package["lumbung:illustrative_datasets"]:
        assert dataset in read_me, f"the workbook says that {dataset} is illustrative"

    database = duckdb.connect()
    indicators, metadata = release / "indicators/indicators.parquet", release / "indicators/metadata.parquet"
    heads = database.execute(
        f"SELECT title_id || chr(10) || title_en, indicator_id, illustrative FROM '{metadata}'"
    ).fetchall()
    values = {
        (indicator, region, period): value
        for indicator, region, period, value in database.execute(
            f"SELECT indicator_id, region_code, period, value FROM '{indicators}'"
        ).fetchall()
    }
    seen, shown = {}, {}
    for sheet in book.worksheets[1:]:
        rows = sheet.iter_rows(values_only=True)
        columns = [column_of(text, heads) for text in next(rows)[FIXED_COLUMNS:]]
        for region, _name, _level, period, *figures in rows:
            for indicator, figure in zip(columns, figures, strict=True):
                if figure is None:
                    continue
                expected = values.get((indicator, region, period))
                assert figure == expected, f"{indicator} of {region} in {period}: {figure}, not {expected}"
                seen[indicator, region, period] = figure
                shown.setdefault(indicator, set()).add(period)
    assert all(len(periods) <= MOST_PERIODS for periods in shown.values()), shown
    last = {}
    for (indicator, _region, period), value in values.items():
        if value is not None:
            last[indicator] = max(period, last.get(indicator, ""))
    missing = {key for key, value in values.items() if value is not None and key[2] == last[key[0]]} - set(seen)
    assert not missing, f"{len(missing)} figures are not in the workbook, such as {sorted(missing)[:3]}"
    print(f"{len(seen)} figures compared")


def column_of(text, heads):
    """The indicator of a column's header; illustrative ones are marked."""
    indicator, illustrative = next((name, mark) for head, name, mark in heads if text.startswith(head + "\n"))
    assert ("ilustratif / illustrative" in text) == illustrative, text
    return indicator


CHECKS = {"package": check_package, "tables": check_tables, "workbook": check_workbook}

if __name__ == "__main__":
    CHECKS[sys.argv[1]](pathlib.Path(sys.argv[2]))
