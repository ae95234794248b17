"""A roster as a workbook: read by calamine, its cells as text; a merged cell counts for every row that it covers."""

import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from exchange.columns import Cell, Formula
from exchange.containers import Container, check_xls, check_xlsx
from exchange.marks import Mark, is_mark, mark_of
from exchange.readers import LOSSLESS
from exchange.rosters.columns import ATTRIBUTES
from exchange.rosters.delimited import MOST_ROWS
from exchange.rosters.raw import AS_NUMBER, CORRECTS, FIRST, FORMULA, Found, Raw, below, find_places, raw, series
from exchange.rows import Sheet, SheetRow
from exchange.sheets import MOST_COLUMNS, formulas_of
from exchange.troubles import TableTrouble

LOOKED_AT = 200
"""Rows of a sheet among which the header is looked for."""

Places = Mapping[tuple[int, int], Formula]
_BETWEEN = "\x1f"
"""Stands between the cells of a line; a sheet with it in a cell is not taken by its lines."""


@dataclass(frozen=True)
class Cells:
    """A sheet whose rows may be recognised as they stand, as the lines of a text are (`lines.py`).

    `lines` below the header: `row`, `line` (nothing yet) and `text`, none of a blank one.
    """

    columns: Mapping[str, pl.Series]
    lines: pl.DataFrame
    found: Found
    sheet: int
    mark: Mark | None = None
    separator: str = _BETWEEN

    def read(self, lines: pl.DataFrame) -> Raw:
        """All `lines`. Raises TableTrouble."""
        return replace(raw(self.columns, self.found, lines, most=MOST_ROWS), sheet=self.sheet, mark=self.mark)

    def read_some(self, lines: pl.DataFrame) -> Raw:
        """Some of them, apart from the others. Raises TableTrouble, and Scattered."""
        places = lines["row"] - (self.found.number + 1)
        columns = {name: column.gather(places) for name, column in self.columns.items()}
        some = raw(columns, self.found, lines, most=MOST_ROWS, apart=True)
        return replace(some, sheet=self.sheet, mark=self.mark)


def read_workbook(content: bytes, container: Container) -> Cells | Raw:
    """The one sheet with a roster. Raises TableTrouble."""
    check_xlsx(content) if container is Container.XLSX else check_xls(content)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        if any(one.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba) for one in book.sheets_metadata):
            raise TableTrouble("macros")
        names = [one.name for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
        formulas = formulas_of(content, container, book.sheet_names)
        sheets = [_Sheet(book.get_sheet_by_name(name), formulas.get(name, {}), at) for at, name in enumerate(names, 1)]
    except PasswordError:
        raise TableTrouble("encrypted") from None
    except (CalamineError, zipfile.BadZipFile):
        raise TableTrouble("damaged") from None
    firsts = [sheet.first for sheet in sheets]
    return replace(_only([sheet for sheet in sheets if not is_mark(sheet.first)]), mark=mark_of(firsts))


class _Sheet:
    def __init__(self, sheet: CalamineSheet, formulas: Places, number: int) -> None:
        if sheet.end is not None and sheet.end[1] >= MOST_COLUMNS:
            raise TableTrouble("too-many-columns", columns=MOST_COLUMNS)
        self.rows: Sequence[Sequence[Any]] = sheet.to_python(skip_empty_area=False) if sheet.end is not None else []
        self.formulas, self.merged = formulas, sheet.merged_cell_ranges or []
        self.number = number

    @property
    def first(self) -> Sheet:
        """Its first row only, by which a page of marks is known."""
        return Sheet(tuple(SheetRow(1, tuple(_cell(cell) for cell in row)) for row in self.rows[:1]), self.number)

    def read(self) -> Cells | Raw:
        found = find_places([[_cell(cell) for cell in row] for row in self.rows[:LOOKED_AT]])
        rest = self.rows[found.number :]
        places = {FIRST: 0, **found.places}
        columns = {name: self._column(rest, name, place, found.number) for name, place in places.items()}
        lines = below(found, len(rest)).with_columns(_texts(columns))
        if lines["text"].null_count() == lines.height:
            raise TableTrouble("no-rows")
        if CORRECTS in columns or lines["text"].str.count_matches(_BETWEEN, literal=True).max() != len(columns) - 1:
            return replace(raw(columns, found, most=MOST_ROWS), sheet=self.number)
        return Cells(columns, lines, found, self.number)

    def _column(self, rows: Sequence[Sequence[Any]], name: str, place: int, top: int) -> pl.Series:
        """The parser gives every row the same width, and what is empty as an empty text."""
        cells = [row[place] for row in rows]
        formulas = [number for number, column in self.formulas if column == place]
        merged = self.merged if name in ATTRIBUTES else []
        with suppress(TypeError):  # as nearly always: nothing but text
            if not formulas and not any(left <= place <= right for (_first, left), (_last, right) in merged):
                return pl.Series(name, cells, dtype=pl.String)
        texts = [cell if type(cell) is str else _text(cell) for cell in cells]
        for number in formulas:
            if 0 <= number - 1 - top < len(texts):
                texts[number - 1 - top] = FORMULA
        if merged:
            self._fill_merged(texts, place, top)
        return series(texts, name)

    def _fill_merged(self, texts: list[str | None], place: int, top: int) -> None:
        for (first, left), (last, right) in self.merged:
            if left <= place <= right and first >= top:
                for line in range(first + 1, min(last, top + len(texts) - 1) + 1):
                    texts[line - top] = texts[first - top]


def _texts(columns: Mapping[str, pl.Series]) -> pl.Series:
    """Each row as one text, null where all of it is blank."""
    joined = pl.select(
        pl.concat_str([column.fill_null("") for column in columns.values()], separator=_BETWEEN).alias("text")
    )
    return joined.select(pl.when(pl.col("text").str.strip_chars(f"{_BETWEEN} ") != "").then("text")).to_series()


def _only(sheets: Sequence[_Sheet]) -> Cells | Raw:
    """Of several sheets the one that holds a roster with rows."""
    rosters, troubles = [], []
    for sheet in sheets:
        try:
            rosters.append(sheet.read())
        except TableTrouble as trouble:
            troubles.append(trouble)
    if len(rosters) > 1:
        raise TableTrouble("several-tables")
    if not rosters:
        raise min(troubles, key=lambda one: _TELLING.index(one.code), default=TableTrouble("no-rows"))
    return rosters[0]


_TELLING = ("too-many-rows", "doubled-columns", "no-rows", "missing-columns", "no-header")
"""Of several sheets' troubles the one that says most."""


def _cell(cell: Any) -> Cell:
    return cell.date() if isinstance(cell, datetime) else cell or None


def _text(cell: Any) -> str | None:
    match cell:
        case bool():
            return "是" if cell else "否"
        case int() | float():
            return str(int(cell)) if abs(cell) < LOSSLESS and cell == int(cell) else AS_NUMBER
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case None | "":
            return None
    return str(cell)
