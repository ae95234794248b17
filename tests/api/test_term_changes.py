"""A rule that is changed while its dates run: moved, said why, climbed once, and nobody late behind their back.

The push of 平陆县 (140829) about April and May 2025: the 10th of the next month (D-02) until the county shortens it; 芮城县 (140830) beside it.
"""

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, select
from temporalio.testing import ActivityEnvironment

from activities.correspondence import Correspondence
from activities.desk import Desk, Request
from activities.going_live import WATCHED
from activities.ladder import Ladder
from api.timeline_text import timeline_text
from policy.deadlines import SHANGHAI
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from runtime.folder import DataFolder
from runtime.watchdog import RULES, Watchdog
from store.accounts import HeartbeatRow
from store.database import WHOLE, Database
from store.matters import Opening, open_matter
from store.outbox import OutboxRow
from store.reference import ParameterRow
from store.tasks import PeriodRow, RungRow, TaskRow
from store.timeline import TimelineRow
from tests.api.conftest import StoppedClock

COUNTY, NEXT = "140829", "140830"


class Push:
    """One push of the county with its task, opened and looked at as its workflow would."""

    def __init__(self, worker: Database, clock: StoppedClock, month: date, division: str = COUNTY) -> None:
        correspondence = Correspondence("http://counter.test", 15)
        self.desk = Desk(worker, clock, Ladder(correspondence), correspondence, {})
        self.worker, self.clock, self.month, self.division = worker, clock, month, division
        self.task = ""

    async def open(self, opened_on: str = "") -> "Push":
        day = date.fromisoformat(opened_on) if opened_on else self.clock.now().date()
        key = f"{self.division}/{self.month:%Y-%m}/{uuid.uuid4().hex[:6]}"
        opening = Opening(
            procedure=Procedure.PUSH,
            key=key,
            division=self.division,
            departments=(Department.MEDICAL_INSURANCE,),
            status=MatterStatus.SNAPSHOT,
            month=self.month,
        )
        async with self.worker.transaction(WHOLE) as session:
            matter, _ = await open_matter(session, opening, at=self.clock.now(), day=day)
        request = Request(str(matter.id), "push_burden", "", subject_type="matter", month=self.month.isoformat())
        self.env = ActivityEnvironment()
        self.env.info = replace(self.env.info, workflow_id=f"high-cost-push/{key}")
        self.task = (await self.env.run(self.desk.open_task, request)).task_id
        self.matter = matter.id
        return self

    async def look(self) -> None:
        await self.env.run(self.desk.attend, self.task)

    async def period(self) -> PeriodRow:
        async with self.worker.transaction(WHOLE) as session:
            task = await session.get_one(TaskRow, uuid.UUID(self.task))
            return await session.get_one(PeriodRow, task.period_id)

    async def dates(self) -> tuple[str, ...]:
        row = await self.period()
        return tuple(str(day) for day in (row.nominal, row.work_target, row.late_after))

    async def told(self) -> list[tuple[str, str]]:
        period = await self.period()
        async with self.worker.transaction(WHOLE) as session:
            rungs = await session.scalars(
                select(RungRow).where(RungRow.period_id == period.id).order_by(RungRow.fired_at)
            )
            return [(rung.rung, f"{rung.due_at.astimezone(SHANGHAI):%m-%d %H}") for rung in rungs]

    async def entries(self, tag: str) -> list[TimelineRow]:
        async with self.worker.transaction(WHOLE) as session:
            wanted = (TimelineRow.subject_id == self.matter, TimelineRow.tag == tag)
            return list(await session.scalars(select(TimelineRow).where(*wanted).order_by(TimelineRow.id)))


def rule(value: int, since: str, entered: datetime, *, division: str = COUNTY, version: int = 1) -> ParameterRow:
    return ParameterRow(
        key="T-PUSH",
        division=division,
        value=value,
        unit="day_of_next_month",
        effective_from=date.fromisoformat(since),
        document="平医保发〔2025〕2号",
        clause=None,
        basis="document",
        note="",
        version=version,
        source="counter",
        entered_at=entered,
    )


@pytest.fixture(scope="module", autouse=True)
def rules(migrated: DataFolder) -> None:
    """Those that stand from the beginning: what other files' tests have entered later would be taken for the newest."""
    engine = create_engine(migrated.database_url("migration"))
    with engine.begin() as connection:
        connection.execute(delete(ParameterRow).where(ParameterRow.entered_at >= moment("2025-05-01T00:00")))
    engine.dispose()


@pytest.fixture
async def watchdog(worker: Database, migrated: DataFolder, clock: StoppedClock) -> AsyncIterator[Watchdog]:
    watchdog = Watchdog(worker, clock, rest=0, areas=[COUNTY])
    await watchdog.follow_rules()  # a house that begins: all is dated by what is there
    yield watchdog
    engine = create_engine(migrated.database_url("migration"))
    with engine.begin() as connection:
        connection.execute(delete(HeartbeatRow).where(HeartbeatRow.name.in_([WATCHED, RULES])))
    engine.dispose()


async def enter(worker: Database, clock: StoppedClock, now: str, row: Any) -> None:
    clock.moment = moment(now)
    async with worker.transaction(WHOLE) as session:
        session.add(row)


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


async def test_a_shorter_term_moves_the_open_date_and_says_why(
    worker: Database, clock: StoppedClock, watchdog: Watchdog
) -> None:
    clock.moment = moment("2025-05-01T00:00")
    push = await Push(worker, clock, date(2025, 4, 1)).open()
    # Sat 10 May: aimed at on Fri 9, late after the 10th.
    assert await push.dates() == ("2025-05-10", "2025-05-09", "2025-05-10")

    await enter(worker, clock, "2025-05-06T10:00", rule(7, "2025-05-01", moment("2025-05-06T10:00")))
    assert await watchdog.follow_rules() == 1
    assert await push.dates() == ("2025-05-07", "2025-05-07", "2025-05-07")
    moved = await push.entries("term:push_burden:moved")
    assert [(one.codes["old"], one.codes["new"], one.codes["overdue_from"]) for one in moved] == [
        ("2025-05-10", "2025-05-07", None)
    ]
    assert timeline_text(moved[0].tag, moved[0].codes) == (
        "因期限规定变更（平医保发〔2025〕2号），报送个人累计负担期限由2025-05-10改为2025-05-07"
    )
    changed = (await push.period()).basis["changed"]
    assert (changed["on"], changed["was"], changed["rule"]["clause"]) == ("2025-05-06", "2025-05-10", "D-02")
    async with worker.transaction(WHOLE) as session:
        woken = await session.scalars(
            select(OutboxRow.created_at).where(OutboxRow.workflow_id == push.env.info.workflow_id)
        )
        assert moment("2025-05-06T10:00") in woken.all()
    assert await watchdog.follow_rules() == 0, "followed once"

    # Shortened again on Fri 9, when it is overdue since Thu 8 and that has been told: the 5th is a rest day, so are those
    # before it in May; aimed at on Tue 6. It stays late since the 8th, T+1 is not told again, and T+3 counts from Wed 7.
    clock.moment = moment("2025-05-08T10:00")
    await push.look()
    assert (await push.told())[-1] == ("overdue", "05-08 09")
    before = await push.told()
    await enter(worker, clock, "2025-05-09T10:00", rule(5, "2025-05-01", moment("2025-05-09T10:00"), version=2))
    assert await watchdog.follow_rules() == 1
    assert await push.dates() == ("2025-05-05", "2025-05-06", "2025-05-07")
    clock.moment = moment("2025-05-09T11:00")
    await push.look()
    assert await push.told() == before
    clock.moment = moment("2025-05-12T09:00")
    await push.look()
    assert [one for one in await push.told() if one not in before] == [("city", "05-12 09")]


async def test_a_date_put_into_the_past_is_overdue_from_the_change_on(
    worker: Database, clock: StoppedClock, watchdog: Watchdog
) -> None:
    clock.moment = moment("2025-07-01T00:00")
    push = await Push(worker, clock, date(2025, 6, 1), NEXT).open()
    await enter(worker, clock, "2025-07-07T08:00", rule(3, "2025-07-01", moment("2025-07-07T08:00"), division=NEXT))
    assert await watchdog.follow_rules() == 1
    # Thu 3 July; entered on Mon 7: late from that day. The ladder counts from Fri 4: T+1 is today at nine.
    assert await push.dates() == ("2025-07-03", "2025-07-03", "2025-07-06")
    moved = (await push.entries("term:push_burden:moved"))[-1]
    assert moved.codes["overdue_from"] == "2025-07-07"
    assert timeline_text(moved.tag, moved.codes).endswith("改为2025-07-03；新期限已过，自2025-07-07起计算逾期")
    assert (await push.period()).basis["spared"]["why"] == "term"
    before = await push.told()
    clock.moment = moment("2025-07-07T08:30")
    await push.look()
    assert await push.told() == before
    clock.moment = moment("2025-07-07T09:00")
    await push.look()
    assert [one for one in await push.told() if one not in before] == [("overdue", "07-07 09")]


async def test_a_rule_of_a_later_month_moves_nothing(worker: Database, clock: StoppedClock, watchdog: Watchdog) -> None:
    """A date of August is ruled by what is in force on 1 August."""
    clock.moment = moment("2025-08-01T00:00")
    push = await Push(worker, clock, date(2025, 7, 1)).open()
    before = await push.dates()
    await enter(worker, clock, "2025-08-04T10:00", rule(1, "2025-08-04", moment("2025-08-04T10:00")))
    assert await watchdog.follow_rules() == 0
    assert (await push.dates(), await push.entries("term:push_burden:moved")) == (before, [])


@pytest.mark.usefixtures("watchdog")
async def test_what_was_due_before_the_house_went_live_is_marked_and_late_from_then_on(
    worker: Database, clock: StoppedClock
) -> None:
    """About February, due on Mon 10 March; live on Mon 24 March."""
    clock.moment = moment("2025-03-24T15:00")
    async with worker.transaction(WHOLE) as session:
        session.add(HeartbeatRow(name=WATCHED, at=clock.moment, detail=""))
    push = await Push(worker, clock, date(2025, 2, 1)).open()
    assert await push.dates() == ("2025-03-10", "2025-03-10", "2025-03-24")
    spared = (await push.period()).basis["spared"]
    assert (spared["why"], spared["on"], spared["late_from"]) == ("before_live", "2025-03-24", "2025-03-25")
    opened = (await push.entries("desk:push_burden:opened"))[0]
    assert "启用前事项：2025-03-24启用本系统前已到期" in timeline_text(opened.tag, opened.codes)
    for now, told in (("24T16:00", []), ("25T09:00", ["overdue"]), ("27T09:00", ["overdue", "city"])):
        clock.moment = moment(f"2025-03-{now}")
        await push.look()
        assert [rung for rung, _ in await push.told()] == told
    march = await Push(worker, clock, date(2025, 3, 1)).open()
    assert "spared" not in (await march.period()).basis
    earlier = await Push(worker, clock, date(2025, 2, 1)).open("2025-02-28")
    assert (await earlier.dates())[2] == "2025-03-10", "what belongs to a month before that is late as it was"


async def test_a_rule_that_came_between_two_tasks_of_a_period_is_said_beside_the_date(
    worker: Database, clock: StoppedClock
) -> None:
    """永济市 (140881), about August 2025: Wed 10 September becomes Fri 5, and the release is asked for on Mon 8."""
    clock.moment = moment("2025-09-01T00:00")
    push = await Push(worker, clock, date(2025, 8, 1), "140881").open()
    async with worker.transaction(WHOLE) as session:
        task = await session.get_one(TaskRow, uuid.UUID(push.task))
        task.state, task.closed_reason = "closed", "released"
    entered = rule(5, "2025-09-01", moment("2025-09-08T09:00"), division="140881")
    await enter(worker, clock, "2025-09-08T09:00", entered)
    release = Request(str(push.matter), "push_release", "", subject_type="matter", month="2025-08-01")
    await push.env.run(push.desk.open_task, release)
    assert await push.dates() == ("2025-09-05", "2025-09-05", "2025-09-07")
    basis = (await push.period()).basis
    assert (basis["changed"]["was"], basis["spared"]["late_from"]) == ("2025-09-10", "2025-09-08")


async def test_a_rule_that_is_seen_after_a_later_one_is_followed_all_the_same(
    worker: Database, clock: StoppedClock, watchdog: Watchdog
) -> None:
    """Its entering began before another's and ended after it."""
    clock.moment = moment("2025-10-01T00:00")
    push = await Push(worker, clock, date(2025, 9, 1), "140882").open()
    other = rule(8, "2025-10-01", moment("2025-10-02T10:00:01"), division="140828")
    await enter(worker, clock, "2025-10-02T10:00:02", other)
    assert await watchdog.follow_rules() == 0
    slow = rule(9, "2025-10-01", moment("2025-10-02T10:00:00"), division="140882")
    await enter(worker, clock, "2025-10-02T10:05:00", slow)
    assert await watchdog.follow_rules() == 1
    assert (await push.dates())[0] == "2025-10-09"
    clock.moment = moment("2025-10-02T11:00")
    assert [await watchdog.follow_rules(), await watchdog.follow_rules()] == [0, 0]
