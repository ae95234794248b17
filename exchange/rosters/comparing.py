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

IN_FORCE = {
    KEY: pl.Int64,
    "category": pl.String,
    "name": pl.String,
    **dict.fromkeys(ATTRIBUTES, pl.String),
}
PAIR = (KEY, "category")
NOBODY = pl.DataFrame(schema=IN_FORCE)


@dataclass(frozen=True)
class Compared:
    """`rows`: every row with its last `mask`. `starts`: rows that come, `ends`: those in force that go.

    `held`: in force and not on the roster, but kept, because a row that went back may be about them. `changed`: persons who
    come in one category and go in another.
    """

    rows: pl.DataFrame
    starts: pl.DataFrame
    ends: pl.DataFrame
    force: pl.DataFrame
    unchanged: int
    updated: int
    held: int
    changed: int


def compare(rows: pl.DataFrame, force: pl.DataFrame, *, whole: bool) -> Compared:
    """`whole`: who is missing goes; else the rows only add, as when rows that went back come again."""
    rows = _other_names(rows, force)
    rows = _duplicates(rows)
    good = rows.filter(pl.col(MASK) == 0)
    starts = good.join(force, on=PAIR, how="anti")
    stays = good.join(force, on=PAIR, how="inner", suffix="_before")
    updated = stays.filter(pl.any_horizontal(pl.col(one).ne_missing(pl.col(f"{one}_before")) for one in ATTRIBUTES))
    missing = force.filter(pl.col("category").is_in(good["category"].unique())).join(good, on=PAIR, how="anti")
    held = _held(missing, rows)
    ends = missing.join(held, on=PAIR, how="anti") if whole else missing.clear()
    starts = _suspected(starts, good, force)
    rows = rows.join(starts.select(ROW, "suspicion"), on=ROW, how="left", maintain_order="left")
    after = pl.concat([good.select(*IN_FORCE), force.join(good, on=PAIR, how="anti").join(ends, on=PAIR, how="anti")])
    return Compared(
        rows=rows.with_columns(pl.col("suspicion").fill_null(0)),
        starts=starts,
        ends=ends,
        force=after,
        unchanged=stays.height,
        updated=updated.height,
        held=held.height if whole else 0,
        changed=starts.join(ends, on=KEY, how="semi")[KEY].n_unique(),
    )


def _other_names(rows: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    """One ID number under two names, in the roster or beside what is in force: nobody can say which is right."""
    good = rows.filter(pl.col(MASK) == 0).select(KEY, "name")
    named = pl.concat([good, force.select(KEY, "name")]).unique()
    twice = named.filter(pl.col(KEY).is_duplicated()).select(KEY).unique()
    if twice.is_empty():
        return rows
    wrong = (pl.col(MASK) == 0) & pl.col(KEY).is_in(twice[KEY]).fill_null(False)
    before = force.filter(pl.col(KEY).is_in(twice[KEY])).select(KEY, pl.col("name").alias("named")).unique()
    known = rows.join(before, on=KEY, how="left", maintain_order="left")
    as_before = (pl.col("named") == pl.col("name")).fill_null(False)
    return known.with_columns(pl.when(wrong & ~as_before).then(bit("id-other-name")).otherwise(MASK).alias(MASK)).drop(
        "named"
    )


def _duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the good rows about one person and category the first stays; the rule is the row's number, nothing else."""
    good = rows.filter(pl.col(MASK) == 0)
    again = good.filter(~pl.struct(*PAIR).is_first_distinct())[ROW]
    if again.is_empty():
        return rows
    wrong = pl.col(ROW).is_in(again)
    return rows.with_columns(pl.when(wrong).then(bit("duplicate-in-batch")).otherwise(MASK).alias(MASK))


def _held(missing: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Nobody loses a right by a slip of the pen: whoever a returned row names, by number or by name, stays until it is corrected."""
    returned = rows.filter((pl.col(MASK) != 0) & (pl.col(MASK) != bit("duplicate-in-batch")))
    numbers = returned[KEY].drop_nulls()
    names = returned.filter(pl.col(KEY).is_null())["name"].drop_nulls()
    return missing.filter(pl.col(KEY).is_in(numbers) | pl.col("name").is_in(names))


def _suspected(starts: pl.DataFrame, good: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    """Whoever comes and has the name and birth date of another number, on the roster or in force."""
    born = (pl.col(KEY) // 1000 % 100_000_000).alias("born")
    if starts.is_empty():
        return starts.with_columns(pl.lit(0, pl.Int64).alias("suspicion"))
    known = pl.concat([good.select(KEY, "name"), force.select(KEY, "name")])
    known = known.join(starts, on="name", how="semi").with_columns(born).unique([KEY, "name"])
    alike = known.filter(pl.struct("name", "born").is_duplicated())[KEY]
    suspicion = pl.when(pl.col(KEY).is_in(alike)).then(bit("same-name-birth-other-id")).otherwise(0)
    return starts.with_columns(suspicion.cast(pl.Int64).alias("suspicion"))
