"""From a file's bytes to its sheets: rows with the numbers that the office sees, cells as they were typed.

Runs inside the confined process (`exchange/confined.py`): nothing here trusts what it is given.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    WorksheetNotFound,
)

from exchange.columns import Cell, Formula
from exchange.containers import Container, check_xls, check_xlsx, container_of
from exchange.delimited import csv_rows
from exchange.old_workbook import formulas_by_sheet
from exchange.rows import Sheet, SheetRow
from exchange.troubles import TableTrouble

MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 2_000
"""Characters of a cell that are kept: no column takes more."""

_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*))')
_ANY_FORMULA = re.compile(rb"f(?<=[<:]f)[\s>/]")
"""Found at once, or at once not; most sheets have none, and need not be gone through cell by cell."""
_AS_TEXT = re.compile(r'="([^"]*)"')
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_SHEET = "{http://purl.oclc.org/ooxml/spreadsheetml/main}sheet"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


FormulasOfSheets = Mapping[str, Mapping[tuple[int, int], Formula]]
"""By the name of the sheet: row number and column from zero."""


def read_sheets(content: bytes) -> list[Sheet]:
    """Every sheet of the file, empty ones too; none where all are empty. Raises TableTrouble."""
    match container_of(content):
        case Container.XLSX:
            check_xlsx(content)
            return _workbook(content, _formulas)
        case Container.XLS:
            check_xls(content)
            return _workbook(content, _old_formulas)
        case Container.CSV:
            return [Sheet(tuple(_rows(csv_rows(content, MOST_ROWS * 2), {})))]


def formulas_of(content: bytes, container: Container, names: Sequence[str]) -> FormulasOfSheets:
    """Where the sheets of a workbook hold formulas. `names`: of its sheets, in their order. Raises TableTrouble."""
    return _formulas(content, names) if container is Container.XLSX else _old_formulas(content, names)


def _workbook(content: bytes, formulas_of: Callable[[bytes, Sequence[str]], FormulasOfSheets]) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        formulas = formulas_of(content, book.sheet_names)
        sheets: list[Sheet] = []
        for known in book.sheets_metadata:
            if known.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba):
                raise TableTrouble("macros")
            if known.typ is SheetTypeEnum.WorkSheet:
                number, hidden = len(sheets) + 1, known.visible is not SheetVisibleEnum.Visible
                rows = _sheet_rows(book, known.name, formulas.get(known.name, {}), number)
                sheets.append(Sheet(tuple(rows), number, hidden, known.name))
    except PasswordError:
        raise TableTrouble("encrypted") from None
    except (CalamineError, WorksheetNotFound):
        raise TableTrouble("damaged") from None
    return sheets if any(sheet.rows for sheet in sheets) else []


def _sheet_rows(
    book: CalamineWorkbook, name: str, formulas: Mapping[tuple[int, int], Formula], number: int
) -> Iterator[SheetRow]:
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None:
        return
    if sheet.end[1] >= MOST_COLUMNS:
        raise TableTrouble("too-many-columns", columns=MOST_COLUMNS)
    found = sheet.to_python(skip_empty_area=False)
    _fill_merged(found, sheet.merged_cell_ranges or [])
    yield from _rows(found, formulas, number)


def _fill_merged(found: list[list[Any]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """What was merged downwards stands in every line that holds anything of its own: the same for all of them."""
    own = [any(_cell(cell) is not None for cell in row) for row in found]
    for (top, left), (bottom, _right) in ranges:
        if top >= len(found) or left >= len(found[top]):
            continue
        for line in range(top + 1, min(bottom + 1, len(found))):
            if own[line]:
                found[line][left] = found[top][left]


def _rows(
    found: Sequence[Sequence[Any]], formulas: Mapping[tuple[int, int], Formula], sheet: int = 1
) -> Iterator[SheetRow]:
    kept = 0
    for number, cells in enumerate(found, start=1):
        read = tuple(formulas.get((number, place)) or _cell(cell) for place, cell in enumerate(cells))
        if all(cell is None for cell in read):
            continue
        if len(read) > MOST_COLUMNS:
            raise TableTrouble("too-many-columns", columns=MOST_COLUMNS)
        kept += 1
        if kept > MOST_ROWS:
            raise TableTrouble("too-many-rows", rows=MOST_ROWS)
        yield SheetRow(number, read, sheet)


def _cell(value: Any) -> Cell:
    match value:
        case bool() | int() | float():
            return value
        case datetime():
            return value.date()
        case date():
            return value
        case time() | timedelta():
            return str(value)
        case str():
            text = _visible(value)[:LONGEST_CELL]
            if said := _AS_TEXT.fullmatch(text):  # how a csv keeps an ID from becoming a number
                return _visible(said[1]) or None
            if text.startswith("="):
                return Formula(picture="DISPIMG" in text.upper())
            return text or None
        case _:
            return None


def _visible(typed: str) -> str:
    """Without blanks around it and without characters that nobody sees: zero-width blanks, marks of direction, controls."""
    return _UNSEEN.sub("", typed.replace("_x000D_", "")).strip()


def _old_formulas(content: bytes, names: Sequence[str]) -> FormulasOfSheets:
    places = formulas_by_sheet(content)
    return {name: dict.fromkeys(found, Formula()) for name, found in zip(names, places, strict=False)}


def _formulas(content: bytes, _names: Sequence[str]) -> FormulasOfSheets:
    """Where the sheets of a workbook hold formulas, by the names of the sheets; the parser gives their last results only."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = set(archive.namelist())
        found: dict[str, dict[tuple[int, int], Formula]] = {}
        for name, part in _sheet_parts(archive).items():
            text = archive.read(part) if part in parts else b""
            if _ANY_FORMULA.search(text):
                matches = _FORMULA.finditer(text)
                found[name] = {_place(match[1].decode()): Formula(b"DISPIMG" in (match[2] or b"")) for match in matches}
        return found


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        raise TableTrouble("damaged") from None
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    sheets = {}
    for sheet in (*book.iter(_SHEET), *book.iter(_STRICT_SHEET)):
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        sheets[sheet.get("name", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return sheets


def _place(reference: str) -> tuple[int, int]:
    """B5 → row 5, column 1 from zero."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]), column - 1
