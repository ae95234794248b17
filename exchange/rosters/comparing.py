"""A checked roster beside what was in force before: who comes, who goes, who changes category, and what rows say of each other.

`force` 在册: the frame of those in force, one row for each person and category: `key`, `category`, `name`, the attributes
and the line of text that said so.
A category is covered by a roster when it occurs in it; the others stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from exchange.rosters.checks import KEY, MASK
from exchange.rosters.columns import ATTRIBUTES
from exchange.rosters.raw import LINE, ROW
from exchange.rosters.reasons import bit
from exchange.rosters.recognising import AT, CATEGORIES, CODES, PAIR, pair
from exchange.rosters.several import PERSONS, ROWS, counted, roster_of_row
from exchange.rosters.snapshot import IN_FORCE

_group_of_pair = pl.col(PAIR) // (PERSONS * CATEGORIES) * CATEGORIES + pl.col(PAIR) % CATEGORIES
"""Roster and category."""


@dataclass(frozen=True)
class Compared:
    """What one roster brings, or each of several in one pass (`several.py`): counts are told for each of them.

    `rows`: those that were looked at, with their last `mask`; `recognised`: those that were not. `again`: the numbers of the
    rows of both kinds that repeat an earlier one.

    `starts`: rows that come, `ends`: those in force that go. `held`: in force and not on the roster, but kept, because a row
    that went back may be about them. `changed`: persons who come in one category and go in another. `gone`: the places of
    those in force who go or are said otherwise, `come`: whoever is in force instead of them.
    """

    rows: pl.DataFrame
    recognised: Sequence[int]
    again: pl.Series
    by_category: Sequence[dict[str, int]]
    starts: pl.DataFrame
    ends: pl.DataFrame
    gone: pl.Series
    come: pl.DataFrame
    unchanged: Sequence[int]
    updated: Sequence[int]
    held: Sequence[int]
    changed: Sequence[int]


def numbered(force: pl.DataFrame, roster: int = 0, first: int = 0) -> pl.DataFrame:
    """With `pair`, and `at`, the place of each row, as the persons of one of several rosters."""
    moved = force.with_columns(pl.col(KEY) + roster * PERSONS) if roster else force
    return moved.with_columns(pair).with_row_index(AT, first)


def compare(
    rows: pl.DataFrame,
    lines: pl.DataFrame,
    recognised: pl.DataFrame,
    force: pl.DataFrame,
    *,
    whole: bool,
    rosters: int = 1,
) -> Compared:
    """`rows`: checked ones; `lines` and `recognised`: `row`, `line`, `pair` and `at` of the others, by their lines (`lines.py`)
    and by what they say (`recognising.py`); `force`: numbered.

    `whole`: who is missing goes; else the rows only add, as when rows that went back come again. `rosters`: how many they are.
    """
    untouched = pl.concat([lines[ROW], recognised[ROW]])
    near = near_to(force, lines, rows[KEY])
    rows = _other_names(rows, near).with_columns(pair)
    rows = rows.join(near.select(PAIR, AT), on=PAIR, how="left", maintain_order="left")
    again = _again(rows, lines, recognised)
    if not again.is_empty():
        doubled = (pl.col(MASK) == 0) & pl.col(ROW).is_in(again.implode())
        rows = rows.with_columns(pl.when(doubled).then(bit("duplicate-in-batch")).otherwise(MASK).alias(MASK))
        lines, recognised = (one.filter(~pl.col(ROW).is_in(again.implode())) for one in (lines, recognised))
    good = rows.filter(pl.col(MASK) == 0)
    stays = good.filter(pl.col(AT).is_not_null())
    before = force.select(pl.col(ATTRIBUTES).gather(stays[AT]))
    differs = pl.any_horizontal(pl.lit(stays[one]).ne_missing(pl.lit(before[one])) for one in ATTRIBUTES)
    updated = stays.filter(differs)[ROW]
    listed = _at(force, lines[AT]).scatter(recognised[AT], True)
    missing = near.filter(~(listed.gather(near[AT]) | pl.Series(near[AT]).is_in(stays[AT].implode())))
    listed_now = _by_category(force[PAIR].filter(listed), good[PAIR])
    covered = missing.filter(_group_of_pair.is_in(list(listed_now)))
    held = _held(covered, rows)
    ends = covered.filter(~pl.col(AT).is_in(held[AT].implode())) if whole else missing.clear()
    starts = _suspected(good.filter(pl.col(AT).is_null()), good, force)
    suspected = rows.join(starts.select(ROW, "suspicion"), on=ROW, how="left", maintain_order="left")
    otherwise = _said_otherwise(force, recognised)
    return Compared(
        rows=suspected.with_columns(pl.col("suspicion").fill_null(0)),
        recognised=counted(untouched, ROWS, rosters),
        again=again,
        by_category=_of_each(listed_now, rosters),
        starts=starts,
        ends=ends,
        gone=pl.concat([ends[AT], stays[AT], otherwise[AT]]),
        come=pl.concat([otherwise.select(*IN_FORCE), good.select(*IN_FORCE)]),
        unchanged=counted(pl.concat([stays[ROW], lines[ROW], recognised[ROW]]), ROWS, rosters),
        updated=counted(updated, ROWS, rosters),
        held=counted(held[KEY], PERSONS, rosters) if whole else [0] * rosters,
        changed=counted(starts.join(ends, on=KEY, how="semi")[KEY].unique(), PERSONS, rosters),
    )


def near_to(force: pl.DataFrame, lines: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    """Of those in force whoever is on no recognised line, and whomever the other rows name: nobody else has to be looked at."""
    if lines.is_empty():
        return force
    return force.filter(~_at(force, lines[AT]) | pl.col(KEY).is_in(keys.implode()).fill_null(False))


def _by_category(listed: pl.Series, good: pl.Series) -> dict[int, int]:
    """How many of the pairs are of each roster and category."""
    return dict(pl.concat([listed, good]).to_frame(PAIR).group_by(_group_of_pair).len().iter_rows())


def _of_each(listed: Mapping[int, int], rosters: int) -> list[dict[str, int]]:
    """The same by the code of the category."""
    found: list[dict[str, int]] = [{} for _roster in range(rosters)]
    for code, group in sorted((CODES[group % CATEGORIES], group) for group in listed):
        found[group // CATEGORIES][code] = listed[group]
    return found


def _said_otherwise(force: pl.DataFrame, recognised: pl.DataFrame) -> pl.DataFrame:
    """Those in force of whom another line says the same, with that line."""
    other = recognised.filter(pl.lit(force[LINE].gather(recognised[AT])).ne_missing(pl.col(LINE)))
    return force.select(pl.all().gather(other[AT])).with_columns(other[LINE])


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


def _again(rows: pl.DataFrame, lines: pl.DataFrame, recognised: pl.DataFrame) -> pl.Series:
    """Of the good rows about one person and category the first stays; the rule is the row's number, nothing else."""
    looked_at = pl.concat([rows.filter(pl.col(MASK) == 0).select(ROW, PAIR), recognised.select(ROW, PAIR)])
    repeated = pl.col(PAIR).is_in(looked_at[PAIR].implode()) | pl.col(AT).is_duplicated()
    good = pl.concat([looked_at, lines.filter(repeated).select(ROW, PAIR)]).sort(ROW)
    return good.filter(~pl.col(PAIR).is_first_distinct())[ROW]


def _held(missing: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Nobody loses a right by a slip of the pen: whoever a returned row names, by number or by name, stays until it is corrected."""
    returned = rows.filter((pl.col(MASK) != 0) & (pl.col(MASK) != bit("duplicate-in-batch")))
    numbers = returned[KEY].drop_nulls()
    unnumbered = returned.filter(pl.col(KEY).is_null() & pl.col("name").is_not_null())
    names = unnumbered.select("name", roster_of_row.alias("roster"))
    named = missing.select(AT, "name", (pl.col(KEY) // PERSONS).alias("roster"))
    named = named.join(names, on=["name", "roster"], how="semi")
    return missing.filter(pl.col(KEY).is_in(numbers.implode()) | pl.col(AT).is_in(named[AT].implode()))


def _suspected(starts: pl.DataFrame, good: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    """Whoever comes and has the name and birth date of another number, on the roster or in force."""
    born = (pl.col(KEY) // PERSONS * 100_000_000 + pl.col(KEY) // 1000 % 100_000_000).alias("born")
    if starts.is_empty():
        return starts.with_columns(pl.lit(0, pl.Int64).alias("suspicion"))
    named = pl.col("name").is_in(starts["name"].unique().implode())
    in_force = force.filter(born.is_in(starts.select(born).to_series().unique().implode()))
    known = pl.concat([one.select(KEY, "name").filter(named) for one in (good, in_force)])
    known = known.with_columns(born).unique([KEY, "name"])
    alike = known.filter(pl.struct("name", "born").is_duplicated())[KEY]
    suspicion = pl.when(pl.col(KEY).is_in(alike.implode())).then(bit("same-name-birth-other-id")).otherwise(0)
    return starts.with_columns(suspicion.cast(pl.Int64).alias("suspicion"))
