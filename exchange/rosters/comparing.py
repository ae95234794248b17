"""A checked roster beside what was in force before: who comes, who goes, who changes category, and what rows say of each other.

`force` 在册: the frame of those in force, one row for each person and category: `key`, `category`, `name` and the attributes.
A category is covered by a roster when it occurs in it; the others stay as they are.
"""

from dataclasses import dataclass

import polars as pl

from exchange.rosters.checks import KEY, MASK
from exchange.rosters.columns import ATTRIBUTES
from exchange.rosters.raw import ROW
from exchange.rosters.reasons import bit
from exchange.rosters.recognising import AT, PAIR, pair

IN_FORCE = {
    KEY: pl.Int64,
    "category": pl.String,
    "name": pl.String,
    **dict.fromkeys(ATTRIBUTES, pl.String),
}
NOBODY = pl.DataFrame(schema=IN_FORCE)


@dataclass(frozen=True)
class Compared:
    """`rows`: those that were looked at, with their last `mask`; `recognised`: those that were not. `again`: the numbers of the
    rows of both kinds that repeat an earlier one.

    `starts`: rows that come, `ends`: those in force that go. `held`: in force and not on the roster, but kept, because a row
    that went back may be about them. `changed`: persons who come in one category and go in another.
    """

    rows: pl.DataFrame
    recognised: int
    again: pl.Series
    by_category: dict[str, int]
    starts: pl.DataFrame
    ends: pl.DataFrame
    force: pl.DataFrame
    unchanged: int
    updated: int
    held: int
    changed: int


def numbered(force: pl.DataFrame) -> pl.DataFrame:
    """With `pair`, and `at`, the place of each row."""
    return force.with_columns(pair).with_row_index(AT)


def compare(rows: pl.DataFrame, recognised: pl.DataFrame, force: pl.DataFrame, *, whole: bool) -> Compared:
    """`rows`: checked ones; `recognised`: `row`, `pair` and `at` of the others (`recognising.py`); `force`: numbered.

    `whole`: who is missing goes; else the rows only add, as when rows that went back come again.
    """
    rows = _other_names(rows, force).with_columns(pair)
    rows = rows.join(force.select(PAIR, AT), on=PAIR, how="left", maintain_order="left")
    again, untouched = _again(rows, recognised), recognised.height
    if not again.is_empty():
        doubled = (pl.col(MASK) == 0) & pl.col(ROW).is_in(again.implode())
        rows = rows.with_columns(pl.when(doubled).then(bit("duplicate-in-batch")).otherwise(MASK).alias(MASK))
        recognised = recognised.filter(~pl.col(ROW).is_in(again.implode()))
    good = rows.filter(pl.col(MASK) == 0)
    stays = good.filter(pl.col(AT).is_not_null())
    before = force.select(pl.col(ATTRIBUTES).gather(stays[AT]))
    updated = pl.select(
        pl.any_horizontal(pl.lit(stays[one]).ne_missing(pl.lit(before[one])) for one in ATTRIBUTES).sum()
    ).item()
    listed = _at(force, recognised[AT])
    missing = force.filter(~(listed | _at(force, stays[AT])))
    categories = pl.concat([force["category"].filter(listed), good["category"]]).value_counts().sort("category")
    covered = missing.filter(pl.col("category").is_in(categories["category"].implode()))
    held = _held(covered, rows)
    ends = covered.filter(~pl.col(AT).is_in(held[AT].implode())) if whole else missing.clear()
    starts = _suspected(good.filter(pl.col(AT).is_null()), good, force)
    suspected = rows.join(starts.select(ROW, "suspicion"), on=ROW, how="left", maintain_order="left")
    stay = ~(_at(force, ends[AT]) | _at(force, stays[AT]))
    return Compared(
        rows=suspected.with_columns(pl.col("suspicion").fill_null(0)),
        recognised=untouched,
        again=again,
        by_category=dict(categories.iter_rows()),
        starts=starts,
        ends=ends,
        force=pl.concat([force.select(*IN_FORCE).filter(stay), good.select(*IN_FORCE)]),
        unchanged=stays.height + recognised.height,
        updated=updated,
        held=held.height if whole else 0,
        changed=starts.join(ends, on=KEY, how="semi")[KEY].n_unique(),
    )


def _at(force: pl.DataFrame, places: pl.Series) -> pl.Series:
    """Of each in force whether it is at one of the places."""
    return pl.repeat(False, force.height, dtype=pl.Boolean, eager=True).scatter(places, True)


def _other_names(rows: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    """One ID number under two names: the one in force is right; where nobody is in force, nobody can say which is."""
    before = force.filter(pl.col(KEY).is_in(rows[KEY].implode())).select(KEY, pl.col("name").alias("named"))
    known = rows.join(before.unique(KEY, keep="any"), on=KEY, how="left", maintain_order="left")
    good = rows.filter(pl.col(MASK) == 0).select(KEY, "name")
    twice = good.filter(pl.col(KEY).is_duplicated()).unique().filter(pl.col(KEY).is_duplicated())[KEY].unique()
    unsure = pl.col("named").is_null() & pl.col(KEY).is_in(twice.implode()).fill_null(False)
    wrong = (pl.col(MASK) == 0) & ((pl.col("named") != pl.col("name")).fill_null(False) | unsure)
    mask = pl.when(wrong).then(bit("id-other-name")).otherwise(MASK).alias(MASK)
    return known.with_columns(mask).drop("named")


def _again(rows: pl.DataFrame, recognised: pl.DataFrame) -> pl.Series:
    """Of the good rows about one person and category the first stays; the rule is the row's number, nothing else."""
    good = pl.concat([rows.filter(pl.col(MASK) == 0).select(ROW, PAIR), recognised.select(ROW, PAIR)]).sort(ROW)
    return good.filter(~pl.col(PAIR).is_first_distinct())[ROW]


def _held(missing: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Nobody loses a right by a slip of the pen: whoever a returned row names, by number or by name, stays until it is corrected."""
    returned = rows.filter((pl.col(MASK) != 0) & (pl.col(MASK) != bit("duplicate-in-batch")))
    numbers = returned[KEY].drop_nulls()
    names = returned.filter(pl.col(KEY).is_null())["name"].drop_nulls()
    return missing.filter(pl.col(KEY).is_in(numbers.implode()) | pl.col("name").is_in(names.implode()))


def _suspected(starts: pl.DataFrame, good: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    """Whoever comes and has the name and birth date of another number, on the roster or in force."""
    born = (pl.col(KEY) // 1000 % 100_000_000).alias("born")
    if starts.is_empty():
        return starts.with_columns(pl.lit(0, pl.Int64).alias("suspicion"))
    named = pl.col("name").is_in(starts["name"].unique().implode())
    known = pl.concat([one.select(KEY, "name").filter(named) for one in (good, force)])
    known = known.with_columns(born).unique([KEY, "name"])
    alike = known.filter(pl.struct("name", "born").is_duplicated())[KEY]
    suspicion = pl.when(pl.col(KEY).is_in(alike.implode())).then(bit("same-name-birth-other-id")).otherwise(0)
    return starts.with_columns(suspicion.cast(pl.Int64).alias("suspicion"))
