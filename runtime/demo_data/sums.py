"""Yearly sums of what each insured person bears 年度累计负担, as two months of an invented province.

`person` is the insurance's own opaque number; no ID number stands in these files. Amounts are whole cents.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from runtime.demo_data.chance import below, happens, mixed

GROUPS = ("falling_back", "falling_into")
_COUNTY, _GROUP, _SIZE, _HIGH, _MORE, _ADDED = range(900, 906)
PORTION = 4_000_000


def write_sums(folder: Path, months: Sequence[str], persons: int, counties: Sequence[str], seed: int) -> list[Path]:
    """One Parquet file for each of two months: person, division, group, burden."""
    made = []
    for month, name in enumerate(months):
        path = folder / f"{name}.parquet"
        parts = [
            _sums(start, min(start + PORTION, persons), month, counties, seed) for start in range(0, persons, PORTION)
        ]
        pl.concat(parts).sink_parquet(path, compression="zstd", compression_level=1)
        made.append(path)
    return made


def _sums(start: int, end: int, month: int, counties: Sequence[str], seed: int) -> pl.LazyFrame:
    number = pl.col("n")
    usual = below(number, seed, _SIZE, 200_000)
    high = pl.when(happens(number, seed, _HIGH, 0.02)).then(below(number, seed, _HIGH + 50, 4_000_000)).otherwise(0)
    more = pl.when(happens(number, seed, _MORE, 0.04)).then(below(number, seed, _ADDED, 600_000)).otherwise(0)
    codes = pl.Series([int(code) for code in counties], dtype=pl.Int32)
    groups = pl.Series(GROUPS, dtype=pl.String)
    return pl.LazyFrame({"n": pl.int_range(start, end, eager=True)}).select(
        # The lowest bits of a mixed number would not be different for certain; an odd factor keeps them so.
        (number.cast(pl.UInt64) * pl.lit(0x9E3779B97F4A7C15, pl.UInt64) // 2).cast(pl.Int64).alias("person"),
        pl.lit(codes).gather(below(number, seed, _COUNTY, len(codes))).alias("division"),
        pl.lit(groups).gather((mixed(number, seed, _GROUP) % 10 >= 2).cast(pl.Int64)).alias("group"),
        (usual + high + (more if month else pl.lit(0))).cast(pl.Int64).alias("burden"),
    )
