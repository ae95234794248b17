"""The citizen's ID number 居民身份证号码 (GB 11643, ISO 7064 MOD 11-2; X-15, S-23)."""

from datetime import date
from enum import StrEnum

from policy.problems import Problem

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_HALF_WIDTH = {0xFF10 + n: str(n) for n in range(10)} | {0xFF38: "X", 0xFF58: "X"}


class Fault(StrEnum):
    """What is wrong with a number: the first of these."""

    LENGTH = "id-length"
    CHARACTERS = "id-characters"
    BIRTH_DATE = "id-birth-date"
    CHECK_DIGIT = "id-check-digit"


_SAID = {
    Fault.LENGTH: ("身份证号码应为18位，现为{length}位", "the ID number must have 18 characters"),
    Fault.CHARACTERS: ("身份证号码应为数字，仅末位可为X", "only digits, and X at the end, are allowed"),
    Fault.BIRTH_DATE: ("身份证号码中的出生日期不存在或晚于今天", "the birth date in it is impossible"),
    Fault.CHECK_DIGIT: ("身份证号码校验位错误，请核对", "the check digit is wrong"),
}


def normal(typed: str) -> str:
    """Without blanks, full-width digits as half-width, the last letter in upper case."""
    return "".join(typed.translate(_HALF_WIDTH).split()).upper()


def fault(typed: str, today: date) -> Fault | None:
    """What is wrong with the number: length, characters, birth date, check digit; None when it is valid."""
    number = normal(typed)
    if len(number) != 18:
        return Fault.LENGTH
    if not (number[:17].isascii() and number[:17].isdigit()) or number[17] not in "0123456789X":
        return Fault.CHARACTERS
    birth = birth_date(number)
    if birth is None or birth > today:
        return Fault.BIRTH_DATE
    return None if number[17] == check_character(number[:17]) else Fault.CHECK_DIGIT


def problem(found: Fault, typed: str, pointer: str = "/id_number") -> Problem:
    """The fault in words; of the number itself only its length is said."""
    zh, en = _SAID[found]
    return Problem(pointer, zh.format(length=len(normal(typed))), en, "X-15")


def check(typed: str, today: date, pointer: str = "/id_number") -> Problem | None:
    """What is wrong with the number, in words; None when it is valid."""
    found = fault(typed, today)
    return problem(found, typed, pointer) if found else None


def check_character(first_17: str) -> str:
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def birth_date(number: str) -> date | None:
    """The birth date in a number of 18 characters, or None where no such day exists."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
