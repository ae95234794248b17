"""Rosters of those in force, taken in as a whole (附件2, full reload): what changes is marked, what is wrong goes back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.uploads import TableToTakeIn, Uploads
from api.services import Services
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from tests.api.conftest import Counter, StoppedClock
from tests.casework import id_number
from tests.exchange.poison import csv

CIVIL = "county.civil_affairs.caseworker@140522"
HEADER = ("姓名", "身份证号码", "对象类别", "乡镇", "备注")
_serial = iter(range(1, 999))


def somebody(category: str = "低保对象", note: str = "") -> tuple[str, ...]:
    """An invented person whom no other test knows."""
    number = next(_serial)
    return f"册{chr(0x4E00 + number)}", id_number("140522", "19480807", number), category, "凤城镇", note


class Rosters:
    """Hands rosters in as people do, and takes them in as the worker does."""

    def __init__(self, counter: Counter, hands: Uploads, clock: StoppedClock) -> None:
        self.counter, self.hands, self.clock = counter, hands, clock

    async def post(self, content: bytes, by: str = CIVIL, **form: str) -> str:
        answer = await self.counter.as_(
            by, "POST", "/uploads", files={"file": ("名单", content)}, data={"kind": "full_list", **form}
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def hand_in(self, content: bytes, by: str = CIVIL, **form: str) -> dict[str, Any]:
        upload = await self.post(content, by, **form)
        await ActivityEnvironment().run(self.hands.take_in, TableToTakeIn(upload))
        return await self.see(upload, by)

    async def list(self, *people: Sequence[str], **form: str) -> dict[str, Any]:
        return await self.hand_in(csv([HEADER, *people]), **form)

    async def see(self, upload: str, by: str = CIVIL) -> dict[str, Any]:
        answer = await self.counter.as_(by, "GET", f"/uploads/{upload}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
def rosters(counter: Counter, worker: Database, services: Services, clock: StoppedClock) -> Rosters:
    return Rosters(counter, Uploads(worker, clock, services.vault, services.files), clock)


@pytest.fixture(autouse=True)
def nobody_in_force(migrated: DataFolder) -> None:
    """What other tests have marked in this county is not of this test, and their snapshots' files are gone."""
    with psycopg.connect(migrated.database_url("migration").replace("+psycopg", "")) as connection:
        connection.execute("delete from roster_snapshot")
        connection.execute("delete from identity_period where division = '140522'")


async def periods(worker: Database, services: Services, number: str) -> list[tuple[str, date, date | None]]:
    async with worker.transaction(WHOLE) as session:
        found = await session.execute(
            text("select category, starts_on, ends_on from identity_periods(person_known(:index)) order by 2, 1"),
            {"index": services.vault.blind("id_number", number)},
        )
        return [tuple(row) for row in found]  # type: ignore[misc]


def codes(seen: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["fate"], error["code"]) for error in seen["errors"]]


async def test_a_second_roster_marks_who_comes_and_ends_who_is_missing(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    stays, goes, changes, comes = somebody(), somebody(), somebody(), somebody()
    first = await rosters.list(stays, goes, changes, provided_on="2025-02-03")
    assert first["state"] == "done", first
    assert first["rows"] == {"in": 3, "accepted": 3, "returned": 0, "duplicate": 0}
    now = (*changes[:2], "特困人员", *changes[3:])
    second = await rosters.list((*stays[:4], "改村"), now, comes, provided_on="2025-03-03")
    assert second["rows"] == {"in": 3, "accepted": 3, "returned": 0, "duplicate": 0}
    assert second["progress"] == {"decided": 3, "of": 3}
    assert second["roster"] == {
        "to_write": 4,
        "written": 4,
        "before": 3,
        "added": 2,
        "ended": 2,
        "changed": 1,
        "updated": 1,
        "unchanged": 1,
        "held": 0,
        "known": 0,
        "in_force": 3,
    }
    february, march = date(2025, 2, 3), date(2025, 3, 3)
    assert await periods(worker, services, stays[1]) == [("DB", february, None)]
    assert await periods(worker, services, goes[1]) == [("DB", february, march)]
    assert await periods(worker, services, changes[1]) == [("DB", february, march), ("TK", march, None)]
    assert await periods(worker, services, comes[1]) == [("DB", march, None)]


async def test_every_wrong_row_goes_back_by_its_number_and_nobody_leaves_by_a_slip_of_the_pen(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    good, mistyped, unnamed, other = somebody(), somebody(), somebody(), somebody()
    await rosters.list(good, mistyped, unnamed, provided_on="2025-02-03")
    wrong_end = "0" if mistyped[1][-1] != "0" else "1"
    seen = await rosters.list(
        good,
        (mistyped[0], mistyped[1][:-1] + wrong_end, *mistyped[2:]),
        ("", *unnamed[1:]),
        good,
        (other[0], "1.40522E+17", *other[2:]),
        (other[0], "140522600101001", *other[2:]),
        (other[0], "140522198013010012", *other[2:]),
        (other[0], "14052219800101A012", *other[2:]),
        (other[0], "", *other[2:]),
        (*other[:2], "富裕人口", *other[3:]),
        (*other[:2], "重点优抚对象", *other[3:]),
        (*other[:2], "", *other[3:]),
        (*other[:3], "没有的镇", ""),
        ("张3", other[1], "特困", "凤城", ""),
        (other[0], "=A1", *other[2:]),
        (" ", "", "", "", ""),
        ("另一人", *good[1:]),
        ("小计", "17", "", "", ""),
        provided_on="2025-03-03",
    )
    assert seen["rows"] == {"in": 16, "accepted": 1, "returned": 14, "duplicate": 1}
    found = codes(seen)
    assert found == [
        (3, "returned", "id-check-digit"),
        (4, "returned", "name-missing"),
        (5, "duplicate", "duplicate-in-batch"),
        (6, "returned", "id-as-number"),
        (7, "returned", "id-length"),
        (8, "returned", "id-birth-date"),
        (9, "returned", "id-characters"),
        (10, "returned", "id-missing"),
        (11, "returned", "unknown-category"),
        (12, "returned", "not-your-category"),
        (13, "returned", "category-missing"),
        (14, "returned", "unknown-township"),
        (15, "returned", "not-a-name"),
        (16, "returned", "formula-cell"),
        (18, "returned", "id-other-name"),
    ]
    assert seen["roster"]["held"] == 2
    for kept in (mistyped, unnamed, good):
        assert await periods(worker, services, kept[1]) == [("DB", date(2025, 2, 3), None)]
