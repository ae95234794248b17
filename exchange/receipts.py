"""错误回执: the office's own sheets, with their titles and columns, holding only the rows that were returned and why.

Corrected, it is handed in as it is: the added columns are none of ours, except 原行号, which says which row a line stands
for, and a hidden page that says of which batch.
"""

from collections.abc import Mapping
from datetime import date, datetime, time

from xlsxwriter.worksheet import Worksheet

from exchange.columns import Cell, Formula
from exchange.marks import Mark, write_mark
from exchange.readers import LOSSLESS
from exchange.rows import SheetRow
from exchange.tables import ORIGIN, Table, Tables
from exchange.workbook import Book
from policy.row_origin import Origin

REASON = "错误原因"
SHEET = "错误回执"
WIDTH, REASON_WIDTH, ORIGIN_WIDTH = 18, 60, 8

Returned = Mapping[tuple[int, int], tuple[str, Origin]]
"""By sheet and number of the row: why, in the words of the office, and where it first stood."""


def receipt(tables: Tables, returned: Returned, mark: Mark) -> bytes:
    """The sheets as xlsx, those without a returned row left out."""
    book = Book()
    kept = [table for table in tables.sheets if any(row.key in returned for row in table.rows)]
    for table in kept:
        _write_sheet(book, table, returned, SHEET if len(kept) == 1 else f"{SHEET}{table.sheet}")
    write_mark(book, mark)
    return book.done()


def _write_sheet(book: Book, table: Table, returned: Returned, name: str) -> None:
    sheet = book.sheet(name)
    places = _places(table)
    origin, reason = len(places), len(places) + 1
    sheet.set_column(0, len(places) - 1, WIDTH, book.text)
    sheet.set_column(reason, reason, REASON_WIDTH)
    sheet.set_column(origin, origin, ORIGIN_WIDTH, book.text)
    for line, title in enumerate(table.titles):
        _write(book, sheet, line, title, places)
    top = len(table.titles)
    for column, place in enumerate(places):
        sheet.write_string(top, column, str(table.header.cell(place) or ""), book.header)
    sheet.write_string(top, reason, REASON, book.header)
    sheet.write_string(top, origin, ORIGIN, book.header)
    if table.subheader is not None:
        top += 1
        _write(book, sheet, top, table.subheader, places)
    sheet.freeze_panes(top + 1, 0)
    rows = [row for row in table.rows if row.key in returned]
    for line, row in enumerate(rows, start=top + 1):
        _write(book, sheet, line, row, places)
        why, first = returned[row.key]
        sheet.write_string(line, reason, why, book.reason)
        sheet.write_string(line, origin, first.short, book.text)


def _places(table: Table) -> list[int]:
    """The columns of the sheet; a receipt that was handed in again has the added ones already."""
    width = max(len(row.cells) for row in (table.header, *table.rows))
    return [place for place in range(width) if table.header.cell(place) not in (REASON, ORIGIN)]


def _write(book: Book, sheet: Worksheet, line: int, row: SheetRow, places: list[int]) -> None:
    for column, place in enumerate(places):
        _write_cell(book, sheet, line, column, row.cell(place))


def _write_cell(book: Book, sheet: Worksheet, line: int, column: int, cell: Cell) -> None:
    match cell:
        case None | Formula():
            sheet.write_blank(line, column, None, book.text)
        case str():
            sheet.write_string(line, column, cell, book.text)
        case bool():
            sheet.write_boolean(line, column, cell)
        case int() | float():
            if abs(cell) >= LOSSLESS:  # its last digits are gone: what is left must be typed again, not corrected
                sheet.write_blank(line, column, None, book.text)
            else:
                sheet.write_number(line, column, cell)
        case date():
            sheet.write_datetime(line, column, datetime.combine(cell, time()), book.day)
