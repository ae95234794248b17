"""The empty form of a kind of table: its header, drop-down lists, text cells where numbers would lose digits, and a help sheet.

A kind with an official form (`exchange/annexes.py`) gets that form's very layout: title, sealing unit, boxes, day, notes.
"""

from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from exchange.annexes import Annex
from exchange.columns import Column
from exchange.marks import Mark, write_mark
from exchange.workbook import Book

LINES = 5_000
"""Lines of the form that have the drop-down lists."""
LINES_OF_ANNEX = 200
"""Lines of an official form above its notes; more are inserted by the office."""
SHEET, CERTIFICATE, HELP, LISTS = "填报表", "情况证明", "填写说明", "选项"


def template(
    title: str, columns: Sequence[Column], mark: Mark, help: Sequence[str] = (), annex: Annex | None = None
) -> bytes:
    """The form as xlsx. Its first sheet is to be filled in, and the certificate where the form has one."""
    book = Book()
    form = book.sheet(SHEET)
    if annex and annex.certificate:
        _certificate(book, annex.certificate)
    words, lists = book.sheet(HELP), book.sheet(LISTS)
    top = _above(book, form, annex) if annex else 0
    last = top + LINES_OF_ANNEX if annex else LINES
    form.freeze_panes(top + 1, 0)
    for place, column in enumerate(columns):
        form.write_string(top, place, column.heading or column.label, book.header_of(column))
        form.set_column(place, place, column.wide, book.text)
        if column.choices:
            _drop_down(form, lists, place, column.choices, top + 1, last)
    if annex:
        _lines_and_notes(book, form, annex, top + 1)
    lists.hide()
    _explain(book, words, title, columns, help)
    write_mark(book, mark)
    return book.done()


def _above(book: Book, form: Worksheet, annex: Annex) -> int:
    """附件号, title, and the line of sealing unit, boxes and day; gives the line of the header."""
    last = len(annex.columns) - 1
    form.write_string(0, 0, f"附件{annex.number}", book.text)
    form.merge_range(1, 0, 1, last, annex.title, book.title)
    third = last // 3
    boxes = "".join(f"{box}□" for box in annex.boxes)
    form.merge_range(2, 0, 2, third, "单位名称（盖章）：", book.wrapped)
    form.merge_range(2, third + 1, 2, last - 2, f"对象类别（{boxes}）", book.wrapped)
    form.merge_range(2, last - 1, 2, last, "    年  月  日", book.wrapped)
    return 3


def _lines_and_notes(book: Book, form: Worksheet, annex: Annex, first: int) -> None:
    last = len(annex.columns) - 1
    for line in range(first, first + LINES_OF_ANNEX):
        for place in range(last + 1):
            form.write_blank(line, place, None, book.lined)
    for line, note in enumerate(annex.notes, start=first + LINES_OF_ANNEX):
        form.merge_range(line, 0, line, last, note, book.wrapped)


def _certificate(book: Book, lines: Sequence[str]) -> None:
    paper = book.sheet(CERTIFICATE)
    paper.set_column(0, 0, 90, book.wrapped)
    for line, words in enumerate(lines):
        paper.write_string(line, 0, words, book.wrapped)


def _drop_down(form: Worksheet, lists: Worksheet, place: int, choices: Sequence[str], first: int, last: int) -> None:
    for line, choice in enumerate(choices):
        lists.write_string(line, place, choice)
    letter = xl_col_to_name(place)
    source = f"={LISTS}!${letter}$1:${letter}${len(choices)}"
    form.data_validation(first, place, last, place, {"validate": "list", "source": source})


def _explain(book: Book, words: Worksheet, title: str, columns: Sequence[Column], help: Sequence[str]) -> None:
    words.set_column(0, 0, 22)
    words.set_column(1, 1, 10)
    words.set_column(2, 2, 70, book.wrapped)
    words.write_string(0, 0, f"{title}：填写说明", book.header)
    general = (
        f"在“{SHEET}”中逐行填写，表头不要改动；表头上方可以加标题行。",
        "日期写成2025-03-01；单元格内不要使用公式和图片，不要合并数据行的单元格。",
        *help,
    )
    for line, sentence in enumerate(general, start=1):
        words.write_string(line, 0, sentence)
    top = len(general) + 2
    for place, heading in enumerate(("列", "是否必填", "说明")):
        words.write_string(top, place, heading, book.header)
    for line, column in enumerate(columns, start=top + 1):
        words.write_string(line, 0, column.label)
        words.write_string(line, 1, "必填" if column.required else "可不填")
        words.write_string(line, 2, _help(column), book.wrapped)


def _help(column: Column) -> str:
    choices = f"可选：{'、'.join(column.choices)}" if column.choices else ""
    return "；".join(part for part in (column.help, choices) if part)
