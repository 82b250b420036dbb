"""Price records in a workbook, in XML and in JSON to typed Parquet, by the tools that people use for each.

Usage: documents.py TOOL SOURCE TARGET
"""

import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from common import THREADS, Clock

SCHEMA_FIELDS = {
    "Kode Wilayah": "text", "Tanggal": "day", "Komoditas": "text", "Satuan": "text", "Harga": "price", "Pasar": "text",
}


def schema():
    import pyarrow as pa

    types = {"text": pa.string(), "day": pa.date32(), "price": pa.decimal128(18, 2)}
    return pa.schema([(name, types[kind]) for name, kind in SCHEMA_FIELDS.items()])


def write(columns, target: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema(), strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema()), target, compression="zstd")


def fastexcel(source: Path, target: Path) -> None:
    import fastexcel
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    types = {"text": "string", "day": "date", "price": "float"}
    asked = {name: types[kind] for name, kind in SCHEMA_FIELDS.items()}
    # Of a wider sheet no more than these: it is the least that can be done.
    sheet = fastexcel.read_excel(source).load_sheet(0, use_columns=list(asked), dtypes=asked)
    table = pa.table(sheet.to_arrow())
    price = table.column("Harga")
    table = table.set_column(4, "Harga", pc.round(price, ndigits=2).cast(pa.decimal128(18, 2), safe=False))
    pq.write_table(table.cast(schema()), target, compression="zstd")


def openpyxl(source: Path, target: Path) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(source, read_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    next(rows)
    columns: list[list] = [[] for _ in SCHEMA_FIELDS]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    columns[1] = [value.date() if isinstance(value, datetime) else value for value in columns[1]]
    columns[4] = [Decimal(f"{value:.2f}") for value in columns[4]]
    write(columns, target)


def by_pandas(engine: str):
    def read(source: Path, target: Path) -> None:
        import pandas

        frame = pandas.read_excel(source, engine=engine, dtype={"Kode Wilayah": str})
        columns = [frame[name].tolist() for name in SCHEMA_FIELDS]
        columns[1] = [value.date() for value in columns[1]]
        columns[4] = [Decimal(f"{value:.2f}") for value in columns[4]]
        write(columns, target)

    return read


def python_calamine(source: Path, target: Path) -> None:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python()
    columns = [list(column) for column in zip(*rows[1:], strict=True)]
    columns[4] = [Decimal(f"{value:.2f}") for value in columns[4]]
    write(columns, target)


def lxml(source: Path, target: Path) -> None:
    from lxml import etree

    columns: list[list] = [[] for _ in SCHEMA_FIELDS]
    for _, record in etree.iterparse(source, tag="baris", resolve_entities=False):
        for column, cell in zip(columns, record, strict=True):
            column.append(cell.text)
        record.clear()
        while record.getprevious() is not None:
            del record.getparent()[0]
    columns[1] = [date.fromisoformat(value) for value in columns[1]]
    columns[4] = [Decimal(value) for value in columns[4]]
    write(columns, target)


def duckdb(source: Path, target: Path) -> None:
    import duckdb

    fields = {name.lower().replace(" ", "_"): kind for name, kind in SCHEMA_FIELDS.items()}
    types = {"text": "VARCHAR", "day": "DATE", "price": "DECIMAL(18,2)"}
    columns = ", ".join(f"{name}: '{types[kind]}'" for name, kind in fields.items())
    duckdb.connect(config={"threads": THREADS}).execute(f"""
        COPY (SELECT * FROM read_json('{source}', format='array', columns={{{columns}}}))
        TO '{target}' (FORMAT parquet, COMPRESSION zstd)""")


def polars(source: Path, target: Path) -> None:
    import polars as pl

    frame = pl.read_json(source, infer_schema_length=1_000)
    price = pl.col("harga").cast(pl.Float64).round(2).cast(pl.Decimal(18, 2))
    typed = frame.with_columns(pl.col("tanggal").str.to_date(), price)
    typed.write_parquet(target, compression="zstd")


# Packages that a tool needs, imported before the clock starts.
NEEDED = {
    "fastexcel": (fastexcel, ["fastexcel", "pyarrow.parquet", "pyarrow.compute"]),
    "openpyxl": (openpyxl, ["openpyxl", "pyarrow.parquet"]),
    "xlrd": (by_pandas("xlrd"), ["pandas", "xlrd", "pyarrow.parquet"]),
    "odfpy": (by_pandas("odf"), ["pandas", "odf.opendocument", "pyarrow.parquet"]),
    "python-calamine": (python_calamine, ["python_calamine", "pyarrow.parquet"]),
    "lxml": (lxml, ["lxml.etree", "pyarrow.parquet"]),
    "duckdb": (duckdb, ["duckdb"]),
    "polars": (polars, ["polars"]),
}


def main() -> None:
    tool, source, target = sys.argv[1:]
    function, packages = NEEDED[tool]
    for package in packages:
        __import__(package)
    clock = Clock()
    with clock.time():
        function(Path(source), Path(target))
    clock.report()


if __name__ == "__main__":
    main()
