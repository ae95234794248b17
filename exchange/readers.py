"""Readers of cells: what an office types, in the forms in which it really comes, as one value; or why it cannot be one."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from exchange.columns import BadCell, Read, Value
from exchange.numerals import NUMBER, number
from policy import identity_number
from policy.person_name import normal_name

LOSSLESS = 10**15
"""From here on a sheet's number may have lost its last digits."""
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:T?00:00(?::00)?)?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:月|[-/.月]\d{1,2}日?(?:T?00:00(?::00)?)?)?")
_PLAIN_MONTH = re.compile(r"(\d{4})(\d{2})")
_OLD_ID = re.compile(r"\d{15}")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
"""Characters that a font of one office has made up for rare ones; elsewhere they are another character, or none."""
_LOST = re.compile(r"[?\ufffd]")
"""What stands where a program could not write a rare character."""
_YES = frozenset(("是", "有", "y", "yes", "true", "1", "√", "✓"))
_NO = frozenset(("否", "无", "n", "no", "false", "0", "×"))


def text(longest: int = 100) -> Read:
    """Words or a code. A whole number is taken by its digits, unless some may have been lost."""

    def read(value: Value) -> str:
        typed = _digits(value) if _is_number(value) else unicodedata.normalize("NFKC", _words(value)).strip()
        if len(typed) > longest:
            raise BadCell("too-long", f"不得超过{longest}个字符", f"must not exceed {longest} characters")
        return typed

    return read


def name(value: Value) -> str:
    """A person's name: 张　三 is 张三. Characters beyond the usual sets are names' own; what a program lost is refused."""
    if not isinstance(value, str):
        raise BadCell("not-a-name", "应为姓名", "must be a name")
    if len(value.splitlines()) > 1:
        raise BadCell("several-lines", "一格内有多行，请一人一行填写", "holds several lines: one person in a line")
    if _PRIVATE.search(value):
        raise BadCell(
            "private-character",
            "含有自造字，其他系统无法识别，请改用国家标准汉字",
            "holds a character that a local font made up: use the standard one",
        )
    typed = normal_name(value)
    if _LOST.search(typed):
        raise BadCell(
            "lost-character",
            "含有“?”，疑为生僻字在保存时丢失，请重新填写",
            "holds a question mark: a rare character was probably lost in saving",
        )
    if not typed or len(typed) > 50 or any(character.isdigit() for character in typed):
        raise BadCell("not-a-name", "应为姓名", "must be a name")
    return typed


def id_number(value: Value) -> str:
    """An ID number that is right by its form. One that was kept as a number has lost its end, and is refused by name."""
    if _is_number(value) or (isinstance(value, str) and _SCIENTIFIC.fullmatch(value)):
        raise BadCell(
            "id-as-number",
            "以数字保存，已失真，请将该列设为文本格式后重新填写",
            "was saved as a number and has lost digits: format the column as text and type it again",
            "X-15",
        )
    typed = identity_number.normal(unicodedata.normalize("NFKC", _words(value)).strip("'’`"))
    if _OLD_ID.fullmatch(typed):
        raise BadCell(
            "id-of-15-digits",
            "是15位旧号码，请核对证件后填写18位公民身份号码",
            "is an old number of 15 digits: write the 18 characters of the present card",
            "X-15",
        )
    problem = identity_number.check(typed, date.max)
    if problem:
        raise BadCell("bad-id-number", problem.zh, problem.en, problem.clause)
    return typed


def day(value: Value) -> date:
    """A day, as a date cell or typed: 2025-03-01, 2025/3/1, 2025.3.1, 2025年3月1日, 20250301."""
    if isinstance(value, date):
        return value
    typed = _digits(value) if _is_number(value) else "".join(unicodedata.normalize("NFKC", _words(value)).split())
    match = _DAY.fullmatch(typed) or _PLAIN_DAY.fullmatch(typed)
    try:
        found = date(*map(int, match.groups())) if match else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2199:
        raise BadCell("bad-day", "应为日期，如2025-03-01", "must be a date such as 2025-03-01")
    return found


def month(value: Value) -> date:
    """A month by its first day: 2025年3月, 二〇二五年三月, 2025-03, 202503, or any day of it. 2025.1 as a number may be October."""
    if isinstance(value, date):
        return value.replace(day=1)
    typed = _plain_month(value)
    match = _MONTH.fullmatch(typed) or _PLAIN_MONTH.fullmatch(typed)
    if match is None or not 1900 <= int(match[1]) <= 2199 or not 1 <= int(match[2]) <= 12:
        raise BadCell("bad-month", "应为年和月，如2025年3月", "must be a year and a month such as 2025年3月")
    return date(int(match[1]), int(match[2]), 1)


def _plain_month(value: Value) -> str:
    if _is_number(value):
        return _digits(value)
    typed = "".join(unicodedata.normalize("NFKC", _words(value)).split())
    return re.sub(NUMBER, lambda found: str(number(found[0]) or found[0]), typed)


def whole(most: int) -> Read:
    """A count from 0 to `most`; 3人 and 3口 are 3."""

    def read(value: Value) -> int:
        typed = _digits(value) if _is_number(value) else unicodedata.normalize("NFKC", _words(value)).strip(" 人口户")
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 9 and int(typed) <= most):
            raise BadCell("bad-count", f"应为0至{most}的整数", f"must be a whole number up to {most}")
        return int(typed)

    return read


def money(value: Value) -> Decimal:
    """Yuan with at most two places: 1234.5, "1,234.50", ￥1234.50元. What has more places is refused, never rounded."""
    typed = "".join(unicodedata.normalize("NFKC", str(value)).split()).replace(",", "").strip("¥￥元")
    try:
        amount = Decimal(typed) if not isinstance(value, bool | date) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0:
        raise BadCell("bad-amount", "应为金额（元），不为负数", "must be an amount in yuan, not negative")
    if amount >= 10**10:
        raise BadCell("too-large", "金额过大", "the amount is too large")
    if amount != round(amount, 2):
        raise BadCell("too-many-places", "最多两位小数", "must have at most two decimal places")
    return round(amount, 2)


def yes_no(value: Value) -> bool:
    """是 or 否, as offices write it."""
    if isinstance(value, bool):
        return value
    typed = _digits(value) if _is_number(value) else unicodedata.normalize("NFKC", _words(value)).strip().lower()
    if typed in _YES:
        return True
    if typed in _NO:
        return False
    raise BadCell("not-yes-or-no", "应为“是”或“否”", "must be 是 (yes) or 否 (no)")


def one_of(names: Mapping[str, Any]) -> Read:
    """The thing that one of its names stands for; blanks, full width and small letters do not matter."""
    known = {_same(spelled): meant for spelled, meant in names.items()}

    def read(value: Value) -> Any:
        typed = _same(str(value))
        if typed not in known:
            raise BadCell("not-a-choice", "不在可选范围内", "is not one of the choices")
        return known[typed]

    return read


def _same(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed).split()).casefold()


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _words(value: Value) -> str:
    if not isinstance(value, str):
        raise BadCell("not-text", "应为文字", "must be text")
    return value


def _digits(value: Value) -> str:
    """A number cell by its digits: 12 and 12.0 are 12. Raises BadCell where digits may have been lost."""
    assert isinstance(value, int | float)
    if abs(value) >= LOSSLESS or value != int(value):  # 2025.1 may have been 2025.10
        raise BadCell(
            "number-lost-digits",
            "以数字保存，已失真，请将该列设为文本格式后重新填写",
            "was saved as a number and may have lost digits: format the column as text",
        )
    return str(int(value))
