"""Lists of dynamic adjustment, taken in as the worker does it: whole lists that go back, rows that do, and periods."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from activities.anomaly import Anomalies
from activities.months import open_month
from activities.recalculation import import_year
from activities.roster_change import RosterChanges
from activities.uploads import Uploads
from api.services import Services
from policy.deadlines import SHANGHAI
from policy.working_days import CalendarStatus, CalendarYear
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.outbox import OutboxRow
from store.reference import CalendarRow
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_uploads import Handing
from tests.casework import id_number
from tests.exchange.poison import xlsx

CIVIL = "county.civil_affairs.caseworker@140522"
AGRICULTURE = "county.agriculture.caseworker@140522"
BUREAU = "county.medical_insurance.caseworker@140522"
FINANCE = "county.finance.caseworker@140522"
FINANCE_LEADER = "county.finance.leader@140522"
CITY = "city.medical_insurance.supervisor@1405"
NEIGHBOUR = "county.civil_affairs.caseworker@140827"
HEADER = (
    *("乡（镇）", "行政村", "户主姓名", "户主身份证号码", "家庭人口数", "家庭成员姓名", "身份证号码"),
    *("动态调整工作类型", "动态调整时间", "原对象类别"),
)
APRIL = datetime(2025, 4, 10, 9, tzinfo=SHANGHAI)
NEW, GONE, CHANGED = "新识别", "退出", "身份变更"
_serial = iter(range(1, 999))


def somebody() -> tuple[str, str]:
    """An invented person whom no other test knows."""
    number = next(_serial)
    return f"调{chr(0x5200 + number)}", id_number("140522", "19480711", number)


def row(person: tuple[str, str], change: str = NEW, *, town: str = "凤城镇", leaves: str | None = None) -> list[Any]:
    name, number = person
    return [town, "虚构村", name, None, 1, name, number, change, "2025年4月", leaves]


class Lists:
    """A department's lists; `certified` are the counts of 附件4."""

    def __init__(self, handing: Handing, clock: StoppedClock) -> None:
        self.handing, self.clock = handing, clock

    async def provide(self, rows: Sequence[Sequence[Any]], by: str = CIVIL, **form: str) -> dict[str, Any]:
        day = self.clock.now().date().isoformat()
        added = [line for line in rows if line[7] != GONE]
        removed = [line for line in rows if line[7] == GONE]
        certified = {
            "category": "DB",
            "certificate_on": day,
            "households_added": str(len({line[6] for line in added})),
            "persons_added": str(len(added)),
            "households_removed": str(len({line[6] for line in removed})),
            "persons_removed": str(len(removed)),
            "month": f"{day[:7]}",
        }
        fields = {name: value for name, value in {**certified, **form}.items() if value}
        answer = await self.handing.post(by, "adjustment", xlsx([HEADER, *rows]), **fields)
        assert answer.status_code == 202, answer.text
        await self.handing.take_in(answer.json()["id"])
        return await self.handing.see(by, answer.json()["id"])


@pytest.fixture
def lists(counter: Counter, worker: Database, services: Services, clock: StoppedClock) -> Lists:
    clock.moment = APRIL
    return Lists(Handing(counter, Uploads(worker, clock, services.vault, services.files)), clock)


async def periods(worker: Database, services: Services, person: tuple[str, str]) -> list[tuple[str, date, date | None]]:
    index = services.vault.blind("id_number", person[1])
    query = "select category, starts_on, ends_on from identity_periods(person_known(:index))"
    async with worker.transaction(WHOLE) as session:
        return [tuple(found) for found in await session.execute(text(query), {"index": index})]


async def matter_of(worker: Database, upload: dict[str, Any]) -> str:
    query = text("select matter_id from adjustment where upload_id = :upload")
    async with worker.transaction(WHOLE) as session:
        return str(await session.scalar(query, {"upload": uuid.UUID(upload["id"])}))


async def test_good_rows_are_marked_and_the_others_go_back(lists: Lists, worker: Database, services: Services) -> None:
    good, typo = somebody(), somebody()
    wrong = (typo[0], typo[1][:-1] + ("0" if typo[1][-1] != "0" else "1"))
    seen = await lists.provide([row(good), row(wrong), row(somebody(), town="没有的镇"), row(good)])
    assert seen["rows"] == {"in": 4, "accepted": 1, "returned": 2, "duplicate": 1}
    assert await periods(worker, services, good) == [("DB", date(2025, 4, 10), None)]
    assert await periods(worker, services, typo) == []


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"persons_added": "2"}, "persons-differ"),
        ({"households_added": "2"}, "households-differ"),
        ({"persons_removed": "1"}, "persons-differ"),
        ({"certificate_on": ""}, "certificate-missing"),
        ({"category": ""}, "category-missing"),
        ({"category": "JC1"}, "not-your-category"),
        ({"certificate_on": "2025-04-11"}, "certificate-after-list"),
        ({"provided_on": "2025-04-11"}, "provided-in-future"),
        ({"adjusted_on": "2025-04-11"}, "adjusted-after-list"),
    ],
)
async def test_a_list_that_differs_from_its_certificate_was_never_provided(
    lists: Lists, worker: Database, services: Services, form: dict[str, str], code: str
) -> None:
    person = somebody()
    seen = await lists.provide([row(person)], **form)
    assert (seen["state"], seen["problem"]["code"]) == ("refused", code)
    async with worker.transaction(WHOLE) as session:
        query = text("select count(*) from adjustment where upload_id = :upload")
        assert await session.scalar(query, {"upload": uuid.UUID(seen["id"])}) == 0
    assert await periods(worker, services, person) == []


async def test_a_list_saved_again_as_another_file_is_not_provided_twice(lists: Lists, worker: Database) -> None:
    """ST-9 counts the certificates' persons: two certificates about the same people would count them twice."""
    people = [row(somebody()), row(somebody(), GONE)]
    assert (await lists.provide(people))["rows"]["in"] == 2
    again = await lists.provide([people[1], people[0]])
    assert (again["state"], again["problem"]["code"]) == ("refused", "list-known")
    assert await matter_of(worker, again) == "None"


async def test_a_household_of_another_size_is_said_beside_its_rows_and_holds_nothing_up(
    lists: Lists, worker: Database, counter: Counter
) -> None:
    head, member, alone = somebody(), somebody(), somebody()
    rows = [row(head), row(member), row(alone)]
    for line in rows[:2]:
        line[2], line[3], line[4] = *head, 3
    rows[2][3] = alone[1]
    done = await lists.provide(rows, households_added="2")
    assert done["rows"] == {"in": 3, "accepted": 3, "returned": 0, "duplicate": 0}
    shown = (await counter.as_(BUREAU, "GET", f"/adjustments/{await matter_of(worker, done)}")).json()["rows"]
    assert [[reason["code"] for reason in one["reasons"]] for one in shown] == [
        ["household-count"],
        ["household-count"],
        [],
    ]


async def test_a_change_of_category_leaves_no_gap(lists: Lists, worker: Database, services: Services) -> None:
    person = somebody()
    await lists.provide([row(person)])
    lists.clock.moment = APRIL + timedelta(days=20)
    seen = await lists.provide([row(person, CHANGED)], category="TK")
    assert seen["rows"]["accepted"] == 1
    changed = date(2025, 4, 30)
    assert await periods(worker, services, person) == [("DB", date(2025, 4, 10), changed), ("TK", changed, None)]


async def test_an_exit_ends_with_the_day_of_the_list(lists: Lists, worker: Database, services: Services) -> None:
    person, stranger = somebody(), somebody()
    await lists.provide([row(person)])
    lists.clock.moment = APRIL + timedelta(days=5)
    seen = await lists.provide([row(person, GONE), row(stranger, GONE)])
    assert [error["code"] for error in seen["errors"]] == ["not-active"]
    assert await periods(worker, services, person) == [("DB", date(2025, 4, 10), date(2025, 4, 15))]
    again = await lists.provide([row(person, GONE)], adjusted_on="2025-04-14")
    assert again["rows"] == {"in": 1, "accepted": 0, "returned": 0, "duplicate": 1}


async def test_who_may_see_a_list_and_its_rows(lists: Lists, worker: Database, counter: Counter) -> None:
    person = somebody()
    matter = await matter_of(worker, await lists.provide([row(person)]))
    for reader, seen in ((CIVIL, person), (BUREAU, person), (FINANCE, person)):
        shown = (await counter.as_(reader, "GET", f"/adjustments/{matter}")).json()
        assert [(line["name"], line["id_number"]) for line in shown["rows"]] == [seen], reader
    leader = (await counter.as_(FINANCE_LEADER, "GET", f"/adjustments/{matter}")).json()
    assert person[1] not in str(leader)
    assert person[0] not in str(leader)
    city = (await counter.as_(CITY, "GET", f"/adjustments/{matter}")).json()
    assert (city["rows"], city["facts"]["persons_added"]) == ([], 1)
    for stranger in (AGRICULTURE, NEIGHBOUR):
        assert (await counter.as_(stranger, "GET", f"/adjustments/{matter}")).status_code == 404


async def test_rows_that_came_back_are_the_source_departments(
    lists: Lists, worker: Database, counter: Counter, services: Services
) -> None:
    person = somebody()
    await lists.provide([row(person, town="没有的镇")])
    query = text("select id from matter where procedure = 'anomaly' order by id desc limit 1")
    async with worker.transaction(WHOLE) as session:
        matter = str(await session.scalar(query))
    place = f"/anomalies/{matter}"
    [returned] = (await counter.as_(CIVIL, "GET", place)).json()["rows"]
    assert returned["values"]["id_number"] == person[1]
    assert (await counter.as_(FINANCE, "GET", place)).status_code == 404
    assert (await counter.as_(AGRICULTURE, "GET", place)).status_code == 404
    act = f"{place}/rows/{returned['id']}"
    assert (await counter.as_(BUREAU, "POST", f"{act}/confirm", json={"reason": "无"})).status_code == 403
    wrong = await counter.as_(CIVIL, "POST", f"{act}/correct", json={"values": {"phone": "1"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/values/phone")

    # The department stands by it: the new township is in no table yet. Then it holds.
    assert (await counter.as_(CIVIL, "POST", f"{act}/confirm", json={"reason": "新设镇"})).status_code == 204
    lists.clock.moment = APRIL + timedelta(days=6)
    rechecked = await Anomalies(worker, lists.clock, services.vault).recheck(matter)
    assert rechecked.open == 0
    assert await periods(worker, services, person) == [("DB", date(2025, 4, 10), None)]
    answered = await counter.as_(CIVIL, "POST", f"{act}/withdraw", json={"reason": "误报"})
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/row-answered")


async def test_another_person_in_place_of_a_row_is_entitled_from_the_day_of_the_correction(
    lists: Lists, worker: Database, counter: Counter, services: Services
) -> None:
    first, second = somebody(), somebody()
    await lists.provide([row(first, town="没有的镇")])
    query = text("select matter_id, id from anomaly order by id desc limit 1")
    async with worker.transaction(WHOLE) as session:
        matter, anomaly = (await session.execute(query)).one()
    lists.clock.moment = APRIL + timedelta(days=6)
    values = {"name": second[0], "id_number": second[1], "township": "凤城镇"}
    answered = await counter.as_(CIVIL, "POST", f"/anomalies/{matter}/rows/{anomaly}/correct", json={"values": values})
    assert answered.status_code == 204
    assert (await Anomalies(worker, lists.clock, services.vault).recheck(str(matter))).open == 0
    assert await periods(worker, services, second) == [("DB", date(2025, 4, 16), None)]
    assert await periods(worker, services, first) == []


HOUSEHOLD = [somebody() for _one in range(3)]
BATCHES = st.lists(
    st.tuples(
        st.sampled_from(["DB", "TK"]),
        st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from([NEW, GONE, CHANGED]), st.booleans()), min_size=1, max_size=5
        ),
    ),
    min_size=1,
    max_size=4,
)
OVERLAPS = """
select count(*) from identity_period a join identity_period b on a.person_id = b.person_id and a.category = b.category
   and a.id < b.id and daterange(a.starts_on, a.ends_on) && daterange(b.starts_on, b.ends_on)
"""
GAPS = """
select count(*) from adjustment_row r join adjustment a on a.matter_id = r.matter_id
 where r.change = 'category_change' and r.fate = 'accepted'
   and not (exists (select 1 from identity_period p where p.person_id = r.person_id and p.category = a.category
                                                      and p.starts_on = r.effective_on)
        and exists (select 1 from identity_period p where p.person_id = r.person_id and p.category <> a.category
                                                      and p.ends_on = r.effective_on))
"""
UNACCOUNTED = """
select count(*) from upload u where u.kind = 'adjustment' and u.state = 'done'
   and (u.rows_in <> u.accepted + u.returned + u.duplicate
     or u.rows_in <> (select count(*) from adjustment_row r where r.upload_id = u.id)
     or u.returned <> (select count(*) from anomaly n where n.upload_id = u.id))
"""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES)
async def test_any_lists_leave_no_row_unaccounted_no_overlap_and_no_gap(
    lists: Lists, worker: Database, batches: list[tuple[str, list[tuple[int, str, bool]]]]
) -> None:
    for category, lines in batches:
        lists.clock.moment += timedelta(days=1)
        rows = [row(HOUSEHOLD[who], change, town="没有的镇" if wrong else "凤城镇") for who, change, wrong in lines]
        rows[0][1] = f"{lists.clock.moment:虚构村%m%d}"  # no two files are the same to the byte
        seen = await lists.provide(rows, category=category)
        counts = seen["rows"]
        assert seen["state"] == "done", seen
        assert counts["in"] == len(rows) == counts["accepted"] + counts["returned"] + counts["duplicate"]
    async with worker.transaction(WHOLE) as session:
        for check in (OVERLAPS, GAPS, UNACCOUNTED):
            assert await session.scalar(text(check)) == 0, check


async def test_a_list_that_was_looked_at_is_provided_when_it_is_confirmed(
    lists: Lists, worker: Database, counter: Counter, services: Services
) -> None:
    person = somebody()
    looked_at = await lists.provide([row(person)], preview="true")
    assert (looked_at["state"], looked_at["forecast"]["accepted"]) == ("checked", 1)
    assert await periods(worker, services, person) == []
    lists.clock.moment = APRIL + timedelta(days=1)
    place = f"/uploads/{looked_at['id']}"
    assert (await counter.as_(CIVIL, "POST", f"{place}/commit")).status_code == 202
    await lists.handing.take_in(looked_at["id"])
    assert await periods(worker, services, person) == [("DB", date(2025, 4, 11), None)]


async def test_a_calendar_that_moves_the_last_working_day_wakes_the_period(
    lists: Lists, worker: Database, migrated: DataFolder
) -> None:
    """Sun 27 April 2025 is worked, the 30th is a Wednesday: a county that closes on the 29th and 30th asks on the 28th."""
    hands, april = RosterChanges(worker, lists.clock), date(2025, 4, 1)
    async with worker.transaction(WHOLE) as session:
        opened = await open_month(session, "140522", april, lists.clock.now())
        matter = next(found for found in opened if found.key == "140522/civil_affairs/2025-04")
    assert (await hands.opens(str(matter.id))).on == "2025-04-30"
    rest = {date(2025, 4, 29): "虚构假日", date(2025, 4, 30): "虚构假日"}
    year = CalendarYear(2025, 1, CalendarStatus.PUBLISHED, "虚构", rest, {})
    try:
        async with worker.transaction(WHOLE) as session:
            await import_year(session, "140522", year, lists.clock.now())
            woken = select(func.count()).where(OutboxRow.workflow_id == f"adjustment-period/{matter.key}")
            assert await session.scalar(woken) == 2  # started, and woken
        moved = await hands.opens(str(matter.id))
        assert (moved.on, moved.at) == ("2025-04-28", "2025-04-28T00:00:00+08:00")
        lists.clock.moment = datetime(2025, 4, 28, 0, 1, tzinfo=SHANGHAI)
        assert (await hands.opens(str(matter.id))).at == ""
    finally:
        owner = Database(migrated.database_url("migration"))
        async with owner.transaction(WHOLE) as session:
            await session.execute(delete(CalendarRow).where(CalendarRow.division == "140522"))
        await owner.close()
