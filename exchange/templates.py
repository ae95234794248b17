"""The empty form of a kind of table: its header, drop-down lists, text cells where numbers would lose digits, and a help sheet."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from exchange.columns import Column
from exchange.workbook import Book

LINES = 5_000
"""Lines of the form that have the drop-down lists."""
SHEET, HELP, LISTS = "填报表", "填写说明", "选项"


def template(title: str, columns: Sequence[Column], help: Sequence[str] = ()) -> bytes:
    """The form as xlsx. Its first sheet is to be filled in; only that one is read."""
    book = Book()
    form, words, lists = book.sheet(SHEET), book.sheet(HELP), book.sheet(LISTS)
    form.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        form.write_string(0, place, column.label, book.header_of(column))
        form.set_column(place, place, column.wide, book.text)
        if column.choices:
            _drop_down(form, lists, place, column.choices)
    lists.hide()
    _explain(book, words, title, columns, help)
    return book.done()


def _drop_down(form: Worksheet, lists: Worksheet, place: int, choices: Sequence[str]) -> None:
    for line, choice in enumerate(choices):
        lists.write_string(line, place, choice)
    letter = chr(ord("A") + place)
    source = f"={LISTS}!${letter}$1:${letter}${len(choices)}"
    form.data_validation(1, place, LINES, place, {"validate": "list", "source": source})


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
