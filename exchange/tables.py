"""The tables in a file: their header rows found below titles, their columns by their names, their rows by their numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from exchange.certificates import Certificate, certificate_of
from exchange.columns import Cell, Column, plain_header
from exchange.headers import Header, demand_single, find_header, what_is_missing
from exchange.heads import PLAIN, Head, head_of
from exchange.rows import Sheet, SheetRow, is_note
from exchange.troubles import TableTrouble

LINES_OF_A_PAPER = 60
"""Of a sheet that holds no table: further down is no certificate."""
ORIGIN = "原行号"
"""The column of a 错误回执 that says which row of which upload a line stands for."""


@dataclass(frozen=True)
class Table:
    """One sheet's. `places`: where each column stands; one that is not required may be missing.

    `titles` are the rows above the header, `notes` those below that are no data; a blank cell that the line above speaks
    for (a household's township and head) is filled in.
    """

    titles: tuple[SheetRow, ...]
    header: SheetRow
    places: Mapping[str, int]
    rows: tuple[SheetRow, ...]
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    subheader: SheetRow | None = None
    notes: tuple[SheetRow, ...] = ()
    passed_over: tuple[int, ...] = ()
    """The numbers of all lines that hold something and were taken for no data: titles, headers, notes."""
    sheet: int = 1
    head: Head = PLAIN

    def cell(self, row: SheetRow, column: str) -> Cell:
        """The cell of a column; None where the table has no such column. Of one over two: 2025年3月."""
        if column in self.parts:
            return _joined([row.cell(place) for place in self.parts[column]])
        place = self.places.get(column)
        return None if place is None else row.cell(place)

    def origin(self, row: SheetRow) -> str | None:
        """What a corrected receipt says of where the row came from."""
        place = next((at for at, cell in enumerate(self.header.cells) if cell == ORIGIN), None)
        said = None if place is None else row.cell(place)
        return str(int(said) if isinstance(said, float) else said) if isinstance(said, str | int | float) else None


@dataclass(frozen=True)
class LeftOut:
    """A sheet that is neither a table of the kind nor a certificate."""

    number: int
    name: str
    empty: bool


@dataclass(frozen=True)
class Tables:
    """All that a file holds of its kind, by sheets. `certificates` with the numbers of their sheets."""

    sheets: tuple[Table, ...]
    certificates: tuple[tuple[int, Certificate], ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def certificate(self) -> Certificate | None:
        """Of several the one that is ticked as the tables are, else the first."""
        ticked = {word for table in self.sheets for word in table.head.ticked}
        papers = [paper for _, paper in self.certificates]
        return next((paper for paper in papers if set(paper.ticked) == ticked), papers[0] if papers else None)

    def lines(self) -> Iterator[tuple[Table, SheetRow]]:
        for table in self.sheets:
            for row in table.rows:
                yield table, row

    @property
    def count(self) -> int:
        return sum(len(table.rows) for table in self.sheets)


def find_tables(sheets: Sequence[Sheet], columns: Sequence[Column], several: bool = False) -> Tables:
    """Every sheet with these columns. Raises TableTrouble that names what is missing, doubled, hidden or too many."""
    headers = [find_header(sheet, columns) for sheet in sheets]
    whole = [(sheet, header) for sheet, header in zip(sheets, headers, strict=True) if not header.missing(columns)]
    if not whole:
        raise what_is_missing(headers, columns)
    tables = [(sheet, _table(sheet, header, columns)) for sheet, header in whole]
    filled = [(sheet, table) for sheet, table in tables if table.rows]
    if any(sheet.hidden for sheet, _ in filled):
        raise TableTrouble("hidden-table")
    if len(filled) > 1 and not several:
        raise TableTrouble("several-tables")
    if not filled:
        raise TableTrouble("no-rows")
    others = [sheet for sheet in sheets if all(sheet is not one for one, _ in filled)]
    papers = [certificate_of([row.cells for row in sheet.rows[:LINES_OF_A_PAPER]]) for sheet in others]
    beside = list(zip(others, papers, strict=True))
    return Tables(
        tuple(table for _, table in filled),
        tuple((sheet.number, paper) for sheet, paper in beside if paper),
        tuple(LeftOut(sheet.number, sheet.name, not sheet.rows) for sheet, paper in beside if not paper),
    )


def find_table(sheets: Sequence[Sheet], columns: Sequence[Column]) -> Table:
    """The one table with these columns. Raises TableTrouble."""
    return find_tables(sheets, columns).sheets[0]


def _table(sheet: Sheet, header: Header, columns: Sequence[Column]) -> Table:
    demand_single(header, columns)
    below = sheet.rows[header.at + header.lines :]
    data, notes = _parted(below, header, columns)
    passed_over = tuple(row.number for row in sheet.rows if row.number not in data)
    titles = sheet.rows[: header.at]
    return Table(
        titles=titles,
        header=sheet.rows[header.at],
        places=header.places,
        rows=tuple(_carried(below, data, header, columns)),
        parts=header.parts,
        subheader=sheet.rows[header.at + 1] if header.lines == 2 else None,
        notes=notes,
        passed_over=passed_over,
        sheet=sheet.number,
        head=head_of([row.cells for row in titles], [row.cells for row in notes]),
    )


def _parted(
    rows: Sequence[SheetRow], header: Header, columns: Sequence[Column]
) -> tuple[set[int], tuple[SheetRow, ...]]:
    """The numbers of the data rows, and the rows that say something about the list.

    Neither are rows that are empty in every column of ours (a serial number alone), and headers repeated on every page.
    """
    places, ours = header.places, _ours(header)
    needed = [places[column.name] for column in columns if column.required and column.name in places]
    data, notes = set(), []
    for row in rows:
        if is_note(row, needed):
            notes.append(row)
        elif any(row.cell(place) is not None for place in ours) and not _repeats(row, header, columns):
            data.add(row.number)
    return data, tuple(notes)


def _ours(header: Header) -> set[int]:
    return set(header.places.values()) | {place for places in header.parts.values() for place in places}


def _repeats(row: SheetRow, header: Header, columns: Sequence[Column]) -> bool:
    """A header once more, or its second line."""
    filled = [cell for place in sorted(_ours(header)) if (cell := row.cell(place)) is not None]
    parts = {part for column in columns for part in column.parts}
    return len(filled) > 1 and all(_is_heading(cell, columns, parts) for cell in filled)


def _is_heading(cell: Cell, columns: Sequence[Column], parts: set[str]) -> bool:
    return isinstance(cell, str) and (any(column.is_called(cell) for column in columns) or plain_header(cell) in parts)


def _carried(
    below: Sequence[SheetRow], data: set[int], header: Header, columns: Sequence[Column]
) -> Iterator[SheetRow]:
    """The data rows, with what the line above says for a blank cell. Nothing is carried across a blank line."""
    places = header.places
    carrying = [
        (places[column.name], [places[name] for name in column.carried_with if name in places])
        for column in columns
        if column.carried_with and column.name in places
    ]
    above: SheetRow | None = None
    before = -1
    for row in below:
        if row.number != before + 1:
            above = None
        before = row.number
        if row.number in data:
            above = _filled(row, above, carrying)
            yield above


def _filled(row: SheetRow, above: SheetRow | None, carrying: Sequence[tuple[int, Sequence[int]]]) -> SheetRow:
    taken = [place for place, group in carrying if all(row.cell(at) is None for at in group)]
    if above is None or not taken:
        return row
    width = max(len(row.cells), *(place + 1 for place in taken))
    return replace(row, cells=tuple(above.cell(at) if at in taken else row.cell(at) for at in range(width)))


def _joined(cells: Sequence[Cell]) -> Cell:
    """Year and month in two cells; one of them blank is as blank as both, and a formula stays one."""
    strange = next((cell for cell in cells if not isinstance(cell, str | int | float) or isinstance(cell, bool)), "")
    if strange != "":
        return strange
    year, month = (str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in cells)
    return f"{year.removesuffix('年')}年{month.removesuffix('月')}月"
