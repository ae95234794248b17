"""The watchdog of the months: finds, in the tables alone, what should have been opened and was not, and opens it.

It needs no Temporal: what it opens stands in PostgreSQL at once, and starts when Temporal is there again. It runs in the
relay's process; JIUZHU_MONTHS=false switches it off together with the Schedule.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client

from activities.going_live import WATCHED
from activities.months import Gap, gaps, open_month, provinces
from activities.opening import CANNOT_BE_OPENED, begin_month
from activities.term_changes import follow_rule, rules_entered
from policy.clock import Clock, today
from policy.deadlines import SHANGHAI, add_months
from policy.supervision import FindingKind
from runtime.clock import clock
from runtime.schedules import ensure_schedules
from runtime.settings import Settings
from runtime.temporal import AWAY
from store.accounts import HeartbeatRow
from store.database import WHOLE, Database
from store.findings import open_finding
from store.matters import record_in
from store.reference import ParameterRow
from store.rulebook import hold_calendars

log = structlog.get_logger(__name__)

RULES = "rules"
"""The heartbeat that says up to when entered rules have been followed."""
UNSETTLED = timedelta(minutes=10)
"""Longer than it takes to enter a rule, a release's with all its packs among them."""
GRACE = timedelta(minutes=10)
"""How long the Schedule's own work on a month may take before what is not there is missing."""
EVERY = 300.0
FIRST = 30.0
"""Seconds before the first look, which may open a month everywhere: whoever starts a house is to find it ready first."""
REST = 0.3
"""Seconds between two divisions that it opens, so that the counter stays fast."""


class Watchdog:
    """`look` and `follow_rules` are one round; it remembers which months of the past it has found whole. `areas`: other than all provinces."""

    def __init__(self, database: Database, clock: Clock, *, rest: float = REST, areas: Sequence[str] = ()) -> None:
        self._database, self._clock, self._rest, self._areas = database, clock, rest, areas
        self._whole: set[tuple[str, date]] = set()

    async def look(self) -> int:
        """Opens what is missing in every month since the months began to be watched; returns how many matters.

        The very first look of a house only begins the present month: nothing was missed before.
        """
        since = await self._since()
        if since is None:
            return 0
        opened = 0
        async with self._database.transaction(WHOLE) as session:
            areas = self._areas or await provinces(session)
        for month in _months(since, today(self._clock)):
            if self._clock.now() < max(_begin(month), since) + GRACE:
                continue
            for area in areas:
                opened += await self._look_at(area, month)
        return opened

    async def follow_rules(self) -> int:
        """Moves the open periods that rules entered since the last look reach, however they were entered (a release, the
        counter); returns how many. The first look of a house follows nothing: all was dated by what it begins with.

        A rule bears the moment at which its entering began and may be seen only after a later one: what is younger than
        UNSETTLED is looked at again, which moves nothing twice.
        """
        async with self._database.transaction(WHOLE) as session:
            latest = await session.scalar(select(func.max(ParameterRow.entered_at)))
            known = await session.scalar(select(HeartbeatRow.at).where(HeartbeatRow.name == RULES))
            entered = await rules_entered(session, known) if known else []
        moved = 0
        for division, key in entered:
            async with self._database.transaction(WHOLE) as session:
                await hold_calendars(session)
                moved += await follow_rule(session, division, key, self._clock.now())
        seen = min(latest, self._clock.now() - UNSETTLED) if latest and known else latest
        if seen is not None and (known is None or seen > known):
            beat = insert(HeartbeatRow).values(name=RULES, at=seen, detail="")
            async with self._database.transaction(WHOLE) as session:
                await session.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": seen}))
        return moved

    async def _since(self) -> datetime | None:
        """When the months began to be watched; None when that is now."""
        async with self._database.transaction(WHOLE) as session:
            known = await session.scalar(select(HeartbeatRow.at).where(HeartbeatRow.name == WATCHED))
            if known is None:
                beat = insert(HeartbeatRow).values(name=WATCHED, at=self._clock.now(), detail="")
                await session.execute(beat.on_conflict_do_nothing())
                await begin_month(session, self._clock)
            return known

    async def _look_at(self, area: str, month: date) -> int:
        if (area, month) in self._whole:
            return 0
        async with self._database.transaction(WHOLE) as session:
            missing = await gaps(session, area, month)
        opened = 0
        for gap in missing:
            try:
                opened += await self._open(gap)
            except CANNOT_BE_OPENED as error:
                log.exception("a month could not be opened", division=gap.division, kind=type(error).__name__)
            await asyncio.sleep(self._rest)
        if missing:
            log.warning("months had not been opened", area=area, month=f"{month:%Y-%m}", divisions=len(missing))
            await self._report(area, month, len(missing), opened)
        elif month < today(self._clock).replace(day=1):
            self._whole.add((area, month))
        return opened

    async def _open(self, gap: Gap) -> int:
        """One division, with an entry in the timeline of each matter that says that nobody had opened it."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            fresh = await open_month(session, gap.division, gap.month, now)
            for matter in fresh:
                record_in(
                    session,
                    matter,
                    "opened_late",
                    at=now,
                    day=today(self._clock),
                    codes={"month": f"{gap.month:%Y-%m}"},
                    grounds=["C-30"],
                )
        return len(fresh)

    async def _report(self, area: str, month: date, divisions: int, matters: int) -> None:
        async with self._database.transaction(WHOLE) as session:
            await open_finding(
                session,
                FindingKind.MONTHS_OPENED_BY_WATCHDOG,
                area,
                month,
                None,
                {"month": f"{month:%Y-%m}", "divisions": divisions, "matters": matters},
                ["C-30"],
                self._clock.now(),
            )


def _months(since: datetime, until: date) -> Iterator[date]:
    """The first days of all months from that of `since` to that of `until`."""
    month = since.astimezone(SHANGHAI).date().replace(day=1)
    while month <= until:
        yield month
        month = add_months(month, 1)


def _begin(month: date) -> datetime:
    return datetime.combine(month, time(), SHANGHAI)


async def watch_forever(settings: Settings) -> None:
    """Looks every few minutes until cancelled. While the database is away it waits for it.

    It opens matters and measures the month before, as the worker does, and so with the worker's rights.
    """
    database = Database(settings.database_url("worker"), pool_size=1)
    watchdog = Watchdog(database, clock(settings))
    try:
        await asyncio.sleep(FIRST)
        while True:
            try:
                await watchdog.follow_rules()
                await watchdog.look()
            except SQLAlchemyError as error:
                log.warning("the months could not be looked at", kind=type(error).__name__)
            await asyncio.sleep(EVERY)
    finally:
        await database.close()


async def schedule_forever(client: Client) -> None:
    """Until the Schedule stands; whoever deletes it finds it again at the next start."""
    while True:
        try:
            await ensure_schedules(client)
        except AWAY as error:
            log.warning("the schedule could not be made", kind=type(error).__name__)
            await asyncio.sleep(5)
        else:
            break
    await asyncio.Event().wait()  # the relay takes a work that ends for one that has failed
