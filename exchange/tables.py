"""The table in a file: its header row found below titles, its columns by their names, its rows by their numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exchange.columns import Cell, Column
from exchange.troubles import TableTrouble

HEADER_WITHIN = 20
"""Rows, blank ones left out, among which the header is looked for: titles and units stand above it."""


@dataclass(frozen=True)
class SheetRow:
    """`number` as the office sees it beside the row."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else None


@dataclass(frozen=True)
class Sheet:
    """Blank rows are left out."""

    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Table:
    """`places`: where each column stands; one that is not required may be missing. `titles` are the rows above."""

    titles: tuple[SheetRow, ...]
    header: SheetRow
    places: Mapping[str, int]
    rows: tuple[SheetRow, ...]

    def cell(self, row: SheetRow, column: str) -> Cell:
        """The cell of a column; None where the table has no such column."""
        place = self.places.get(column)
        return None if place is None else row.cell(place)


def find_table(sheets: Sequence[Sheet], columns: Sequence[Column]) -> Table:
    """The one table with these columns. Raises TableTrouble that names what is missing, doubled or too many."""
    headers = [_header(sheet, columns) for sheet in sheets]
    whole = [(sheet, header) for sheet, header in zip(sheets, headers, strict=True) if not _missing(header, columns)]
    if not whole:
        raise _what_is_missing(headers, columns)
    tables = [_table(sheet, header, columns) for sheet, header in whole]
    filled = [table for table in tables if table.rows]
    if len(filled) > 1:
        raise TableTrouble("several-tables")
    if not filled:
        raise TableTrouble("no-rows")
    return filled[0]


@dataclass(frozen=True)
class _Header:
    at: int
    found: Mapping[str, Sequence[int]]


def _header(sheet: Sheet, columns: Sequence[Column]) -> _Header:
    """The row in which most of the columns are called by their names; the first of several."""
    rows = sheet.rows[:HEADER_WITHIN]
    candidates = [_Header(at, _called(row, columns)) for at, row in enumerate(rows)]
    return max(candidates, key=lambda header: len(header.found), default=_Header(0, {}))


def _called(row: SheetRow, columns: Sequence[Column]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(row.cells):
        if isinstance(cell, str):
            for column in columns:
                if column.is_called(cell):
                    found.setdefault(column.name, []).append(place)
    return found


def _missing(header: _Header, columns: Sequence[Column]) -> list[str]:
    return [column.label for column in columns if column.required and column.name not in header.found]


def _what_is_missing(headers: Sequence[_Header], columns: Sequence[Column]) -> TableTrouble:
    best = max(headers, key=lambda header: len(header.found), default=None)
    if best is None or len(best.found) < 2:
        return TableTrouble("no-header", columns="、".join(column.label for column in columns if column.required))
    return TableTrouble("missing-columns", columns="、".join(_missing(best, columns)))


def _table(sheet: Sheet, header: _Header, columns: Sequence[Column]) -> Table:
    doubled = [column.label for column in columns if len(header.found.get(column.name, ())) > 1]
    if doubled:
        raise TableTrouble("doubled-columns", columns="、".join(doubled))
    places = {name: found[0] for name, found in header.found.items()}
    below = sheet.rows[header.at + 1 :]
    return Table(
        titles=sheet.rows[: header.at],
        header=sheet.rows[header.at],
        places=places,
        rows=tuple(_data(below, places, columns)),
    )


def _data(rows: Iterable[SheetRow], places: Mapping[str, int], columns: Sequence[Column]) -> Iterator[SheetRow]:
    """Without the rows that are empty in every column of ours (a serial number alone), and without repeated headers."""
    ours = [(column, places[column.name]) for column in columns if column.name in places]
    for row in rows:
        filled = [(column, row.cell(place)) for column, place in ours if row.cell(place) is not None]
        repeated = all(isinstance(cell, str) and column.is_called(cell) for column, cell in filled)
        if filled and not (repeated and len(filled) > 1):
            yield row
