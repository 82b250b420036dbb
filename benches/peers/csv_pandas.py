"""Pandas over the price file: typed, and with rejects, reasons and unique keys."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from common import (
    COLUMNS, DAY, FIRST_DAY, HEADERS, HIGHEST, KEY, LAST_DAY, LOWEST, NO_DATE, NO_NUMBER, NUMBER, OUT_OF_RANGE,
    TWO_VALUES, UNKNOWN_COMMODITY, UNKNOWN_REGION, UNKNOWN_UNIT, commodities, main, regions, units,
)


def plain(source: Path, accepted: Path) -> None:
    text = {header: str for header in HEADERS[:4]}
    frame = pd.read_csv(source, sep=";", dtype=text, thousands=".", decimal=",", keep_default_na=False)
    frame["Tanggal"] = pd.to_datetime(frame["Tanggal"], format=DAY)
    frame.to_parquet(accepted, compression="zstd", index=False)


def equal_work(source: Path, accepted: Path, refused: Path) -> None:
    cells = pd.read_csv(source, sep=";", dtype=str, keep_default_na=False)
    region, day, commodity, unit, price = (cells[header] for header in HEADERS)
    number = price.where(price.str.match(NUMBER)).str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    typed = pd.DataFrame({
        "region_code": region.map(regions()),
        "date": pd.to_datetime(day, format=DAY, errors="coerce"),
        "commodity_code": commodity.map(commodities()),
        "unit": unit.map(units()),
        "price": pd.to_numeric(number, errors="coerce"),
    })
    faults = [
        (typed["region_code"].isna(), 0, UNKNOWN_REGION),
        (~typed["date"].between(pd.Timestamp(FIRST_DAY), pd.Timestamp(LAST_DAY)), 1, NO_DATE),
        (typed["commodity_code"].isna(), 2, UNKNOWN_COMMODITY),
        (typed["unit"].isna(), 3, UNKNOWN_UNIT),
        (typed["price"].isna(), 4, NO_NUMBER),
        (~typed["price"].between(LOWEST, HIGHEST), 4, OUT_OF_RANGE),
    ]
    fault = np.select([found for found, _, _ in faults], range(len(faults)), -1)
    typed["_row"] = np.arange(len(typed))
    right = typed[fault < 0]
    doubled = right.duplicated(KEY, keep=False)
    several = right[doubled].groupby(KEY)[["price", "unit"]].transform("nunique").max(axis=1) > 1
    two_values = right.loc[several[several].index]
    repeated = right.duplicated([*KEY, "price", "unit"])
    right = right[~repeated & ~right.index.isin(two_values.index)]
    right[[*COLUMNS, "_row"]].to_parquet(accepted, compression="zstd", index=False)
    wrong = [
        reasons(np.flatnonzero(fault == number), HEADERS[column], cells[HEADERS[column]], reason)
        for number, (_, column, reason) in enumerate(faults)
    ]
    wrong.append(reasons(two_values.index.to_numpy(), HEADERS[4], price, TWO_VALUES))
    pd.concat(wrong).to_parquet(refused, compression="zstd", index=False)


def reasons(rows: np.ndarray, header: str, cells: pd.Series, reason: str) -> pd.DataFrame:
    return pd.DataFrame({"_row": rows, "column": header, "value": cells.iloc[rows].to_numpy(), "reason": reason})


if __name__ == "__main__":
    main(sys.argv[1:], plain, equal_work)
