"""错误回执: the office's own sheet, with its titles and columns, holding only the rows that were returned and why.

Corrected, it is handed in as it is: the added column is none of ours and is passed over.
"""

from collections.abc import Mapping
from datetime import date, datetime, time

from xlsxwriter.worksheet import Worksheet

from exchange.columns import Cell, Formula
from exchange.readers import LOSSLESS
from exchange.tables import SheetRow, Table
from exchange.workbook import Book

REASON = "错误原因"
SHEET = "错误回执"
WIDTH, REASON_WIDTH = 18, 60


def receipt(table: Table, reasons: Mapping[int, str]) -> bytes:
    """The sheet as xlsx. `reasons` by the numbers of the returned rows, in the words of the office."""
    book = Book()
    sheet = book.sheet(SHEET)
    places = _places(table)
    sheet.set_column(0, len(places) - 1, WIDTH, book.text)
    sheet.set_column(len(places), len(places), REASON_WIDTH)
    for line, title in enumerate(table.titles):
        _write(book, sheet, line, title, places)
    top = len(table.titles)
    for column, place in enumerate(places):
        sheet.write_string(top, column, str(table.header.cell(place) or ""), book.header)
    sheet.write_string(top, len(places), REASON, book.header)
    sheet.freeze_panes(top + 1, 0)
    returned = [row for row in table.rows if row.number in reasons]
    for line, row in enumerate(returned, start=top + 1):
        _write(book, sheet, line, row, places)
        sheet.write_string(line, len(places), reasons[row.number], book.reason)
    return book.done()


def _places(table: Table) -> list[int]:
    """The columns of the sheet; a receipt that was handed in again has the added one already."""
    width = max(len(row.cells) for row in (table.header, *table.rows))
    return [place for place in range(width) if table.header.cell(place) != REASON]


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
