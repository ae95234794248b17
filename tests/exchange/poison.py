"""Files as offices send them and as nobody should: made here, never kept."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

HEADER = ("姓名", "身份证号码", "金额", "日期")
ROW = ("张三", "140522196001010010", "12.50", "2025-03-01")


def xlsx(rows: Sequence[Sequence[Any]], *more_sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook; a text that starts with `=` becomes a formula, a date a date cell, a number a number cell."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet_rows in (rows, *more_sheets):
            sheet = book.add_worksheet()
            for line, cells in enumerate(sheet_rows):
                for place, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(line, place, datetime.combine(cell, time()), day)
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(line, place, cell, None, cell if "DISPIMG" in cell else 1)
                    elif isinstance(cell, str):
                        sheet.write_string(line, place, cell)
                    elif cell is not None:
                        sheet.write(line, place, cell)
    return made.getvalue()


def csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    return "".join(separator.join(cells) + "\r\n" for cells in rows).encode(encoding)


def with_part(workbook: bytes, name: str, content: bytes, compress: bool = True) -> bytes:
    """The workbook with one more part in its zip."""
    made = BytesIO(workbook)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def without_part(workbook: bytes, name: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
    return made.getvalue()


def with_sheet(workbook: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with other words in its first sheet."""
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        changed = archive.read(name).replace(old, new)
    return with_part(without_part(workbook, name), name, changed)


def typed(workbook: bytes) -> list[list[list[Any]]]:
    """The sheets of a workbook as lists to be changed, blank cells as None: as somebody corrects them by hand."""
    book = CalamineWorkbook.from_filelike(BytesIO(workbook))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return [[[None if cell == "" else cell for cell in row] for row in rows] for rows in sheets]
