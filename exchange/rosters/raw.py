"""A roster as it was typed: one column of text for each of ours, and for each row the number that the office sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from exchange.columns import Cell, plain_header
from exchange.headers import HEADER_WITHIN, demand_single, find_header, what_is_missing
from exchange.heads import Head, head_of
from exchange.marks import Mark
from exchange.rosters.columns import COLUMNS, NAME, NUMBER
from exchange.rows import Sheet, SheetRow, is_note
from exchange.tables import ORIGIN
from exchange.troubles import TableTrouble

ROW = "row"
FIRST = "first"
"""What stands in the first column of the sheet, whatever it is: a note below the list begins there."""
CORRECTS = "origin"
"""Of a corrected receipt: the row of which upload a line stands for."""
LINE = "line"
"""What a line of text is recognised by (`lines.py`); null for a row that takes something from the one above it."""
SHORTEST = 15
"""Characters of an ID number, as it was before 1999: a row with fewer may be a note or a total."""
FORMULA = "="
"""What stands for a cell that holds a formula."""
AS_NUMBER = "\x00number"
"""What stands for a number that may have lost digits."""
_NAMES = tuple(column.name for column in COLUMNS)


class Scattered(Exception):
    """Rows take something from the ones above them, which are not there."""


@dataclass(frozen=True)
class Found:
    """The header: the number of its row, where the columns stand, and what stands above it."""

    number: int
    places: Mapping[str, int]
    head: Head


@dataclass(frozen=True)
class Raw:
    """`frame`: `row`, `line` and every column of ours as text, empty cells null; without blank rows, notes and repeated headers."""

    frame: pl.DataFrame
    head: Head
    sheet: int = 1
    mark: Mark | None = None
    """What the hidden page of our own sheets says."""
    notes: Sequence[SheetRow] = ()
    """What stands below the list."""


def find_places(rows: Sequence[Sequence[Cell]]) -> Found:
    """The header among the first rows of a sheet. Raises TableTrouble that says what is missing or doubled."""
    filled = []
    for at, cells in enumerate(rows, start=1):
        if any(map(_filled, cells)):
            filled.append(SheetRow(at, tuple(cells)))
        if len(filled) > HEADER_WITHIN or _names_both(cells):
            break  # what stands below need not be looked at
    sheet = Sheet(tuple(filled))
    header = find_header(sheet, COLUMNS)
    if header.missing(COLUMNS):
        raise what_is_missing([header], COLUMNS)
    demand_single(header, COLUMNS)
    above = [row.cells for row in sheet.rows[: header.at]]
    row = sheet.rows[header.at]
    places = {**header.places, CORRECTS: row.cells.index(ORIGIN)} if ORIGIN in row.cells else header.places
    return Found(row.number, places, head_of(above))


def series(cells: Sequence[str | None], name: str) -> pl.Series:
    return pl.Series(name, cells, dtype=pl.String)


def raw(
    columns: Mapping[str, pl.Series],
    found: Found,
    lines: pl.DataFrame | None = None,
    *,
    most: int,
    apart: bool = False,
) -> Raw:
    """`columns`: those of ours that the table has, and `first`. `lines`: `row` and `line` of each, where it has lines.

    `apart`: they are only some of the table's. Raises TableTrouble when it is too long, and Scattered.
    """
    rows = lines if lines is not None else below(found, len(columns[FIRST]))
    frame = rows.select(ROW, LINE).hstack([column.alias(name) for name, column in columns.items()])
    frame = frame.with_columns(pl.col(name).str.strip_chars() for name in columns)
    frame = frame.with_columns(pl.when(pl.col(name).str.len_bytes() > 0).then(pl.col(name)) for name in columns)
    ours = [name for name in columns if name in _NAMES]
    frame = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns))
    block = (frame[ROW].diff() != 1).fill_null(True).cum_sum().alias("block")
    frame = frame.with_columns(block).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in ours))
    frame, notes = _without_notes(frame, ours)
    frame = _carried(frame, ours, apart=apart)
    absent = [pl.lit(None, pl.String).alias(name) for name in (*_NAMES, CORRECTS) if name not in columns]
    frame = frame.with_columns(absent).select(ROW, LINE, *_NAMES, CORRECTS)
    if frame.height > most:
        raise TableTrouble("too-many-rows", rows=most)
    return Raw(frame, with_notes(found.head, notes), notes=notes)


def with_notes(head: Head, notes: Sequence[SheetRow]) -> Head:
    """With the day below the list, where none stands above it."""
    return replace(head, day=head.day or head_of([], [row.cells for row in notes]).day)


def below(found: Found, height: int) -> pl.DataFrame:
    """`row` of each below the header; none is recognised."""
    first = found.number + 1
    return pl.select(
        pl.int_range(first, first + height, dtype=pl.Int32).alias(ROW), pl.lit(None, pl.UInt64).alias(LINE)
    )


def _without_notes(frame: pl.DataFrame, ours: Sequence[str]) -> tuple[pl.DataFrame, Sequence[SheetRow]]:
    """Without headers that stand again on every page, and without what stands below the list."""
    repeated = pl.col(NAME).is_in(_headers(NAME)) & pl.col(NUMBER).is_in(_headers(NUMBER))
    frame = frame.filter(~repeated.fill_null(False))
    short = pl.col(NUMBER).str.len_chars().fill_null(0) < SHORTEST
    doubtful = frame.filter(pl.col(NAME).is_null() | short).select(ROW, FIRST, *ours)
    needed = [1 + ours.index(NAME), 1 + ours.index(NUMBER)]
    notes = [
        row
        for row in (SheetRow(number, tuple(cells)) for number, *cells in doubtful.iter_rows())
        if is_note(row, needed)
    ]
    return frame.filter(~pl.col(ROW).is_in([row.number for row in notes])), notes


def _carried(frame: pl.DataFrame, ours: Sequence[str], *, apart: bool) -> pl.DataFrame:
    """The first line of a household speaks for those below it, but not across a blank line."""
    carrying = {}
    for column in COLUMNS:
        group = [name for name in column.carried_with if name in ours]
        if column.name in group:
            blank = pl.all_horizontal(pl.col(name).is_null() for name in group)
            line = pl.when(~blank).then("place").forward_fill().over("block")
            carrying[column.name] = (blank, line)
    told = (
        frame.select(
            *(blank.any().alias(f"{name} blank") for name, (blank, _line) in carrying.items()),
        ).row(0)
        if carrying
        else ()
    )
    taken = [name for name, blank in zip(carrying, told, strict=True) if blank]
    if not taken:
        return frame
    if apart:
        raise Scattered
    alone = pl.when(~pl.any_horizontal(carrying[name][0] for name in taken)).then(pl.col(LINE)).alias(LINE)
    placed = frame.with_row_index("place")  # among all rows: counted within a block it would be another row
    return placed.with_columns(*(pl.col(name).gather(carrying[name][1]) for name in taken), alone)


@cache
def _headers(name: str) -> list[str]:
    column = next(column for column in COLUMNS if column.name == name)
    return sorted({header for called in (column.label, *column.aliases) for header in (called, plain_header(called))})


def _names_both(cells: Sequence[Cell]) -> bool:
    plain = {plain_header(cell) for cell in cells if isinstance(cell, str)}
    return not plain.isdisjoint(_headers(NAME)) and not plain.isdisjoint(_headers(NUMBER))


def _filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None
