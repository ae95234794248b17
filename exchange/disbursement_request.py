"""The 拨款申请表 as a workbook, for the finance bureau to work with."""

import io
from datetime import datetime
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from policy.disbursement import DisbursementRequest

TITLE = "医疗救助资金拨款申请表"
MARK = "演示数据 DEMO · 非正式文书，不具有法律效力"
HEADINGS = ("序号", "案号", "收款方", "收款方类别", "开户银行", "账号", "金额（元）")
WIDTHS = (6, 22, 28, 16, 30, 26, 16)
HEADINGS_ROW = 4
"""Rows count from 0: above it the title, who asks whom, number and day, and what the request rests on."""
LAST = len(HEADINGS) - 1
TYPED_IS_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
LINES = {"border": 1, "valign": "vcenter", "text_wrap": True}
FORMATS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
    "plain": {"valign": "vcenter"},
    "heading": {**LINES, "bold": True, "align": "center", "bg_color": "#E7EAEE"},
    "text": {**LINES, "num_format": "@"},
    "number": {**LINES, "align": "center"},
    "amount": {**LINES, "num_format": "#,##0.00"},
    "total": {**LINES, "num_format": "#,##0.00", "bold": True},
    "label": {**LINES, "bold": True},
}


def workbook(request: DisbursementRequest) -> bytes:
    """An .xlsx of one sheet. Case numbers and accounts are text, amounts numbers; nothing typed becomes a formula.

    The day of the request is the file's creation date, so that the same request makes the same file.
    """
    kept = io.BytesIO()
    with Workbook(kept, {"in_memory": True, **TYPED_IS_TEXT}) as book:
        book.set_properties({"title": TITLE, "created": datetime.combine(request.prepared_on, datetime.min.time())})
        sheet = book.add_worksheet("拨款申请表")
        formats = {name: book.add_format(form) for name, form in FORMATS.items()}
        _head(sheet, formats, request)
        _lines(sheet, formats, request)
        _foot(sheet, formats, request)
        _print_on_a4(sheet)
    return kept.getvalue()


def _head(sheet: Worksheet, formats: dict[str, Format], request: DisbursementRequest) -> None:
    title = f"{TITLE}（{MARK}）" if request.demonstration else TITLE
    sheet.merge_range(0, 0, 0, LAST, title, formats["title"])
    sheet.set_row(0, 28)
    day = request.prepared_on
    rows = (
        f"申请单位：{request.county_bureau}　　　致：{request.finance_bureau}",
        f"批次号：{request.number}　　　编制日期：{day.year}年{day.month}月{day.day}日",
        f"依据：{request.citation}",
    )
    for place, words in enumerate(rows, start=1):
        sheet.merge_range(place, 0, place, LAST, words, formats["plain"])
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADINGS_ROW, column, heading, formats["heading"])
    sheet.freeze_panes(HEADINGS_ROW + 1, 0)


def _lines(sheet: Worksheet, formats: dict[str, Format], request: DisbursementRequest) -> None:
    for row, line in enumerate(request.lines, start=HEADINGS_ROW + 1):
        sheet.write_number(row, 0, line.no, formats["number"])
        texts = (line.case_number, line.payee_name, line.payee_kind, line.bank, line.account)
        for column, words in enumerate(texts, start=1):
            sheet.write_string(row, column, words, formats["text"])
        sheet.write_number(row, LAST, _cell(line.amount), formats["amount"])


def _foot(sheet: Worksheet, formats: dict[str, Format], request: DisbursementRequest) -> None:
    row = HEADINGS_ROW + 1 + request.count
    sheet.merge_range(row, 0, row, LAST - 1, f"合计（{request.count}笔）", formats["label"])
    sheet.write_number(row, LAST, _cell(request.total), formats["total"])
    sheet.merge_range(row + 1, 0, row + 1, LAST, f"合计大写：{request.total_in_words}", formats["label"])
    hands = f"编制人：{request.prepared_by}　　　审批人：{request.approved_by or '（待审批）'}"
    sheet.merge_range(row + 2, 0, row + 2, LAST, hands, formats["plain"])


def _cell(amount: Decimal) -> float:
    """A workbook knows binary numbers only; 16 digits hold every amount of the database to the cent."""
    return float(amount)


def _print_on_a4(sheet: Worksheet) -> None:
    """Across, as wide as the sheet, the headings on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADINGS_ROW)
    sheet.set_footer("&C第&P页 共&N页")
