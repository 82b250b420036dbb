"""Counts what a tool wrote: rows and sum of prices in hundredths, and rows refused. Not measured.

Usage: totals.py FILES PRICE-COLUMN [REFUSED]
"""

import json
import sys

import duckdb

files, price, *refused = sys.argv[1:]
connection = duckdb.connect()
# A price may be a decimal or a float; hundredths are whole either way.
question = f"""SELECT count(*), sum(CAST(round("{price}" * 100) AS HUGEINT)) FROM read_parquet('{files}')"""
rows, prices = connection.execute(question).fetchone()
answer = {"rows": rows, "prices in hundredths": int(prices or 0)}
if refused:
    answer["refused"] = connection.execute(f"SELECT count(*) FROM read_parquet('{refused[0]}')").fetchone()[0]
print(json.dumps(answer))
