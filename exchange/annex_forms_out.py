"""附件2, 附件3 and 附件4 as workbooks: the official forms, filled in, as the offices print and seal them.

Every number of a person is text, nothing typed becomes a formula, and what is handed in again reads as it was.
"""

import io
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from policy.lists_out import CertificateForm, Household, RosterForm

MARK = "演示数据 DEMO · 非正式文书，不具有法律效力"
TYPED_IS_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
WIDTHS = (14, 14, 12, 22, 9, 13, 22)
OWN_WIDTHS = {2: (18,), 3: (16, 16)}
HEAD_LINE = 3
"""Rows count from 0: above it 附件, the title, and the line of unit, boxes and day."""
LINES = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 11}
FORMATS: dict[str, dict[str, object]] = {
    "annex": {"font_size": 14, "valign": "vcenter"},
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter", "text_wrap": True},
    "plain": {"valign": "vcenter", "font_size": 12},
    "right": {"valign": "vcenter", "font_size": 12, "align": "right"},
    "middle": {"valign": "vcenter", "font_size": 12, "align": "center"},
    "note": {"font_size": 11, "text_wrap": True, "valign": "top"},
    "mark": {"font_size": 11, "font_color": "#B42318", "align": "center"},
    "heading": {**LINES, "bold": True, "align": "center"},
    "text": {**LINES, "num_format": "@", "align": "center"},
    "sentence": {"font_size": 16, "text_wrap": True, "valign": "top", "indent": 1},
    "seal": {"font_size": 16, "align": "right"},
}


def roster_workbook(form: RosterForm) -> bytes:
    """附件2 or 附件3 on one sheet; the day of the form is the file's creation date: the same form makes the same file."""
    kept = io.BytesIO()
    with Workbook(kept, {"in_memory": True, **TYPED_IS_TEXT}) as book:
        formats = _formats(book, form.title, form.day)
        sheet = book.add_worksheet(f"附件{form.annex}")
        for column, width in enumerate((*WIDTHS, *OWN_WIDTHS[form.annex])):
            sheet.set_column(column, column, width)
        _head(sheet, formats, form)
        line = _households(sheet, formats, form)
        last = len(form.headings) - 1
        for note in form.notes:
            sheet.merge_range(line, 0, line, last, note, formats["note"])
            line += 1
        if form.demonstration:  # as a note, so that it is read as one when the form is handed in
            sheet.merge_range(line, 0, line, last, f"说明：{MARK}", formats["mark"])
        _across(sheet)
    return kept.getvalue()


def certificate_workbook(form: CertificateForm) -> bytes:
    """附件4 on one sheet."""
    kept = io.BytesIO()
    with Workbook(kept, {"in_memory": True, **TYPED_IS_TEXT}) as book:
        formats = _formats(book, "医疗救助重点救助对象动态调整情况证明", form.day)
        sheet = book.add_worksheet("附件4")
        sheet.set_column(0, 0, 86)
        rows = (
            ("附件4", "annex", 24),
            ("医疗救助重点救助对象动态调整情况证明", "title", 48),
            *([(f"编号：{form.number}", "middle", 24)] if form.number else []),
            (f"　　{form.sentence}", "sentence", 70),
            ("　　特此证明", "sentence", 48),
            (f"{form.office}（盖章）", "seal", 36),
            (long(form.day), "seal", 28),
            *([(MARK, "mark", 24)] if form.demonstration else []),
        )
        for line, (words, look, height) in enumerate(rows):
            sheet.set_row(line, height)
            sheet.write_string(line, 0, words, formats[look])
        sheet.set_paper(9)
        sheet.set_margins(left=1.0, right=0.9)
        sheet.fit_to_pages(1, 1)
    return kept.getvalue()


def long(day: date) -> str:
    """2026年11月3日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _head(sheet: Worksheet, formats: dict[str, Format], form: RosterForm) -> None:
    last = len(form.headings) - 1
    sheet.write_string(0, 0, f"附件{form.annex}", formats["annex"])
    sheet.merge_range(1, 0, 1, last, form.title, formats["title"])
    sheet.set_row(1, 36)
    boxes = "".join(tick.written for tick in form.ticks)
    sheet.merge_range(2, 0, 2, 2, f"单位名称（盖章）：{form.unit}", formats["plain"])
    sheet.merge_range(2, 3, 2, 5, f"对象类别（{boxes}）", formats["middle"])
    sheet.merge_range(2, 6, 2, last, long(form.day), formats["right"])
    sheet.set_row(2, 24)
    for column, heading in enumerate(form.headings):
        sheet.write_string(HEAD_LINE, column, heading, formats["heading"])
    sheet.set_row(HEAD_LINE, 32)
    sheet.freeze_panes(HEAD_LINE + 1, 0)


def _households(sheet: Worksheet, formats: dict[str, Format], form: RosterForm) -> int:
    """Gives the line below the last one; a form without rows keeps an empty one."""
    line = HEAD_LINE + 1
    for household in form.households:
        _shared(sheet, formats["text"], household, line)
        for place, member in enumerate(household.members):
            for column, words in enumerate(form.own_cells(member), start=len(household.shared)):
                sheet.write_string(line + place, column, words, formats["text"])
        line += len(household.members)
    if not form.lines:
        for column in range(len(form.headings)):
            sheet.write_blank(line, column, None, formats["text"])
        line += 1
    return line


def _shared(sheet: Worksheet, text: Format, household: Household, line: int) -> None:
    """Merged over the members, as the form is filled in by hand."""
    below = line + len(household.members) - 1
    for column, words in enumerate(household.shared):
        if below > line:
            sheet.merge_range(line, column, below, column, words, text)
        else:
            sheet.write_string(line, column, words, text)


def _formats(book: Workbook, title: str, day: date) -> dict[str, Format]:
    book.set_properties({"title": title, "created": datetime.combine(day, datetime.min.time())})
    return {name: book.add_format(form) for name, form in FORMATS.items()}


def _across(sheet: Worksheet) -> None:
    """A4 across, as wide as the sheet, the headings on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_LINE)
    sheet.set_footer("&C第&P页 共&N页")
