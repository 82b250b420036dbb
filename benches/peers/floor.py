"""The floor: reading the bytes, and writing the same typed rows as zstd Parquet, each alone and nothing else.

Usage: floor.py SOURCE ROWS-PARQUET TARGET
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from common import THREADS, Clock

source, rows, target = (Path(path) for path in sys.argv[1:])
pa.set_cpu_count(THREADS)
clock = Clock()
with clock.time("reading"), source.open("rb", buffering=0) as file:
    block = bytearray(1 << 20)
    while file.readinto(block):
        pass
table = pq.read_table(rows)
with clock.time("writing"):
    pq.write_table(table, target, compression="zstd")
clock.answer["seconds"] = clock.answer["reading"] + clock.answer["writing"]
clock.report()
