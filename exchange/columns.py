"""The columns of a table that an office hands in: what their headers are called, and how a cell is read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

Value = str | int | float | bool | date | None
"""A cell as a sheet holds it. A date with a time of day arrives as its date; an empty cell is None."""

Read = Callable[[str | int | float | bool | date], Any]
"""Gives the value of a cell that is not empty. Raises BadCell."""

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
    wide: int = 14
    """Width in the template, in characters."""

    def is_called(self, header: str) -> bool:
        return plain_header(header) in {plain_header(name) for name in (self.label, *self.aliases)}


def plain_header(header: str) -> str:
    """身份证号码（必填）* → 身份证号码: full-width as half-width, without blanks, brackets and stars."""
    return _BESIDE.sub("", "".join(unicodedata.normalize("NFKC", header).split())).lower()
