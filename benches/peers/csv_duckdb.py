"""DuckDB over the price file: its typed COPY, and with rejects, reasons and unique keys."""

import sys
from pathlib import Path

import duckdb

from common import (
    COLUMNS, DAY, FIRST_DAY, HEADERS, HIGHEST, KEY, LAST_DAY, LOWEST, NO_DATE, NO_NUMBER, NUMBER, OUT_OF_RANGE, THREADS,
    TWO_VALUES, UNKNOWN_COMMODITY, UNKNOWN_REGION, UNKNOWN_UNIT, commodities, main, regions, units,
)

# Column and reason of each fault, counted from 1.
FAULT_COLUMNS = [*HEADERS, HEADERS[4]]
REASONS = [UNKNOWN_REGION, NO_DATE, UNKNOWN_COMMODITY, UNKNOWN_UNIT, NO_NUMBER, OUT_OF_RANGE]
LOOK_UPS = {"region": regions, "commodity": commodities, "unit": units}


def connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": THREADS})


def plain(source: Path, accepted: Path) -> None:
    connect().execute(f"""
        COPY (
            SELECT * FROM read_csv('{source}', delim=';', header=true, auto_detect=false, dateformat='{DAY}',
                thousands='.', decimal_separator=',', columns={{
                'Kode Wilayah': 'VARCHAR', 'Tanggal': 'DATE', 'Komoditas': 'VARCHAR', 'Satuan': 'VARCHAR',
                'Harga': 'DECIMAL(18,2)'}})
        ) TO '{accepted}' (FORMAT parquet, COMPRESSION zstd)""")


def equal_work(source: Path, accepted: Path, refused: Path) -> None:
    connection = connect()
    for name, load in LOOK_UPS.items():
        connection.execute(f"CREATE TEMP TABLE {name} (form VARCHAR, code VARCHAR)")
        connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", list(load().items()))
    region, day, commodity, unit, price = (f'"{header}"' for header in HEADERS)
    columns = ", ".join(f"{header!r}: 'VARCHAR'" for header in HEADERS)
    # The rowid of a table filled in order is the row number; a window over the file would keep to one thread.
    connection.execute(f"""
        CREATE TEMP TABLE cells AS
        SELECT * FROM read_csv('{source}', delim=';', header=true, auto_detect=false, columns={{{columns}}})""")
    connection.execute(f"""
        CREATE TEMP TABLE typed AS
        SELECT cells.rowid AS _row, region.code AS region_code, CAST(try_strptime({day}, '{DAY}') AS DATE) AS date,
            commodity.code AS commodity_code, unit.code AS unit,
            CASE WHEN regexp_matches({price}, '{NUMBER}')
                THEN TRY_CAST(replace(replace({price}, '.', ''), ',', '.') AS DECIMAL(18, 2)) END AS price,
            CASE
                WHEN region_code IS NULL THEN 1
                WHEN date IS NULL OR date NOT BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN 2
                WHEN commodity_code IS NULL THEN 3
                WHEN unit.code IS NULL THEN 4
                WHEN price IS NULL THEN 5
                WHEN price NOT BETWEEN {LOWEST} AND {HIGHEST} THEN 6
            END::TINYINT AS fault
        FROM cells
        LEFT JOIN region ON region.form = {region}
        LEFT JOIN commodity ON commodity.form = {commodity}
        LEFT JOIN unit ON unit.form = {unit}""")
    key = ", ".join(KEY)
    connection.execute(f"""
        CREATE TEMP TABLE doubled AS
        SELECT {key}, min(_row) AS first, min(price) = max(price) AND min(unit) = max(unit) AS same
        FROM typed SEMI JOIN (
            SELECT {key} FROM typed WHERE fault IS NULL GROUP BY {key} HAVING count(*) > 1) USING ({key})
        WHERE fault IS NULL GROUP BY {key}""")
    connection.execute(f"""
        COPY (
            SELECT {", ".join(COLUMNS)}, _row FROM typed LEFT JOIN doubled USING ({key})
            WHERE fault IS NULL AND (first IS NULL OR (same AND _row = first))
        ) TO '{accepted}' (FORMAT parquet, COMPRESSION zstd)""")
    connection.execute(f"""
        COPY (
            SELECT _row, {FAULT_COLUMNS}[fault] AS "column",
                CASE fault WHEN 1 THEN {region} WHEN 2 THEN {day} WHEN 3 THEN {commodity} WHEN 4 THEN {unit}
                    ELSE {price} END AS value,
                {REASONS}[fault] AS reason
            FROM typed JOIN cells ON cells.rowid = typed._row WHERE fault IS NOT NULL
            UNION ALL
            SELECT _row, '{HEADERS[4]}', CAST(price AS VARCHAR), '{TWO_VALUES}'
            FROM typed JOIN doubled USING ({key}) WHERE fault IS NULL AND NOT same
        ) TO '{refused}' (FORMAT parquet, COMPRESSION zstd)""")


if __name__ == "__main__":
    main(sys.argv[1:], plain, equal_work)
