"""Rows that say, letter by letter, what is known of somebody in force: nearly all of a month's roster.

What stood the checks once stands them again: the number, the name and what else is said are those in force, the category is this
department's and the township is there. Only the other rows are looked at closely (`checks.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from exchange.rosters.checks import KEY, PLAIN_NUMBER, check_value, unknown_townships
from exchange.rosters.columns import ATTRIBUTES
from exchange.rosters.raw import CORRECTS, LINE, ROW, Raw
from exchange.rosters.roster import Terms
from exchange.rosters.several import PERSONS, roster_of_row
from policy.terms import Category

PAIR, AT = "pair", "at"
CODES = tuple(one.value for one in Category)
CATEGORIES = len(CODES)
pair = (pl.col(KEY) * CATEGORIES + pl.col("category").cast(pl.Enum(CODES)).to_physical()).alias(PAIR)
"""Person and category as one number: what is compared."""
_SAID = ("name", *ATTRIBUTES)


@dataclass(frozen=True)
class Recognised:
    """`rows`: `row`, `line`, `pair` and `at`, the place among those in force; `others`: the rows to be looked at."""

    rows: pl.DataFrame
    others: Raw


def recognise(roster: Raw, force: pl.DataFrame, terms: Sequence[Terms]) -> Recognised:
    """`force`: with `pair` and `at`, whoever the rows may be about. `terms`: of each roster; they differ by the townships only."""
    frame = roster.frame
    typed = frame.select(
        typed_keys(roster),
        _category(roster, terms[0]).alias("category"),
        ROW,
        LINE,
    ).with_columns(pair)
    found = typed.join(force.select(PAIR, AT, *_SAID), on=PAIR, how="left", maintain_order="left")
    same = pl.all_horizontal(pl.lit(frame[name]).eq_missing(pl.lit(found[name])) for name in _SAID)
    last = pl.col("id_number").str.tail(1).replace("X", "10").cast(pl.Int64, strict=False)
    known = frame.select(
        pl.lit(found[AT]).is_not_null()
        & same
        & pl.col("id_number").str.contains(PLAIN_NUMBER).fill_null(False)
        & (last == check_value(pl.lit(found[KEY]) % PERSONS)).fill_null(False)
        & pl.col("since").is_null()
        & pl.col(CORRECTS).is_null()
        & ~pl.lit(unknown_townships(frame, terms))
    ).to_series()
    rest = replace(roster, frame=frame.filter(~known))
    return Recognised(found.filter(known).select(ROW, LINE, PAIR, AT), rest)


def typed_keys(roster: Raw) -> pl.Series:
    """Of those numbers that are typed as they are."""
    key = pl.col("id_number").str.head(17).cast(pl.Int64, strict=False)
    return roster.frame.select((key + roster_of_row * PERSONS).alias(KEY)).to_series()


def _category(roster: Raw, terms: Terms) -> pl.Expr:
    """The code of what is typed as the lists call it, or ticked above the table; null for whatever has to be looked at."""
    ticked = roster.head.ticked
    tick = terms.categories.get(ticked[0].upper()) if len(ticked) == 1 else None
    may = {name: code for name, code in terms.categories.items() if code in terms.own and tick in (None, code)}
    code = pl.col("category").replace_strict(list(may), list(may.values()), default=None, return_dtype=pl.String)
    return pl.when(pl.col("category").is_null()).then(pl.lit(tick if tick in terms.own else None)).otherwise(code)
