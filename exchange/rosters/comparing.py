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
from policy.terms import Category

IN_FORCE = {
    KEY: pl.Int64,
    "category": pl.String,
    "name": pl.String,
    **dict.fromkeys(ATTRIBUTES, pl.String),
}
PAIR = (KEY, "category")
_PAIR = (pl.col(KEY) * 32 + pl.col("category").cast(pl.Enum([one.value for one in Category])).to_physical()).alias(
    "pair"
)
"""Person and category as one number: what is compared."""
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
    force = force.with_columns(_PAIR)
    rows = _duplicates(_other_names(rows, force).with_columns(_PAIR))
    good = rows.filter(pl.col(MASK) == 0)
    stays = good.select("pair", *ATTRIBUTES).join(force.select("pair", *ATTRIBUTES), on="pair", suffix="_before")
    differs = [pl.col(one).ne_missing(pl.col(f"{one}_before")) for one in ATTRIBUTES]
    updated = stays.select(pl.any_horizontal(differs).sum())
    missing = force.join(good, on="pair", how="anti")
    covered = missing.filter(pl.col("category").is_in(good["category"].unique().implode()))
    held = _held(covered, rows)
    ends = covered.join(held, on="pair", how="anti") if whole else missing.clear()
    starts = _suspected(good.join(force, on="pair", how="anti"), good, force)
    suspected = rows.join(starts.select(ROW, "suspicion"), on=ROW, how="left", maintain_order="left")
    after = pl.concat([good.select(*IN_FORCE), missing.join(ends, on="pair", how="anti").select(*IN_FORCE)])
    return Compared(
        rows=suspected.with_columns(pl.col("suspicion").fill_null(0)),
        starts=starts,
        ends=ends,
        force=after,
        unchanged=stays.height,
        updated=updated.item(),
        held=held.height if whole else 0,
        changed=starts.join(ends, on=KEY, how="semi")[KEY].n_unique(),
    )


def _other_names(rows: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    """One ID number under two names: the one in force is right; where nobody is in force, nobody can say which is."""
    before = force.select(KEY, pl.col("name").alias("named")).unique(KEY, keep="any")
    known = rows.join(before, on=KEY, how="left", maintain_order="left")
    good = rows.filter(pl.col(MASK) == 0).select(KEY, "name")
    twice = good.filter(pl.col(KEY).is_duplicated()).unique().filter(pl.col(KEY).is_duplicated())[KEY].unique()
    unsure = pl.col("named").is_null() & pl.col(KEY).is_in(twice.implode()).fill_null(False)
    wrong = (pl.col(MASK) == 0) & ((pl.col("named") != pl.col("name")).fill_null(False) | unsure)
    mask = pl.when(wrong).then(bit("id-other-name")).otherwise(MASK).alias(MASK)
    return known.with_columns(mask).drop("named")


def _duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the good rows about one person and category the first stays; the rule is the row's number, nothing else."""
    good = rows.filter(pl.col(MASK) == 0).select(ROW, "pair")
    again = good.filter(~pl.col("pair").is_first_distinct())[ROW]
    if again.is_empty():
        return rows
    wrong = pl.col(ROW).is_in(again.implode())
    return rows.with_columns(pl.when(wrong).then(bit("duplicate-in-batch")).otherwise(MASK).alias(MASK))


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
    known = pl.concat([good.select(KEY, "name"), force.select(KEY, "name")])
    known = known.join(starts, on="name", how="semi").with_columns(born).unique([KEY, "name"])
    alike = known.filter(pl.struct("name", "born").is_duplicated())[KEY]
    suspicion = pl.when(pl.col(KEY).is_in(alike.implode())).then(bit("same-name-birth-other-id")).otherwise(0)
    return starts.with_columns(suspicion.cast(pl.Int64).alias("suspicion"))
