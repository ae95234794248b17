"""Rosters of several offices that wait at the same time are taken in by one hand; none of them harms another."""

import asyncio
from datetime import date, datetime
from pathlib import Path

import psycopg
import pytest
from temporalio.testing import ActivityEnvironment

from activities.uploads import TableToTakeIn, Uploads
from api.services import Services
from runtime.folder import DataFolder
from store.database import Database
from store.vault import SealBroken
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_rosters import CIVIL, HEADER, Rosters, killed_in_the_middle, periods, somebody, somebody_of_many
from tests.exchange.poison import csv

VETERANS = "county.veterans_affairs.caseworker@140522"
ELSEWHERE = "county.civil_affairs.caseworker@140827"
OF_VETERANS, OF_ELSEWHERE = "在乡重点优抚对象", "低保对象"
CLEAN = """
delete from roster_snapshot;
delete from review_row where division in ('140522', '140827');
delete from identity_period where division in ('140522', '140827');
update upload set preview = true where kind = 'full_list' and state in ('received', 'working')
"""


@pytest.fixture
def rosters(
    counter: Counter, worker: Database, services: Services, clock: StoppedClock, migrated: DataFolder
) -> Rosters:
    """Nobody is in force, and what other tests have left waiting is not taken up."""
    with psycopg.connect(migrated.database_url("migration").replace("+psycopg", "")) as connection:
        connection.execute(CLEAN)
    return Rosters(counter, Uploads(worker, clock, services.vault, services.files), clock)


async def taken_in(rosters: Rosters, upload: str) -> str:
    return str(await ActivityEnvironment().run(rosters.hands.take_in, TableToTakeIn(upload)))


def lines(*people: tuple[str, ...]) -> bytes:
    return csv([HEADER, *people])


def of_elsewhere() -> tuple[str, ...]:
    """The townships are another county's."""
    return (*somebody()[:2], OF_ELSEWHERE, "", "")


async def test_one_hand_takes_in_what_waits_of_other_offices(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    here, veteran, there, wrong = somebody(), somebody(OF_VETERANS), of_elsewhere(), of_elsewhere()
    first = await rosters.post(lines(here), provided_on="2025-02-03")
    second = await rosters.post(lines(veteran), VETERANS, provided_on="2025-02-04")
    third = await rosters.post(lines(there, (*wrong[:1], "1405", *wrong[2:])), ELSEWHERE, provided_on="2025-02-05")
    looked_at = await rosters.post(lines(somebody()), provided_on="2025-02-06", preview="true")
    assert await taken_in(rosters, second) == "done"
    counts = {}
    for upload, by in ((first, CIVIL), (second, VETERANS), (third, ELSEWHERE)):
        seen = await rosters.see(upload, by)
        assert seen["state"] == "done", seen
        counts[upload] = seen["rows"]
    assert counts[first] == counts[second] == {"in": 1, "accepted": 1, "returned": 0, "duplicate": 0}
    assert counts[third] == {"in": 2, "accepted": 1, "returned": 1, "duplicate": 0}
    assert (await rosters.see(looked_at))["state"] == "received", "nobody looks at it but its own hand"
    for one, category, day in ((here, "DB", 3), (veteran, "YF", 4), (there, "DB", 5)):
        assert await periods(worker, services, one[1]) == [(category, date(2025, 2, day), None)]
    assert await taken_in(rosters, first) == "done", "its own hand finds nothing left to do"


async def test_one_person_on_two_rosters_is_of_the_office_that_came_first(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    both = (*somebody()[:3], "", "")
    first = await rosters.post(lines(both), provided_on="2025-02-03")
    second = await rosters.post(lines(both), ELSEWHERE, provided_on="2025-02-04")
    await taken_in(rosters, first)
    assert (await rosters.see(first))["rows"]["accepted"] == 1
    seen = await rosters.see(second, ELSEWHERE)
    assert [(error["row"], error["code"]) for error in seen["errors"]] == [(2, "already-active")]
    assert await periods(worker, services, both[1]) == [("DB", date(2025, 2, 3), None)]


async def test_two_rosters_of_one_office_keep_their_order(
    rosters: Rosters, worker: Database, services: Services
) -> None:
    stays, goes, veteran = somebody(), somebody(), somebody(OF_VETERANS)
    first = await rosters.post(lines(stays, goes), provided_on="2025-02-03")
    beside = await rosters.post(lines(veteran), VETERANS, provided_on="2025-02-03")
    rosters.clock.moment = datetime.fromisoformat("2025-03-03T10:00:00+08:00")
    second = await rosters.post(lines(stays), provided_on="2025-03-03", confirmed="many_leave")
    assert await taken_in(rosters, second) == "done"
    for upload, by in ((first, CIVIL), (beside, VETERANS)):
        assert (await rosters.see(upload, by))["state"] == "done"
    assert (await rosters.see(second))["roster"]["before"] == 2
    assert await periods(worker, services, goes[1]) == [("DB", date(2025, 2, 3), date(2025, 3, 3))]


async def test_a_broken_roster_beside_them_changes_nothing_in_the_order_of_two(
    rosters: Rosters, worker: Database, services: Services, tmp_path: Path
) -> None:
    stays, goes = somebody(), somebody()
    first = await rosters.post(lines(stays, goes), provided_on="2025-02-03")
    broken = await rosters.post(lines(somebody(OF_VETERANS)), VETERANS, provided_on="2025-02-03")
    rosters.clock.moment = datetime.fromisoformat("2025-03-03T10:00:00+08:00")
    second = await rosters.post(lines(stays), provided_on="2025-03-03", confirmed="many_leave")
    next((tmp_path / "files").rglob(broken.replace("-", ""))).write_bytes(b"\x01" + bytes(40))
    assert [await taken_in(rosters, one) for one in (second, first)] == ["done", "done"]
    assert (await rosters.see(second))["roster"]["before"] == 2
    assert await periods(worker, services, goes[1]) == [("DB", date(2025, 2, 3), date(2025, 3, 3))]


async def test_a_roster_waits_for_one_of_its_office_that_was_begun_before(
    rosters: Rosters, worker: Database, services: Services, migrated: DataFolder, tmp_path: Path
) -> None:
    many = [somebody_of_many(number) for number in (*range(1, 2400), 0)]  # a file of its own
    first = await rosters.post(lines(*many), provided_on="2025-02-03")
    await killed_in_the_middle(first, worker, services, migrated, tmp_path / "files")
    rosters.clock.moment = datetime.fromisoformat("2025-03-03T10:00:00+08:00")
    second = await rosters.post(lines(many[0]), provided_on="2025-03-03", confirmed="many_leave")
    assert await taken_in(rosters, second) == "done"
    assert (await rosters.see(first))["state"] == "done"
    assert [(await rosters.see(one))["roster"]["in_force"] for one in (first, second)] == [2400, 1]
    assert await taken_in(rosters, first) == "done", "its own hand finds nothing left to do"


async def test_a_roster_is_taken_in_though_one_before_it_harms_its_hand(rosters: Rosters, tmp_path: Path) -> None:
    harmful = await rosters.post(lines(somebody()), provided_on="2025-02-03")
    rosters.clock.moment = datetime.fromisoformat("2025-03-03T10:00:00+08:00")
    mine = await rosters.post(lines(somebody()), provided_on="2025-03-03")
    next((tmp_path / "files").rglob(harmful.replace("-", ""))).write_bytes(b"\x01" + bytes(40))
    assert await taken_in(rosters, mine) == "done"
    with pytest.raises(SealBroken):
        await taken_in(rosters, harmful)


async def test_a_roster_that_cannot_be_read_is_refused_and_the_others_are_taken_in(rosters: Rosters) -> None:
    good = await rosters.post(lines(somebody()), provided_on="2025-02-03")
    unreadable = await rosters.post(csv([("姓名", "对象类别"), ("张三", "低保")]), VETERANS)
    late = await rosters.post(lines(of_elsewhere()), ELSEWHERE, provided_on="2025-03-04")
    assert await taken_in(rosters, good) == "done"
    codes = [(await rosters.see(one, by))["problem"]["code"] for one, by in ((unreadable, VETERANS), (late, ELSEWHERE))]
    assert codes == ["missing-columns", "listed-in-future"]


async def test_a_roster_that_harms_its_hand_is_left_to_its_own(rosters: Rosters, tmp_path: Path) -> None:
    mine, harmful, other = (
        await rosters.post(lines(somebody()), provided_on="2025-02-03"),
        await rosters.post(lines(somebody(OF_VETERANS)), VETERANS, provided_on="2025-02-03"),
        await rosters.post(lines(of_elsewhere()), ELSEWHERE, provided_on="2025-02-03"),
    )
    sealed = next((tmp_path / "files").rglob(harmful.replace("-", "")))
    sealed.write_bytes(b"\x01" + bytes(40))
    assert await taken_in(rosters, mine) == "done"
    with pytest.raises(SealBroken):
        await taken_in(rosters, harmful)
    assert await taken_in(rosters, other) == "done"
    assert (await rosters.see(harmful, VETERANS))["state"] != "done"


async def test_two_hands_at_once_take_in_every_roster_once(rosters: Rosters) -> None:
    posted = [
        (await rosters.post(lines(somebody()), provided_on="2025-02-03"), CIVIL),
        (await rosters.post(lines(somebody(OF_VETERANS)), VETERANS, provided_on="2025-02-03"), VETERANS),
        (await rosters.post(lines(of_elsewhere()), ELSEWHERE, provided_on="2025-02-03"), ELSEWHERE),
    ]
    states = await asyncio.gather(*(taken_in(rosters, upload) for upload, _by in posted[:2]))
    assert states == ["done", "done"]
    for upload, by in posted:
        seen = await rosters.see(upload, by)
        assert (seen["state"], seen["rows"]["accepted"], seen["roster"]["added"]) == ("done", 1, 1)


async def test_a_hand_killed_among_several_rosters_loses_no_row_and_doubles_none(
    rosters: Rosters, worker: Database, services: Services, migrated: DataFolder, tmp_path: Path
) -> None:
    many = [
        somebody_of_many(number) for number in reversed(range(2400))
    ]  # another file than another test has handed in
    veterans = [somebody(OF_VETERANS) for _one in range(3)]
    first = await rosters.post(lines(*many), provided_on="2025-02-03")
    second = await rosters.post(lines(*veterans), VETERANS, provided_on="2025-02-03")
    await killed_in_the_middle(first, worker, services, migrated, tmp_path / "files")
    assert [(await rosters.see(one, by))["state"] for one, by in ((first, CIVIL), (second, VETERANS))] == [
        "working"
    ] * 2
    assert [await taken_in(rosters, one) for one in (second, first)] == ["done", "done"]
    for upload, by, rows in ((first, CIVIL, 2400), (second, VETERANS, 3)):
        seen = await rosters.see(upload, by)
        assert seen["rows"] == {"in": rows, "accepted": rows, "returned": 0, "duplicate": 0}
        counts = {name: seen["roster"][name] for name in ("added", "known", "in_force", "written", "to_write")}
        assert counts == {"added": rows, "known": 0, "in_force": rows, "written": rows, "to_write": rows}
