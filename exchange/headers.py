"""The header of a table: found below titles by the names of the columns, each of which gets its place.

Two columns may be called alike (附件2 and 附件3 say 身份证号码 of the head and of the member): each belongs to the column that
it stands behind. A column may lie over two, 年 and 月 below 动态调整时间.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange.columns import Column, plain_header
from exchange.rows import Sheet, SheetRow
from exchange.troubles import TableTrouble

HEADER_WITHIN = 20
"""Rows, blank ones left out, among which the header is looked for: titles and units stand above it."""


@dataclass(frozen=True)
class Header:
    """`at`: which row of the sheet; `found`: where each column was found, once or more; `parts`: of those over two."""

    at: int
    found: Mapping[str, Sequence[int]]
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lines: int = 1
    """Two where a second line says 年 and 月."""

    def missing(self, columns: Sequence[Column]) -> list[str]:
        return [column.label for column in columns if column.required and column.name not in self.found]

    @property
    def places(self) -> dict[str, int]:
        return {name: found[0] for name, found in self.found.items()}


def find_header(sheet: Sheet, columns: Sequence[Column]) -> Header:
    """The row in which most of the columns are called by their names; the first of several."""
    rows = sheet.rows[:HEADER_WITHIN]
    candidates = [Header(at, called(row, columns)) for at, row in enumerate(rows)]
    best = max(candidates, key=lambda header: len(header.found), default=Header(0, {}))
    return _with_parts(sheet, best, columns) if best.found else best


def called(row: SheetRow, columns: Sequence[Column]) -> dict[str, list[int]]:
    """Where the row says the name of which column."""
    found: dict[str, list[int]] = {}
    seen: list[str] = []
    for place, cell in enumerate(row.cells):
        if not isinstance(cell, str):
            continue
        meant = _meant([column for column in columns if column.is_called(cell)], seen)
        for column in meant:
            found.setdefault(column.name, []).append(place)
            seen.append(column.name)
    return found


def _meant(alike: list[Column], seen: Sequence[str]) -> list[Column]:
    """Of several columns called alike the one whose neighbour was passed last; behind none of them the one that must be there."""
    if len(alike) < 2 or not any(column.after for column in alike):
        return alike
    latest = {name: at for at, name in enumerate(seen)}
    return [max(alike, key=lambda column: (latest.get(column.after, -1), column.required))]


def what_is_missing(headers: Sequence[Header], columns: Sequence[Column]) -> TableTrouble:
    best = max(headers, key=lambda header: len(header.found), default=None)
    if best is None or len(best.found) < 2:
        return TableTrouble("no-header", columns="、".join(column.label for column in columns if column.required))
    return TableTrouble("missing-columns", columns="、".join(best.missing(columns)))


def demand_single(header: Header, columns: Sequence[Column]) -> None:
    """Raises TableTrouble where a column stands twice."""
    doubled = [column.label for column in columns if len(header.found.get(column.name, ())) > 1]
    if doubled:
        raise TableTrouble("doubled-columns", columns="、".join(doubled))


def _with_parts(sheet: Sheet, header: Header, columns: Sequence[Column]) -> Header:
    """Parts stand in the line below the header, or in the header's own line behind the common name."""
    own = sheet.rows[header.at]
    below = sheet.rows[header.at + 1] if header.at + 1 < len(sheet.rows) else None
    parts: dict[str, tuple[int, ...]] = {}
    lines = 1
    for column in columns:
        if column.name not in header.found or not column.parts:
            continue
        place = header.found[column.name][0]
        if below is not None and (under := _parts(below, place, column)):
            parts[column.name], lines = under, 2
        elif beside := _parts(own, place + 1, column):
            parts[column.name] = beside
    return Header(header.at, header.found, parts, lines)


def _parts(row: SheetRow, place: int, column: Column) -> tuple[int, ...]:
    """Where the parts stand, in the order in which they are read; empty unless all are there, side by side."""
    span = {plain_header(str(row.cell(at) or "")): at for at in range(place, place + len(column.parts))}
    return tuple(span[part] for part in column.parts) if all(part in span for part in column.parts) else ()
