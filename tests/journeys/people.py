"""Invented applicants, each used once: nobody else's aid of the year stands in a test's way."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
AREA = "140581"
"""Of the invented ID numbers: another county than the demonstration's, so that no other test's person has one."""

_serial = count()


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str


def new_person() -> Person:
    """Born a day after the one before, with a right check digit (GB 11643)."""
    number = next(_serial)
    first = f"{AREA}{date(1950, 1, 1) + timedelta(days=number):%Y%m%d}017"
    digit = CHECK[sum(weight * int(sign) for weight, sign in zip(WEIGHTS, first, strict=True)) % 11]
    return Person(f"申{chr(0x7532 + number)}", first + digit)


def new_settlement() -> str:
    return f"JS-JOURNEY-{next(_serial):05d}"
