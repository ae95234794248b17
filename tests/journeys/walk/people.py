"""Who random walks are about, and who walks: invented applicants, and the people of the offices."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from policy.terms import Category
from store.demonstration import demo_accounts
from tests.casework import id_number
from tests.exchange.poison import csv
from tests.journeys.walk.counter import Counter

TOWN, OTHER_TOWN = "140522101", "140522100"
AREA = "140525"
"""Of the invented ID numbers: no other test's person has one."""
CIVIL_AFFAIRS = "county.civil_affairs.caseworker@140522"
SETTLED_ON = "2024-12-20"

EVERYBODY = sorted(account.username for account in demo_accounts() if account.division.startswith("14"))
_serial = count(1)


@dataclass(frozen=True)
class Applicant:
    name: str
    id_number: str
    category: str
    marked: tuple[str, ...] = ()
    """The categories that civil affairs have provided, in force on the day of settlement."""


def new_people(marked: Applicant) -> tuple[Applicant, ...]:
    """Two members of a household, somebody on the minimum living allowance, and somebody with several identities."""
    return (
        _somebody("GXZC", "19600101"),
        _somebody("GXZC", "19620202"),
        _somebody("DB", "19550505"),
        marked,
    )


def _somebody(category: str, born: str) -> Applicant:
    number = next(_serial)
    return Applicant(f"行{chr(0x4E00 + number)}", id_number(AREA, born, number % 1000), category)


def marked_people(counter: Counter) -> Iterator[Applicant]:
    """Without end; each once."""
    while True:
        yield from _taken_in(counter, 16)


def _taken_in(counter: Counter, number: int) -> list[Applicant]:
    """Taken in from a list as civil affairs hand it in: on the allowance, some also among the destitute, each of them
    applying as impoverished by illness. One mark of each was over, or not yet begun, on the day of settlement."""
    people, rows = [], []
    for place in range(number):
        serial = next(_serial)
        held = ("DB", "TK") if place % 3 == 2 else ("DB",)
        person = Applicant(f"标{chr(0x4E00 + serial)}", id_number(AREA, "19481111", serial % 1000), "GXZC", held)
        people.append(person)
        rows += [_row(person, category, "2024-06-01", "") for category in held]
        rows.append(
            _row(person, "DBBY", "2024-01-01", SETTLED_ON) if place % 2 else _row(person, "DBBY", "2024-12-21", "")
        )
    header = ("姓名", "身份证号码", "对象类别", "开始日期", "结束日期", "名单提供日期", "证明文号")
    upload = counter.hand_in_table(CIVIL_AFFAIRS, "identity", csv([header, *rows]))
    until = time.monotonic() + 60
    while (seen := counter.get(CIVIL_AFFAIRS, f"/uploads/{upload}"))["state"] != "done":
        assert time.monotonic() < until, seen
        time.sleep(0.05)
    assert seen["rows"]["accepted"] == len(rows), seen
    return people


def _row(person: Applicant, category: str, since: str, until: str) -> tuple[str, ...]:
    return (person.name, person.id_number, Category(category).label, since, until, "2025-02-20", "阳民〔2025〕3号")
