"""The columns of a table that an office hands in: what their headers are called, and how a cell is read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Formula:
    """A cell that holds no value of its own. `picture`: one that a spreadsheet program keeps as =DISPIMG(…)."""

    picture: bool = False


Value = str | int | float | bool | date
Cell = Value | Formula | None
"""A cell as a sheet holds it. A moment arrives as its day; an empty cell is None."""

Read = Callable[[Value], Any]
"""Gives the value of a cell that is neither empty nor a formula. Raises BadCell."""

_BESIDE = re.compile(r"[(\[【（].*?[)\]】）]|[*＊:：]")
"""What a header carries besides its name: 身份证号码（必填）*."""


class BadCell(ValueError):
    """A cell that cannot be read, by name. Carries no copy of what stood there."""

    def __init__(self, code: str, zh: str, en: str, clause: str | None = None) -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.clause = code, zh, en, clause


@dataclass(frozen=True)
class Column:
    """`required`: the column must be there and its cell filled in. `choices` become the template's drop-down list."""

    name: str
    label: str
    read: Read
    aliases: tuple[str, ...] = ()
    required: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()
    heading: str = ""
    """What the official form calls it, where that does not tell it from another column."""
    wide: int = 14
    """Width in the template, in characters."""
    after: str = ""
    """The column that it belongs to, where several are called alike: the member's number stands behind the member."""
    carried_with: tuple[str, ...] = ()
    """Where all of these (itself among them) are blank, the line above speaks for this one: a household's first line."""
    parts: tuple[str, ...] = ()
    """What its two columns are called below a common header: 年 | 月. Read as one: 2025年3月."""

    def is_called(self, header: str) -> bool:
        return plain_header(header) in _plain_names(self)

    def value(self, cell: Cell) -> Any:
        """The value of its cell, None for an empty one. Raises BadCell."""
        if cell is None:
            if self.required:
                raise BadCell("empty-cell", "必须填写", "is required")
            return None
        if isinstance(cell, Formula):
            if cell.picture:
                raise BadCell(
                    "picture-cell", "是嵌入的图片（=DISPIMG），请填写文字", "holds a picture (=DISPIMG): type its text"
                )
            raise BadCell("formula-cell", "是公式，请粘贴为数值后再填报", "holds a formula: paste its value")
        return self.read(cell)


@cache
def _plain_names(column: Column) -> frozenset[str]:
    return frozenset(plain_header(name) for name in (column.label, column.heading, *column.aliases) if name)


def plain_header(header: str) -> str:
    """身份证号码（必填）* → 身份证号码: full-width as half-width, without blanks, brackets and stars."""
    return _BESIDE.sub("", "".join(unicodedata.normalize("NFKC", header).split())).lower()
