"""What stands above and below the table of an office's form: county, period, sealing unit, ticked category, day.

附件2 and 附件3 of 晋医保发〔2019〕46号 (A-62, A-63) as offices fill them in: by hand, by tick, in Chinese numerals, in one
cell or in many. What is left blank or cannot be read is None; nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.columns import Cell
from exchange.numerals import NUMBER, number

TICKED = "☑☒√✓✔■●◉▣\uf0fe\uf052\uf0fc\uf06eþ"
"""Boxes and dots that are filled in, as input methods and symbol fonts write them."""
UNTICKED = "□☐○◯▢\uf0a8\uf06f\uf0a3¨"
_BOXES = frozenset(TICKED + UNTICKED)
_DAY = re.compile(rf"({NUMBER})\s*年\s*({NUMBER})\s*月\s*({NUMBER})\s*日")
_PLAIN_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TITLE = re.compile(r"医疗救助重点救助对象(动态调整)?名单")
_PERIOD = re.compile(rf"({NUMBER})\s*年(?:\s*第?\s*({NUMBER})\s*(季度\s*\(\s*月\s*\)|季度|季|月))?")
_COUNTY = re.compile(
    r"^(?:附件\s*\d\s*[:、]?)?\s*([^\d\s年]{1,15}?[县市区旗])(?=\s|\d|年|医疗|[〇○零一二三四五六七八九十]|$)"
)
_UNIT = re.compile(r"(?:单位名称|填报单位|报送单位)\s*(?:\(\s*(?:盖章|公章|章)\s*\))?\s*[:]?")
_UNIT_ENDS = re.compile(rf"对象类别|{_DAY.pattern}|{_PLAIN_DAY.pattern}|年\s*月\s*日|\(盖章\)|\(公章\)")
_CATEGORY = re.compile(r"对象类别\s*[:(]?")
_BOX_OR_WORD = re.compile(rf"([{TICKED}{UNTICKED}]+)|([^\s{TICKED}{UNTICKED}()\[\]:、,，;/|]+)")


@dataclass(frozen=True)
class Head:
    """Read from the lines above the table, and for the day from those below it as well."""

    annex: int | None = None
    """2 or 3; None for a plain table."""
    county: str | None = None
    year: int | None = None
    month: int | None = None
    quarter: int | None = None
    month_or_quarter: int | None = None
    """The number before a 季度（月） of which nothing was struck out, where it may be either."""
    unit: str | None = None
    """单位名称: words of the office, kept sealed."""
    ticked: tuple[str, ...] = ()
    """The categories whose boxes are ticked, in the form's words: 低保, 特困, 重点优抚."""
    day: date | None = None
    """年 月 日 of filling in, which must be the certificate's (A-64)."""


PLAIN = Head()
"""Of a table without a form's head."""


def head_of(above: Iterable[Sequence[Cell]], below: Iterable[Sequence[Cell]] = ()) -> Head:
    """The facts of one sheet. A plain title gives what it says, and nothing else."""
    upper = [_line(cells) for cells in above]
    whole = "\n".join(upper)
    title = next((line for line in upper if _TITLE.search(line)), "")
    year, month, quarter, either = _period(title)
    return Head(
        annex=_annex(title),
        county=_county(title),
        year=year,
        month=month,
        quarter=quarter,
        month_or_quarter=either,
        unit=unit_of(whole),
        ticked=ticked_of(whole),
        day=_day_of(above, whole) or _day_of(below, "\n".join(_line(cells) for cells in below)),
    )


def ticked_of(words: str) -> tuple[str, ...]:
    """低保☑特困□重点优抚□ → 低保. A box may stand before its word or behind it; without boxes every word counts."""
    found = _CATEGORY.search(words)
    if found is None:
        return ()
    inside = re.split(r"\n|\t\t|日期|年|单位", words[found.end() :].replace("\t", " "))[0]
    return ticked_among(inside)


def ticked_among(words: str) -> tuple[str, ...]:
    """The words of a row of boxes that are ticked."""
    pieces = [
        (boxes, word) for boxes, word in _BOX_OR_WORD.findall(words.strip().strip("()")) if boxes or _is_word(word)
    ]
    if not any(boxes for boxes, _ in pieces):
        return tuple(word for _, word in pieces)
    behind = bool(pieces[0][1])
    ticked, beside = [], ""
    for boxes, word in reversed(pieces) if behind else pieces:
        if word and set(beside) & set(TICKED):
            ticked.append(word)
        beside = "" if word else beside + boxes
    return tuple(reversed(ticked) if behind else ticked)


def unit_of(words: str) -> str | None:
    """What is written behind 单位名称（盖章）： on its line."""
    found = _UNIT.search(words)
    if found is None:
        return None
    rest = words[found.end() :].split("\n")[0]
    ends = _UNIT_ENDS.search(rest)
    name = "".join(rest[: ends.start() if ends else None].replace("_", "").split()).strip(":()")
    return name or None


def day_in(words: str) -> date | None:
    """The first day written out in the words, in digits or Chinese numerals."""
    for pattern in (_DAY, _PLAIN_DAY):
        for match in pattern.finditer(words):
            parts = [number(part) for part in match.groups()]
            try:
                return date(*(part or 0 for part in parts))
            except ValueError:
                continue
    return None


def normal(words: str) -> str:
    """Half width, without the underscores of blanks to be filled in; the circle as a zero stays a zero."""
    spelled = re.sub(r"(?<=[〇○零一二三四五六七八九])○(?=[〇○零一二三四五六七八九年])", "〇", words)
    kept = "".join(char if char in _BOXES else unicodedata.normalize("NFKC", char) for char in spelled)
    return re.sub(r"_+", " ", kept)


def _line(cells: Sequence[Cell]) -> str:
    return "\t".join(normal(cell) for cell in cells if isinstance(cell, str))


def _day_of(lines: Iterable[Sequence[Cell]], words: str) -> date | None:
    typed = next((cell for cells in lines for cell in cells if isinstance(cell, date)), None)
    return typed or day_in(words)


def _annex(title: str) -> int | None:
    found = _TITLE.search(title)
    return (3 if found[1] else 2) if found else None


def _county(title: str) -> str | None:
    found = _COUNTY.search(title.strip())
    return found[1] if found else None


def _period(title: str) -> tuple[int | None, int | None, int | None, int | None]:
    """Year, month, quarter, and what may be either."""
    found = _PERIOD.search(title)
    year = number(found[1]) if found else None
    if found is None or year is None or not 1900 <= year <= 2199:
        return None, None, None, None
    count = number(found[2]) if found[2] else None
    unit = found[3] or ""
    if count is None or not 1 <= count <= 12:
        return year, None, None, None
    if "(" in unit:
        return (year, None, None, count) if count <= 4 else (year, count, None, None)
    if unit == "月":
        return year, count, None, None
    return (year, None, count, None) if count <= 4 else (year, None, None, None)


def _is_word(word: str) -> bool:
    """Not a number or a part of a date."""
    return len(word) > 1 and number(word) is None
