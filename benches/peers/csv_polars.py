"""Polars, streaming, over the price file: typed, and with rejects, reasons and unique keys."""

import sys
from pathlib import Path

import polars as pl

from common import (
    COLUMNS, DAY, FIRST_DAY, HEADERS, HIGHEST, KEY, LAST_DAY, LOWEST, NO_DATE, NO_NUMBER, NUMBER, OUT_OF_RANGE,
    TWO_VALUES, UNKNOWN_COMMODITY, UNKNOWN_REGION, UNKNOWN_UNIT, commodities, main, regions, units,
)


def cells(source: Path, **options: str) -> pl.LazyFrame:
    return pl.scan_csv(source, separator=";", infer_schema=False, **options)


def number(column: str) -> pl.Expr:
    plain = pl.col(column).str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return plain.cast(pl.Decimal(18, 2), strict=False)


def plain(source: Path, accepted: Path) -> None:
    typed = cells(source).with_columns(pl.col("Tanggal").str.to_date(DAY), number("Harga"))
    typed.sink_parquet(accepted, compression="zstd", engine="streaming")


def judged(source: Path) -> pl.LazyFrame:
    """Typed columns, and column, value and reason of the first fault."""
    region, day, commodity, unit, price = HEADERS

    def code(header: str, forms: dict[str, str]) -> pl.Expr:
        return pl.col(header).replace_strict(forms, default=None, return_dtype=pl.String)

    typed = cells(source, row_index_name="_row").with_columns(
        code(region, regions()).alias("region_code"),
        pl.col(day).str.to_date(DAY, strict=False).alias("date"),
        code(commodity, commodities()).alias("commodity_code"),
        code(unit, units()).alias("unit"),
        pl.when(pl.col(price).str.contains(NUMBER)).then(number(price)).alias("price"),
    )
    faults = [
        (pl.col("region_code").is_null(), region, UNKNOWN_REGION),
        (~pl.col("date").is_between(FIRST_DAY, LAST_DAY).fill_null(False), day, NO_DATE),
        (pl.col("commodity_code").is_null(), commodity, UNKNOWN_COMMODITY),
        (pl.col("unit").is_null(), unit, UNKNOWN_UNIT),
        (pl.col("price").is_null(), price, NO_NUMBER),
        (~pl.col("price").is_between(LOWEST, HIGHEST), price, OUT_OF_RANGE),
    ]
    column = value = reason = pl.lit(None, dtype=pl.String)
    for found, header, text in reversed(faults):
        column = pl.when(found).then(pl.lit(header)).otherwise(column)
        value = pl.when(found).then(pl.col(header)).otherwise(value)
        reason = pl.when(found).then(pl.lit(text)).otherwise(reason)
    return typed.select("_row", *COLUMNS, column.alias("column"), value.alias("value"), reason.alias("reason"))


def equal_work(source: Path, accepted: Path, refused: Path) -> None:
    rows = judged(source)
    # Both together, so that the file is read and judged once.
    kept, wrong = pl.collect_all(
        [
            rows.filter(pl.col("reason").is_null()).select("_row", *COLUMNS),
            rows.filter(pl.col("reason").is_not_null()).select("_row", "column", "value", "reason"),
        ],
        engine="streaming",
    )
    several = kept.lazy().group_by(KEY).len().filter(pl.col("len") > 1).collect(engine="streaming")
    several = kept.join(several, on=KEY, how="semi").with_columns(
        first=pl.col("_row").min().over(KEY),
        same=(pl.col("price").n_unique().over(KEY) == 1) & (pl.col("unit").n_unique().over(KEY) == 1),
    )
    two_values = several.filter(~pl.col("same"))
    left_out = several.filter(~pl.col("same") | (pl.col("_row") != pl.col("first")))["_row"]
    kept.lazy().filter(~pl.col("_row").is_in(left_out.implode())).select(*COLUMNS, "_row").sink_parquet(
        accepted, compression="zstd", engine="streaming"
    )
    reasons = two_values.select(
        "_row", pl.lit(HEADERS[4]).alias("column"), pl.col("price").cast(pl.String).alias("value"),
        pl.lit(TWO_VALUES).alias("reason"),
    )
    pl.concat([wrong, reasons]).write_parquet(refused, compression="zstd")


if __name__ == "__main__":
    main(sys.argv[1:], plain, equal_work)
