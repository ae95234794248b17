"""Rosters of those in force, taken in as a whole (附件2, full reload): what changes is marked, what is wrong goes back."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.uploads import TableToTakeIn, Uploads
from api.services import Services
from policy.exchange_terms import Direction, MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.matters import Opening, open_matter
from store.sharings import find_sharing
from tests.api.conftest import Counter, StoppedClock
from tests.casework import id_number
from tests.exchange.poison import csv, xlsx

ROOT = Path(__file__).parents[2]
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
            by, "POST", "/uploads", files={"file": ("名单", content)}, data={"kind": "full_list"} | form
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
    refused = await rosters.list((*stays[:4], "改村"), now, comes, provided_on="2025-03-03")
    assert (refused["state"], refused["problem"]["code"]) == ("refused", "too-many-leave")
    assert refused["problem"]["zh"].startswith("名单较在册对象减少30%以上")
    second = await rosters.list((*stays[:4], "改村"), now, comes, provided_on="2025-03-03", confirmed="many_leave")
    assert second["rows"] == {"in": 3, "accepted": 3, "returned": 0, "duplicate": 0}
    assert second["progress"] == {"decided": 3, "of": 3}
    async with worker.transaction(WHOLE) as session:
        shared = await find_sharing(session, f"upload/{second['id']}", Direction.IN, Department.CIVIL_AFFAIRS)
        assert shared is not None, "the month's list has come"
        assert (shared.rows_shared, shared.zero, shared.asks_receipt) == (3, False, True)
        assert shared.person_times == {"DB": 2, "TK": 1}
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


async def test_what_came_another_way_in_the_meantime_is_in_force_too(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    by_roster, by_notice, ended = somebody(), somebody(), somebody()
    await rosters.list(by_roster, ended, provided_on="2025-02-03")
    header = ("姓名", "身份证号码", "对象类别", "开始日期", "结束日期", "名单提供日期")
    table = [
        (*by_notice[:3], "2025-02-10", "", "2025-02-10"),
        (*ended[:3], "2025-02-03", "2025-02-20", "2025-02-20"),
    ]
    noticed = await rosters.hand_in(csv([header, *table]), kind="identity")
    assert noticed["rows"]["accepted"] == 2
    seen = await rosters.list(by_roster, by_notice, provided_on="2025-03-03")
    counts = {name: seen["roster"][name] for name in ("before", "added", "ended", "unchanged", "in_force")}
    assert counts == {"before": 2, "added": 0, "ended": 0, "unchanged": 2, "in_force": 2}
    assert await periods(worker, services, by_notice[1]) == [("DB", date(2025, 2, 10), None)]
    assert await periods(worker, services, ended[1]) == [("DB", date(2025, 2, 3), date(2025, 2, 20))]


async def test_who_was_recognised_one_by_one_leaves_by_the_next_roster_too(
    rosters: Rosters, worker: Database, services: Services, migrated: DataFolder
) -> None:
    stays, goes = somebody(), somebody()
    await rosters.list(stays, goes, provided_on="2025-02-03")
    opening = Opening(Procedure.RECOGNITION, f"140522/{goes[1][-6:]}", "140522", [], MatterStatus.RETURNED)
    async with worker.transaction(WHOLE) as session:
        matter, _ = await open_matter(session, opening, at=rosters.clock.now(), day=date(2025, 2, 3))
    with psycopg.connect(migrated.database_url("migration").replace("+psycopg", "")) as connection:
        connection.execute(
            "update identity_period set upload_id = null, matter_id = %s from person p where p.id = person_id and p.id_index = %s",
            (matter.id, services.vault.blind("id_number", goes[1])),
        )
        connection.execute("delete from roster_snapshot")
    seen = await rosters.list(stays, provided_on="2025-03-03", confirmed="many_leave")
    assert {name: seen["roster"][name] for name in ("before", "ended", "in_force")} == {
        "before": 2,
        "ended": 1,
        "in_force": 1,
    }
    assert await periods(worker, services, goes[1]) == [("DB", date(2025, 2, 3), date(2025, 3, 3))]


@pytest.mark.parametrize("listed", [0, 1])
async def test_whose_two_numbers_are_one_person_stays_by_either(
    rosters: Rosters, worker: Database, services: Services, migrated: DataFolder, listed: int
) -> None:
    wrong = somebody()
    right = (wrong[0], somebody()[1], *wrong[2:])
    numbers = [right, wrong] if listed else [wrong, right]
    first, then = numbers
    await rosters.list(first, (*then[:2], "特困人员", *then[3:]), provided_on="2025-02-03")
    with psycopg.connect(migrated.database_url("migration").replace("+psycopg", "")) as connection:
        connection.execute(
            "update person set merged_into = (select id from person where id_index = %s) where id_index = %s",
            [services.vault.blind("id_number", one[1]) for one in (right, wrong)],
        )
    seen = await rosters.list(
        then, (*then[:2], "特困人员", *then[3:]), provided_on="2025-03-03", confirmed="many_leave"
    )
    assert {name: seen["roster"][name] for name in ("before", "known", "in_force")} == {
        "before": 2,
        "known": 1,
        "in_force": 2,
    }
    assert await periods(worker, services, then[1]) == [(one, date(2025, 2, 3), None) for one in ("DB", "TK")]


async def test_a_preview_says_what_would_go_back_and_writes_nothing(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    good, bad = somebody(), somebody()
    seen = await rosters.list(good, (*bad[:1], "1405", *bad[2:]), preview="true")
    assert (seen["state"], codes(seen)) == ("checked", [(3, "returned", "id-length")])
    assert seen["forecast"] == {"accepted": 1, "returned": 1, "duplicate": 0}
    assert await periods(worker, services, good[1]) == []


async def test_a_corrected_receipt_adds_by_the_day_of_the_first_roster_and_ends_nobody(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    good, mistyped = somebody(), somebody()
    first = await rosters.list(good, ("", *mistyped[1:]), provided_on="2025-02-03")
    receipt = await rosters.counter.as_(CIVIL, "GET", f"/uploads/{first['id']}/receipt.xlsx")
    assert receipt.status_code == 200, receipt.text
    second = await rosters.hand_in(with_words(receipt.content, mistyped[0]))
    assert second["state"] == "done", second
    assert second["rows"] == {"in": 1, "accepted": 1, "returned": 0, "duplicate": 0}
    assert second["batch"]["no"] == 2
    assert second["batch"]["outstanding"] == 0
    for one in (good, mistyped):
        assert await periods(worker, services, one[1]) == [("DB", date(2025, 2, 3), None)]


async def test_a_roster_of_which_nothing_was_right_is_shared_once_it_is_corrected(
    rosters: Rosters, worker: Database
) -> None:
    mistyped = somebody()
    first = await rosters.list(("", *mistyped[1:]), provided_on="2025-02-03")
    assert first["rows"]["accepted"] == 0
    receipt = await rosters.counter.as_(CIVIL, "GET", f"/uploads/{first['id']}/receipt.xlsx")
    second = await rosters.hand_in(with_words(receipt.content, mistyped[0]))
    assert second["rows"]["accepted"] == 1
    async with worker.transaction(WHOLE) as session:
        shared = await find_sharing(session, f"upload/{first['id']}", Direction.IN, Department.CIVIL_AFFAIRS)
        assert shared is not None, "the batch is the month's list"
        assert (shared.rows_shared, shared.person_times) == (1, {"DB": 1})


async def test_a_county_goes_live_with_the_days_that_its_list_gives(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    one, other = somebody(), somebody()
    header = (*HEADER, "享受待遇开始日期")
    seen = await rosters.hand_in(csv([header, (*one, "2023-07-01"), (*other, "2025-13-01")]), provided_on="2025-02-03")
    assert codes(seen) == [(3, "returned", "bad-day")]
    assert await periods(worker, services, one[1]) == [("DB", date(2023, 7, 1), None)]
    assert await periods(worker, services, other[1]) == []


async def test_a_roster_from_the_future_is_refused(rosters: Rosters) -> None:
    seen = await rosters.list(somebody(), provided_on="2025-03-04")
    assert (seen["state"], seen["problem"]["code"]) == ("refused", "listed-in-future")


def with_words(receipt: bytes, name: str) -> bytes:
    """The receipt with the missing name typed in."""
    book = CalamineWorkbook.from_filelike(BytesIO(receipt))
    first, *others = (book.get_sheet_by_index(at).to_python() for at in range(len(book.sheet_names)))
    place = first[0].index("姓名")
    first[1][place] = name
    return xlsx(first, *others)


async def test_a_killed_hand_loses_no_row_and_doubles_none(
    rosters: Rosters, worker: Database, services: Services, migrated: DataFolder, tmp_path: Path
) -> None:
    people = [somebody_of_many(number) for number in range(3600)]
    wrong = [("张3", *one[1:]) for one in people[:30]]
    months = (
        (people[:2400], "2025-02-03", {"added": 2400, "ended": 0}),
        ([*wrong, *people[1200:]], "2025-03-03", {"added": 1200, "ended": 1170}),
    )
    for number, (listed, day, expected) in enumerate(months):
        upload = await rosters.post(csv([HEADER, *listed]), provided_on=day, confirmed="many_leave")
        await killed_in_the_middle(upload, worker, services, migrated, tmp_path / "files")
        working = await rosters.see(upload)
        assert working["state"] == "working"
        assert 0 < working["roster"]["written"] < working["roster"]["to_write"]
        await ActivityEnvironment().run(rosters.hands.take_in, TableToTakeIn(upload))
        seen = await rosters.see(upload)
        assert seen["rows"] == {"in": len(listed), "accepted": 2400, "returned": 30 * number, "duplicate": 0}
        assert {name: seen["roster"][name] for name in expected} == expected
        assert seen["roster"]["written"] == seen["roster"]["to_write"]
        assert seen["roster"]["held"] == 30 * number
    async with worker.transaction(WHOLE) as session:
        found = await session.execute(text(STANDING))
        assert tuple(found.one()) == (3600, 3600, 2430, 1170, 0, 2, 30)


STANDING = """
select count(*), count(distinct person_id), count(*) filter (where ends_on is null),
       count(*) filter (where ends_on = '2025-03-03'),
       (select count(*) from roster_load l join upload u on u.id = l.upload_id where u.state = 'done' and l.in_force is null),
       (select count(*) from roster_snapshot),
       (select count(*) from upload_row r join roster_snapshot s on s.upload_id = r.upload_id)
  from identity_period where division = '140522' and source_department = 'civil_affairs'
"""


def somebody_of_many(number: int) -> tuple[str, ...]:
    born = date(1950, 1, 1) + timedelta(days=number // 900)
    return f"众{chr(0x4E00 + number)}", id_number("140522", f"{born:%Y%m%d}", number % 900), "低保对象", "凤城镇", ""


async def killed_in_the_middle(
    upload: str, worker: Database, services: Services, folder: DataFolder, files: Path
) -> None:
    """kill -9 as soon as the first portion of changes is written."""
    vault = services.vault
    told = {
        "upload": upload,
        "url": folder.database_url("worker"),
        "folder": str(files),
        "columns": {version: key.hex() for version, key in vault.columns.items()},
        "files": {version: key.hex() for version, key in vault.files.items()},
        "index": vault.index.hex(),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.api.roster_worker"), cwd=ROOT, stdin=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(told).encode())
    process.stdin.close()
    written = text("select coalesce(max(written), 0) from roster_load where upload_id = :upload")
    for _look in range(6000):
        async with worker.transaction(WHOLE) as session:
            if await session.scalar(written, {"upload": upload}):
                break
        assert process.returncode is None
        await asyncio.sleep(0.01)
    process.kill()
    assert await process.wait() == -signal.SIGKILL


async def test_a_household_of_another_size_is_said_beside_its_row_and_holds_nothing_up(rosters: Rosters) -> None:
    alone, pair = somebody(), somebody()
    rows = [(*one, one[0], one[1], size) for one, size in ((alone, "3"), (pair, "1"))]
    seen = await rosters.hand_in(csv([(*HEADER, "户主姓名", "户主身份证号码", "家庭人口数"), *rows]))
    assert seen["rows"] == {"in": 2, "accepted": 2, "returned": 0, "duplicate": 0}
    assert seen["errors"] == []
    assert [(said["row"], said["fate"], said["code"]) for said in seen["suspicions"]] == [
        (2, "accepted", "household-count")
    ]
