"""Lists without an official form as workbooks: 高额费用负担患者名单, 认定反馈名单, 月度信息共享汇总表, the board of a month."""

import io
from datetime import datetime
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exchange.annex_forms_out import MARK, TYPED_IS_TEXT, long
from policy.lists_out import ListColumn, PlainList

LINES = {"border": 1, "valign": "vcenter", "text_wrap": True}
FORMATS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
    "plain": {"valign": "vcenter"},
    "note": {"text_wrap": True, "valign": "top", "font_color": "#46536A"},
    "mark": {"font_color": "#B42318", "align": "center"},
    "right": {"align": "right"},
    "heading": {**LINES, "bold": True, "align": "center", "bg_color": "#E7EAEE"},
    "text": {**LINES, "num_format": "@"},
    "number": {**LINES, "num_format": "#,##0"},
    "money": {**LINES, "num_format": "#,##0.00"},
}


def list_workbook(made: PlainList, sheet_name: str = "名单") -> bytes:
    """An .xlsx of one sheet. Numbers of persons are text; a cell of a number column that holds none stays empty."""
    kept = io.BytesIO()
    with Workbook(kept, {"in_memory": True, **TYPED_IS_TEXT}) as book:
        book.set_properties({"title": made.title, "created": datetime.combine(made.day, datetime.min.time())})
        sheet = book.add_worksheet(sheet_name)
        formats = {name: book.add_format(form) for name, form in FORMATS.items()}
        for place, column in enumerate(made.columns):
            sheet.set_column(place, place, column.wide)
        top = _head(sheet, formats, made)
        line = top + 1
        for row in (*made.rows, *([made.total] if made.total else [])):
            _row(sheet, formats, made.columns, line, row)
            line += 1
        _foot(sheet, formats, made, line)
        _print_on_a4(sheet, top)
    return kept.getvalue()


def _head(sheet: Worksheet, formats: dict[str, Format], made: PlainList) -> int:
    last = len(made.columns) - 1
    sheet.merge_range(0, 0, 0, last, made.title, formats["title"])
    sheet.set_row(0, 30)
    line = 1
    if made.facts:
        words = "　　".join(f"{name}：{value}" for name, value in made.facts)
        sheet.merge_range(line, 0, line, last, words, formats["plain"])
        line += 1
    for place, column in enumerate(made.columns):
        sheet.write_string(line, place, column.heading, formats["heading"])
    sheet.freeze_panes(line + 1, 0)
    return line


def _row(
    sheet: Worksheet, formats: dict[str, Format], columns: tuple[ListColumn, ...], line: int, row: tuple[str, ...]
) -> None:
    for place, (column, words) in enumerate(zip(columns, row, strict=True)):
        if column.kind == "text" or not _is_number(words):
            sheet.write_string(line, place, words, formats["text"])
        else:
            sheet.write_number(line, place, float(Decimal(words)), formats[column.kind])


def _foot(sheet: Worksheet, formats: dict[str, Format], made: PlainList, line: int) -> None:
    last = len(made.columns) - 1
    for note in made.notes:
        sheet.merge_range(line, 0, line, last, note, formats["note"])
        line += 1
    if made.signers:
        signed = "　　　　　　　　".join(f"{signer}：" for signer in made.signers)
        sheet.merge_range(line + 1, 0, line + 1, last, signed, formats["plain"])
        line += 2
    sheet.merge_range(line, 0, line, last, f"{made.unit}（盖章）", formats["right"])
    sheet.merge_range(line + 1, 0, line + 1, last, long(made.day), formats["right"])
    if made.demonstration:
        sheet.merge_range(line + 2, 0, line + 2, last, MARK, formats["mark"])


def _is_number(words: str) -> bool:
    try:
        return Decimal(words).is_finite()
    except ArithmeticError:
        return False


def _print_on_a4(sheet: Worksheet, header: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&C第&P页 共&N页")
