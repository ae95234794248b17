"""Households of 附件2 with another size than the rows listed for them (A-62): a suspicion, since the form does not say who counts.

Looked at are the households that a roster changes, by a row that says something new or by somebody who goes: what was said
of the others was said when they came. A household is known by its head's ID number, for names repeat themselves.
"""

import unicodedata

import polars as pl

from exchange import readers
from exchange.columns import BadCell
from exchange.rosters.checks import KEY, MASK
from exchange.rosters.raw import ROW
from exchange.rosters.reasons import bit
from exchange.rosters.recognising import AT
from exchange.rosters.several import PERSONS, roster_of_row
from policy import identity_number

HEAD, SIZE = "head_id", "household_size"
_COUNT = readers.whole(99)


def miscounted(
    typed: pl.DataFrame, recognised: pl.DataFrame, force: pl.DataFrame, rows: pl.DataFrame, ends: pl.DataFrame
) -> dict[int, int]:
    """The first accepted row of each such household, with the bit of the suspicion.

    `typed`: the roster as it was typed, without the lines that were `recognised`: they say what `force` says at their place.
    `rows`: those that were looked at, with their reasons; `ends`: who goes.
    """
    of = typed.select(roster_of_row).to_series()
    houses = typed.select(ROW, _key(typed["id_number"], KEY, of), SIZE, _key(typed[HEAD], HEAD, of))
    heads = pl.concat(
        [houses.filter(pl.col(ROW).is_in(rows[ROW].implode()))[HEAD], _key(ends[HEAD], HEAD, ends[KEY] // PERSONS)]
    )
    asked = pl.col(HEAD).is_in(heads.drop_nulls().unique().implode())
    houses = pl.concat([houses.filter(asked), _recognised(recognised, force, asked)]).sort(ROW)
    members = houses.select(HEAD, pl.coalesce(KEY, -pl.col(ROW).cast(pl.Int64)).alias(KEY))
    listed = members.unique().group_by(HEAD).len("listed")
    wrong = rows.filter(pl.col(MASK) != 0)[ROW]
    differing = (
        houses.with_columns(_sizes(houses[SIZE]))
        .filter(pl.col(SIZE).is_not_null() & ~pl.col(ROW).is_in(wrong.implode()))
        .join(listed, on=HEAD, how="left", maintain_order="left")
        .filter(pl.col(SIZE) != pl.col("listed"))
        .unique(HEAD, keep="first", maintain_order=True)
    )
    return dict.fromkeys(differing[ROW].to_list(), bit("household-count"))


def _recognised(recognised: pl.DataFrame, force: pl.DataFrame, asked: pl.Expr) -> pl.DataFrame:
    """The same of the recognised lines."""
    places = force.select(AT, _key(force[HEAD], HEAD, force[KEY] // PERSONS)).filter(asked)
    found = recognised.select(ROW, AT).join(places, on=AT)
    return found.select(ROW, force[KEY].gather(found[AT]), force[SIZE].gather(found[AT]), HEAD)


def _key(typed: pl.Series, name: str, roster: pl.Series) -> pl.Series:
    """The first 17 digits, moved up for each roster; null for what is no number."""
    key = typed.str.head(17).cast(pl.Int64, strict=False)
    key = pl.select(pl.when(pl.lit(key) >= 0).then(pl.lit(key))).to_series()
    odd = (key.is_null() & typed.is_not_null()).arg_true()
    if not odd.is_empty():
        first = [identity_number.normal(unicodedata.normalize("NFKC", one))[:17] for one in typed.gather(odd)]
        key = key.scatter(odd, [int(one) if one.isascii() and one.isdigit() else None for one in first])
    return (key + roster.cast(pl.Int64) * PERSONS).alias(name)


def _sizes(typed: pl.Series) -> pl.Series:
    """As the list of changes reads them; null for what is no count."""
    told = {text: size for text in typed.drop_nulls().unique().to_list() if (size := _size(text)) is not None}
    return typed.replace_strict(list(told), list(told.values()), default=None, return_dtype=pl.Int64)


def _size(typed: str) -> int | None:
    try:
        return int(_COUNT(typed))
    except BadCell:
        return None
