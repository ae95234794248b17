"""The opening of months: harmless when called twice, found by the watchdog without Temporal, and on the Schedule once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest_asyncio
from sqlalchemy import func, select, text
from temporalio.testing import ActivityEnvironment

from activities.going_live import WATCHED
from activities.matters import Matters, Move
from activities.months import gaps, open_month
from activities.opening import AreaMonth, Opening
from activities.sharing import Sharings
from policy.deadlines import SHANGHAI
from policy.exchange_terms import Carrier, Direction
from policy.procedures import Procedure
from policy.terms import Department
from runtime.embedded.stack import Stack
from runtime.schedules import CATCH_UP, MONTHS, ensure_schedules
from runtime.temporal import connect
from runtime.watchdog import GRACE, Watchdog
from store.accounts import HeartbeatRow
from store.database import WHOLE, Database
from store.findings import FindingRow
from store.matters import MatterRow, locked_matter
from store.outbox import OutboxRow
from store.reference import ParameterRow
from store.sharings import (
    Provided,
    confirm_sharing,
    cycle_of,
    dispute_sharing,
    record_sharing,
    withdraw_sharing,
)
from store.timeline import TimelineRow

COUNTY = "140522"


class Fixed:
    """A clock that a test sets."""

    def __init__(self, written: str) -> None:
        self.set(written)

    def set(self, written: str) -> None:
        self._now = datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)

    def now(self) -> datetime:
        return self._now


@pytest_asyncio.fixture(scope="module")
async def worker(servers: Stack) -> AsyncIterator[Database]:
    database = Database(servers.dsn("worker"))
    yield database
    await database.close()


async def counted(database: Database, query: Any) -> int:
    async with database.transaction(WHOLE) as session:
        return int(await session.scalar(query) or 0)


def cycles(month: date) -> Any:
    return (
        select(func.count())
        .select_from(MatterRow)
        .where(MatterRow.procedure == Procedure.SHARING_CYCLE.value, MatterRow.month == month)
    )


async def test_a_month_opened_by_many_at_once_is_open_once(worker: Database) -> None:
    month, now = date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=SHANGHAI)

    async def once() -> int:
        async with worker.transaction(WHOLE) as session:
            return len(await open_month(session, COUNTY, date(2026, 3, 17), now))

    opened = await asyncio.gather(*(once() for _ in range(6)))
    assert sum(opened) == max(opened) > 0, "one of them has opened everything"
    key = f"sharing-cycle/{COUNTY}/2026-03"
    assert await counted(worker, select(func.count()).where(OutboxRow.workflow_id == key)) == 1
    async with worker.transaction(WHOLE) as session:
        cycle = await cycle_of(session, COUNTY, month)
        assert cycle is not None
        assert cycle.opened_on == month, "its rules are those of the 1st, however late the call comes"
        assert cycle.facts == {"least": 1, "counted": ["civil_affairs"]}
        assert "veterans_affairs" in cycle.departments


async def test_no_month_is_opened_where_no_document_asks_for_one(worker: Database) -> None:
    """C-30 holds from 2025-03-01 and for counties only; Jining has no such document."""
    now = datetime(2026, 3, 1, tzinfo=SHANGHAI)
    for division, month in ((COUNTY, date(2025, 2, 1)), ("1405", date(2026, 3, 1)), ("370829", date(2026, 3, 1))):
        async with worker.transaction(WHOLE) as session:
            opened = await open_month(session, division, month, now)
        assert [one.key for one in opened if one.procedure == Procedure.SHARING_CYCLE.value] == []


async def test_the_watchdog_opens_what_nobody_has_opened_and_says_so(worker: Database) -> None:
    """Nothing but PostgreSQL is asked: no Temporal, no worker. What it opens starts when they are there again."""
    clock, april, may = Fixed("2026-04-20T09:00"), date(2026, 4, 1), date(2026, 5, 1)
    watchdog = Watchdog(worker, clock, rest=0, areas=["1405"])
    assert await watchdog.look() == 0, "a house that begins has missed nothing"
    begun = select(func.count()).where(OutboxRow.workflow_id == "sharing-month/14/2026-04")
    assert await counted(worker, begun) == 1, "its present month is begun as the Schedule would"
    clock.set("2026-04-20T09:05")
    assert await watchdog.look() == 0, "that work has its time"

    async with worker.transaction(WHOLE) as session:
        for division in ("140522", "140581"):
            await open_month(session, division, april, clock.now())
    clock.set("2026-05-01T00:05")
    assert await watchdog.look() > 0, "April has its time behind it, May has not"
    assert (await counted(worker, cycles(april)), await counted(worker, cycles(may))) == (6, 0)
    clock.set("2026-05-01T00:11")
    assert await watchdog.look() > 0
    assert await counted(worker, cycles(may)) == 6
    assert await watchdog.look() == 0
    async with worker.transaction(WHOLE) as session:
        assert [*await gaps(session, "1405", may)] == []
        late = await session.scalars(
            select(TimelineRow.division).where(TimelineRow.tag == "matter:sharing-cycle:opened_late")
        )
        assert len([division for division in late if division in ("140522", "140581")]) == 2, "only May of those two"
        found = await session.scalars(
            select(FindingRow).where(FindingRow.kind == "months_opened_by_watchdog", FindingRow.division == "1405")
        )
        assert [finding.codes["month"] for finding in found] == ["2026-04", "2026-05"]
        since = await session.scalar(select(HeartbeatRow.at).where(HeartbeatRow.name == WATCHED))
        assert since == datetime(2026, 4, 20, 9, tzinfo=SHANGHAI)
    assert timedelta(minutes=5) < GRACE < timedelta(minutes=11)


async def test_an_opening_that_was_cut_off_goes_on_behind_the_last_county(worker: Database) -> None:
    """An attempt that died after Qinshui had told of it; the next one begins with Yangcheng."""
    told: list[str] = []
    attempt = ActivityEnvironment()
    attempt.info = replace(attempt.info, heartbeat_details=["140521"])
    attempt.on_heartbeat = lambda *details: told.append(str(details[0]))
    opening = Opening(worker, Fixed("2026-09-01T00:00"), rest=0)
    assert await attempt.run(opening.open_area, AreaMonth("1405", "2026-09-01")) > 0
    assert told == ["140522", "140524", "140525", "140581"]
    assert await counted(worker, cycles(date(2026, 9, 1))) == 4
    again = ActivityEnvironment()
    await again.run(opening.open_area, AreaMonth("1405", "2026-09-01"))
    assert await counted(worker, cycles(date(2026, 9, 1))) == 6


async def test_two_sharings_are_two_where_the_county_asks_for_two(worker: Database) -> None:
    """SHARE_MIN (C-30: “原则上每月不低于1次”); a batch that was withdrawn or is disputed is none."""
    clock, month = Fixed("2026-10-05T09:00"), date(2026, 10, 1)
    async with worker.transaction(WHOLE) as session:
        await open_month(session, COUNTY, month, clock.now())
        cycle = await cycle_of(session, COUNTY, month)
        assert cycle is not None
        cycle.facts = {**cycle.facts, "least": 2}
        matter = cycle.id
    sharings = Sharings(worker, clock)
    states = []
    for number in range(3):
        batch = Provided(
            f"upload/{number}", COUNTY, month, Direction.IN, Department.CIVIL_AFFAIRS, Carrier.FILE, month, {"DB": 1}
        )
        async with worker.transaction(WHOLE) as session:
            row, _ = await record_sharing(session, batch, at=clock.now())
            if number == 1:
                await dispute_sharing(session, row, at=clock.now(), actor="system")
                await withdraw_sharing(session, row, on=month, at=clock.now(), actor="system")
        stock = await sharings.take_stock(str(matter))
        states.append(("sharing_in" in stock.short, len(stock.to_confirm)))
    assert states == [(True, 1), (True, 1), (False, 2)]


async def test_a_division_whose_rules_lack_something_hides_no_other(worker: Database) -> None:
    """A term for the review, and no rule yet that says who takes part: that county is told of, and so are the others."""
    async with worker.transaction(WHOLE) as session, session.begin_nested() as tried:
        session.add(
            ParameterRow(
                key="T-REV",
                division="140524",
                value=10,
                unit="day_of_next_month",
                effective_from=date(2025, 1, 1),
                document="虚构文件",
                basis="local",
                note="",
                version=1,
                source="counter",
                entered_at=datetime(2025, 1, 1, tzinfo=SHANGHAI),
            )
        )
        await session.flush()
        found = {gap.division for gap in await gaps(session, "1405", date(2025, 6, 1))}
        await tried.rollback()
    assert {"140522", "140524", "140581"} <= found


async def test_a_month_made_good_before_anybody_looked_was_missed_all_the_same(worker: Database) -> None:
    """The worker was away over the end of the month; the counter went on, and both sides were confirmed on the 2nd."""
    clock, month = Fixed("2026-12-01T09:00"), date(2026, 12, 1)
    async with worker.transaction(WHOLE) as session:
        await open_month(session, COUNTY, month, clock.now())
        cycle = await cycle_of(session, COUNTY, month)
        assert cycle is not None
        for direction in Direction:
            batch = Provided(
                f"late/{direction.value}", COUNTY, month, direction, Department.CIVIL_AFFAIRS, None, date(2026, 12, 31)
            )
            sharing, _ = await record_sharing(session, batch, at=clock.now())
            await confirm_sharing(session, sharing, by=None, on=date(2027, 1, 2), at=clock.now())
    clock.set("2027-01-02T09:00")
    stock = await Sharings(worker, clock).take_stock(str(cycle.id))
    assert stock.over, "made good: it may close late"
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(MatterRow, cycle.id)
        assert (row.status, row.facts["missed"]) == ("missed", True)
        kinds = await session.scalars(select(FindingRow.kind).where(FindingRow.subject_id == cycle.id))
        assert kinds.all() == ["missed_sharing"]


async def test_a_matter_is_locked_as_it_is_now(worker: Database) -> None:
    """Looked at, moved by somebody else, and locked: what was seen before is forgotten."""
    async with worker.transaction(WHOLE) as session:
        await open_month(session, COUNTY, date(2026, 11, 1), Fixed("2026-11-01T09:00").now())
    async with worker.transaction(WHOLE) as session:
        seen = await cycle_of(session, COUNTY, date(2026, 11, 1))
        assert seen is not None
        async with worker.transaction(WHOLE) as other:
            theirs = await locked_matter(other, seen.id)
            theirs.facts = {**theirs.facts, "by": "another"}
        assert "by" not in seen.facts
        assert (await locked_matter(session, seen.id)).facts["by"] == "another"


async def test_the_schedule_stands_once_and_is_put_right(servers: Stack) -> None:
    client = await connect(servers.settings)
    for _ in range(2):
        assert await ensure_schedules(client)
    handle = client.get_schedule_handle(MONTHS)
    await handle.pause(note="维护")
    assert await ensure_schedules(client)
    described = (await handle.describe()).schedule
    assert described.state.paused, "whoever paused it is not overruled; the watchdog goes on"
    assert described.policy.catchup_window == CATCH_UP
    assert described.spec.time_zone_name == "Asia/Shanghai"
    upcoming = [moment.astimezone(SHANGHAI) for moment in (await handle.describe()).info.next_action_times]
    assert upcoming
    assert all((moment.day, moment.hour, moment.minute) == (1, 0, 0) for moment in upcoming)
    assert [listed.id async for listed in await client.list_schedules()] == [MONTHS]
    await handle.delete()


async def test_what_was_shared_before_the_month_was_opened_counts_once(worker: Database) -> None:
    """A batch of 附件3, say, on the 1st, before the watchdog had found the month; recorded again by a second run."""
    clock, month = Fixed("2026-06-01T08:00"), date(2026, 6, 1)
    provided = Provided(
        "adjustment/1", COUNTY, date(2026, 6, 1), Direction.IN, Department.CIVIL_AFFAIRS, Carrier.FILE, month, {"DB": 3},
        asks_receipt=False,
    )  # fmt: skip
    async with worker.transaction(WHOLE) as session:
        assert [(await record_sharing(session, provided, at=clock.now()))[1] for _ in range(2)] == [True, False]
        await open_month(session, COUNTY, month, clock.now())
        cycle = await cycle_of(session, COUNTY, month)
        assert cycle is not None
    sharings = Sharings(worker, clock)
    stock = await sharings.take_stock(str(cycle.id))
    assert (stock.short, stock.to_confirm, stock.over) == (["sharing_out"], [], False)
    assert stock.look_again_at == "2026-07-01T00:00:00+08:00"

    others = Provided(
        "upload/1", COUNTY, month, Direction.OUT, Department.AGRICULTURE, Carrier.FILE, month, {"burden": 9}
    )
    zero = Provided("task/1", COUNTY, month, Direction.OUT, Department.CIVIL_AFFAIRS, None, month)
    async with worker.transaction(WHOLE) as session:
        for one in (provided, others, zero):
            sharing, _ = await record_sharing(session, one, at=clock.now())
            if one is not zero:
                await confirm_sharing(session, sharing, by=None, on=month, at=clock.now())
    stock = await sharings.take_stock(str(cycle.id))
    assert (stock.short, [batch.rows for batch in stock.to_confirm]) == ([], [0])
    clock.set("2026-07-01T00:00")
    stock = await sharings.take_stock(str(cycle.id))
    assert not stock.over, "a zero report that is not confirmed is no sharing"
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(MatterRow, cycle.id)
        assert (row.status, row.facts["missed"]) == ("missed", True)
        sharing, _ = await record_sharing(session, zero, at=clock.now())
        await confirm_sharing(session, sharing, by=None, on=date(2026, 6, 30), at=clock.now())
    stock = await sharings.take_stock(str(cycle.id))
    assert stock.over
    await Matters(worker, clock).end(Move(str(cycle.id), "closed"))
    async with worker.transaction(WHOLE) as session:
        assert (await session.get_one(MatterRow, cycle.id)).status == "closed"
        kinds = await session.execute(text("select kind from finding where subject_id = :id"), {"id": cycle.id})
        assert [kind for (kind,) in kinds] == ["missed_sharing"]
