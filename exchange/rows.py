"""Sheets and their rows, and which rows below a header are data: not repeated headers, notes, seals and totals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.columns import Cell

_NOTE = re.compile(
    r"^(注|备注|说明|填表说明|填报说明|填写说明)\s*\d*[:、.]|^注\s*\d*$|^\d[、.].*[:;。]$"
    r"|^(填表人?|制表人?|填报人?|审核人?|复核人?|经办人?|负责人|分管领导|主要领导|联系人|联系电话|填报日期|填表日期|制表日期)\s*[:(]"
    r"|^(单位名称|填报单位|报送单位|单位)\s*[:(]|^\(?(盖章|公章)\)?[:]?$|\((盖章|公章)\)$"
    r"|^(合计|总计|共计|小计|本页小计)(\s|[:]|\d|$)|^第\s*\d+\s*页|^以下空白|^对象类别\s*[:(]"
    r"|医疗救助重点救助对象(动态调整)?名单"
)
_DATE_LINE = re.compile(
    r"^[\d〇○零一二三四五六七八九十\s_]*年[\d〇○零一二三四五六七八九十\s_]*月[\d〇○零一二三四五六七八九十\s_]*日$"
)


@dataclass(frozen=True)
class SheetRow:
    """`number` as the office sees it beside the row; `sheet` counts the sheets from 1."""

    number: int
    cells: tuple[Cell, ...]
    sheet: int = 1

    def cell(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else None

    @property
    def key(self) -> tuple[int, int]:
        return self.sheet, self.number


@dataclass(frozen=True)
class Sheet:
    """Blank rows are left out. `name`: on its tab, in words of the office."""

    rows: tuple[SheetRow, ...]
    number: int = 1
    hidden: bool = False
    name: str = ""


def is_note(row: SheetRow, needed: Sequence[int]) -> bool:
    """Whether a row below the header says something about the list instead of being of it.

    `needed` are the places of columns that every row fills in: where more than one of them holds something that is no
    note, it is data, whatever it begins with. So a row that lacks its name is never mistaken for a note.
    """
    words = [(place, _plain(cell)) for place, cell in enumerate(row.cells) if isinstance(cell, str)]
    if not words or not _says_note(words[0][1]):
        return False
    return sum(1 for place in needed if row.cell(place) is not None and not _says_note(_plain(row.cell(place)))) <= 1


def _says_note(words: str) -> bool:
    return bool(_NOTE.search(words) or _DATE_LINE.search(words))


def _plain(cell: Cell) -> str:
    return str(cell).translate(_HALF).strip() if cell is not None else ""


_HALF = str.maketrans("（）：；，．", "():;,.") | {ord("　"): " "}
