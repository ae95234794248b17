"""What was found about one roster, or about each of several that were compared in one pass, as plain numbers and texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from exchange.heads import Head
from exchange.rosters.checks import KEY, MASK, number_of
from exchange.rosters.columns import COLUMNS
from exchange.rosters.comparing import Compared
from exchange.rosters.raw import AS_NUMBER, CORRECTS, FORMULA, ROW, Raw
from exchange.rosters.reasons import bit
from exchange.rosters.roster import End, Reconciled, Start, Terms
from exchange.rosters.several import PERSONS, ROWS, counted
from exchange.rosters.snapshot import HELD, Snapshot

_NAMES = tuple(column.name for column in COLUMNS)
T = TypeVar("T")


@dataclass(frozen=True)
class Listed:
    """Of one roster: what was in force before, its terms, and what stands above and below the list."""

    kept: Snapshot
    terms: Terms
    head: Head


def told(found: Compared, roster: Raw, miscounted: Mapping[int, int], of: Sequence[Listed]) -> list[Reconciled]:
    """For each in its order. `miscounted`: rows of households with another size than their rows (`households.py`)."""
    returned = found.rows.filter((pl.col(MASK) != 0) & (pl.col(MASK) != bit("duplicate-in-batch")))
    suspected = found.rows.filter((pl.col("suspicion") != 0) & (pl.col(MASK) == 0)).select(ROW, "suspicion")
    back = dict(returned.select(ROW, MASK).iter_rows())
    origins = dict(found.rows.filter(pl.col(CORRECTS).is_not_null()).select(ROW, CORRECTS).iter_rows())
    doubtful = {**miscounted, **{row: said | miscounted.get(row, 0) for row, said in suspected.iter_rows()}}
    starts, ends = _starts(found, len(of)), _ends(found, len(of))
    rows = counted(found.rows[ROW], ROWS, len(of))
    size = len(of)
    each_again = _of_each(dict.fromkeys(found.again.to_list()), size)
    each_back, each_doubtful = _of_each(back, size), _of_each(doubtful, size)
    each_origins, each_cells = _of_each(origins, size), _of_each(cells(roster, {*back, *origins}), size)
    after = _after(found, of)
    return [
        Reconciled(
            rows=rows[at] + found.recognised[at],
            listed_on=one.head.day,
            sheet=roster.sheet,
            mark=roster.mark,
            returned=each_back[at],
            duplicates=list(each_again[at]),
            suspected=each_doubtful[at],
            origins=each_origins[at],
            starts=starts[at],
            ends=ends[at],
            before=one.kept.people.height,
            unchanged=found.unchanged[at],
            updated=found.updated[at],
            held=found.held[at],
            changed=found.changed[at],
            after=after[at][0],
            by_category=found.by_category[at],
            cells=each_cells[at],
            ticked=one.head.ticked[0] if one.head.ticked else None,
            force=after[at][1],
        )
        for at, one in enumerate(of)
    ]


def cells(roster: Raw, rows: Collection[int]) -> dict[int, dict[str, str]]:
    """What stands in these rows, nothing for a formula and for a number that has lost digits."""
    if not rows:
        return {}
    typed = roster.frame.filter(pl.col(ROW).is_in(list(rows))).select(ROW, *_NAMES)
    return {
        row: {
            name: "" if cell is None or cell in (FORMULA, AS_NUMBER) else cell
            for name, cell in zip(_NAMES, line, strict=True)
        }
        for row, *line in typed.iter_rows()
    }


def _of_each(some: Mapping[int, T], rosters: int) -> list[dict[int, T]]:
    """By the rows as each office sees them."""
    found: list[dict[int, T]] = [{} for _roster in range(rosters)]
    for row, said in some.items():
        found[row // ROWS][row % ROWS] = said
    return found


def _starts(found: Compared, rosters: int) -> list[list[Start]]:
    starts: list[list[Start]] = [[] for _roster in range(rosters)]
    come = found.starts.sort(KEY, ROW).select(ROW, KEY, "name", "category", "since")
    for row, key, *rest in come.iter_rows():
        starts[row // ROWS].append(Start(row % ROWS, number_of(key), *rest))
    return starts


def _ends(found: Compared, rosters: int) -> list[list[End]]:
    ends: list[list[End]] = [[] for _roster in range(rosters)]
    for key, category in found.ends.sort(HELD).select(*HELD).iter_rows():
        ends[key // PERSONS].append(End(number_of(key), category))
    return ends


def _after(found: Compared, of: Sequence[Listed]) -> list[tuple[int, bytes]]:
    """How many are in force then, and who."""
    after, first = [], 0
    for at, one in enumerate(of):
        before = one.kept.people.height
        gone, come = found.gone, found.come
        if len(of) > 1:
            gone = gone.filter(gone.is_between(first, first + before - 1)) - first
            come = come.filter(pl.col(KEY) // PERSONS == at).with_columns(pl.col(KEY) % PERSONS)
        after.append((before - len(gone) + come.height, one.kept.after(gone, come)))
        first += before
    return after
