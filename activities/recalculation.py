"""Moving open deadlines when a calendar changes: recomputed in PostgreSQL, noted on the timeline, and only the
workflows whose date has moved are woken (architecture decision 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.case import locked_application
from activities.desk import move_notice
from policy.deadlines import SHANGHAI
from policy.procedures import Procedure
from policy.remedies import remedies
from policy.terms import RefusalStatus, ancestors
from policy.working_days import ONE_DAY, CalendarYear, WorkCalendar
from store.adjustments import waiting_periods
from store.applications import RefusalRow, RemedyRow
from store.outbox import start, start_case, wake
from store.periods import asked_of, set_dates
from store.reference import CalendarRow
from store.rulebook import calendar_year, change_calendars, load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record


class NothingChanged(Exception):
    """The imported year says the same, day for day, as the one in force."""


@dataclass(frozen=True)
class Import:
    """What an imported calendar did: its version, the days that changed, the open periods looked at and moved."""

    version: int
    changed_days: tuple[date, ...]
    touched: int
    moved: int


async def import_year(session: AsyncSession, division: str, year: CalendarYear, now: datetime) -> Import:
    """Adds the year as a new version for `division` and moves the open periods that its changes touch.

    Raises NothingChanged.
    """
    await change_calendars(session)
    latest = await session.scalar(
        select(CalendarRow)
        .where(CalendarRow.division == division, CalendarRow.year == year.year)
        .order_by(CalendarRow.version.desc())
        .limit(1)
    )
    before = calendar_year(latest) if latest else None
    changed = _changed_days(before, year)
    if before and not changed and before.status is year.status:
        raise NothingChanged
    version = max(year.version, (latest.version if latest else 0) + 1)
    session.add(
        CalendarRow(
            division=division,
            year=year.year,
            version=version,
            status=year.status.value,
            source=year.source,
            rest={day.isoformat(): name for day, name in year.rest.items()},
            make_up={day.isoformat(): name for day, name in year.make_up.items()},
            loaded_at=now,
        )
    )
    await session.flush()
    await move_remedies(session, division, now)  # before any task is locked: cases come first
    periods = [period for period in await open_periods(session, division) if touched(period, changed)]
    moved = [period for period in periods if await move(session, period, now, {"calendar_version": version})]
    await _release(session, division, year.year, now)
    await wake_periods(session, division, now)
    return Import(version, changed, len(periods), len(moved))


def _changed_days(before: CalendarYear | None, after: CalendarYear) -> tuple[date, ...]:
    """The days that are worked in one and not in the other; all of the year when there was none before."""
    days = [date(after.year, 1, 1) + timedelta(days=n) for n in range(366)]
    in_year = [day for day in days if day.year == after.year]
    if before is None:
        return tuple(in_year)
    old, new = WorkCalendar({before.year: before}), WorkCalendar({after.year: after})
    return tuple(day for day in in_year if old.is_working_day(day) != new.is_working_day(day))


async def open_periods(session: AsyncSession, division: str) -> list[PeriodRow]:
    """The periods with a task still open, in the division and below it. Tasks are locked first, as the desk does it."""
    inside = func.left(TaskRow.division, len(division)) == division
    waiting = select(TaskRow).where(TaskRow.state == "open", inside).order_by(TaskRow.id).with_for_update()
    tasks = (await session.scalars(waiting)).all()
    periods = select(PeriodRow).where(PeriodRow.id.in_({task.period_id for task in tasks})).order_by(PeriodRow.id)
    return list(await session.scalars(periods.with_for_update()))


def touched(period: PeriodRow, changed: tuple[date, ...]) -> bool:
    """Whether a changed day lies between the start of the count and the last rung, or the calendar was missing."""
    if period.missing_key:
        return period.missing_key.startswith("WORK_CALENDAR(")
    if period.nominal is None:
        return False
    start = period.notice_posted_on or period.counted_from
    rungs = (datetime.fromisoformat(step["at"]).date() for step in period.ladder)
    last = max(chain(rungs, (period.nominal,)))
    return any(start < day <= last + ONE_DAY for day in changed)


async def _release(session: AsyncSession, division: str, year: int, now: datetime) -> None:
    """Closes the tasks that asked for this year's calendar and wakes the procedures that wait for it."""
    waiting = await session.scalars(
        select(TaskRow)
        .where(TaskRow.kind == "missing_parameter", TaskRow.state == "open")
        .where(TaskRow.detail["key"].astext == f"WORK_CALENDAR({year})")
        .with_for_update()
    )
    for task in waiting:
        if division in ancestors(task.division):
            task.state, task.closed_reason = "closed", "released"
            record(
                session,
                subject_id=task.subject_id,
                division=task.division,
                at=now,
                day=now.astimezone(SHANGHAI).date(),
                tag="calendar:missing_parameter:released",
                codes={"task": str(task.id), "key": f"WORK_CALENDAR({year})"},
                grounds=["X-11"],
            )
            await wake(session, task, at=now)


async def wake_periods(session: AsyncSession, division: str, now: datetime) -> None:
    """Adjustment periods wait for a last working day that may be another one now: each looks again."""
    for matter in await waiting_periods(session, division):
        await start(session, Procedure.ADJUSTMENT_PERIOD, matter.key, {"matter_id": str(matter.id)}, at=now)


async def move(session: AsyncSession, period: PeriodRow, now: datetime, why: Mapping[str, Any]) -> bool:
    """Recomputes one period; an entry with old, new and `why` (codes), and a nudge, where its date has moved."""
    old, ladder = period.nominal, period.ladder
    was = {name: _iso(getattr(period, name)) for name in ("nominal", "work_target", "late_after")}
    rulebook = await load_rulebook(session, period.division, now.astimezone(SHANGHAI).date())
    moved = set_dates(period, rulebook, asked_of(period), now)
    if not moved and period.ladder == ladder:
        return False
    await move_notice(session, period)
    tasks = await session.scalars(select(TaskRow).where(TaskRow.period_id == period.id, TaskRow.state == "open"))
    for task in tasks:
        if moved:
            record(
                session,
                subject_id=period.subject_id,
                division=period.division,
                at=now,
                day=now.astimezone(SHANGHAI).date(),
                tag=f"calendar:{task.kind}:moved",
                codes={
                    "task": str(task.id),
                    "old": old.isoformat() if old else None,
                    "new": period.nominal.isoformat() if period.nominal else None,
                    **({"was": was} if period.month else {}),  # a board of the past shows what was aimed at then
                    **why,
                },
                grounds=["X-11"],
            )
        await wake(session, task, at=now)
    return moved


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


async def move_remedies(session: AsyncSession, division: str, now: datetime) -> None:
    """Computes the two dates of appeal anew for notices that were delivered and are not final (A-68, X-11)."""
    inside = func.left(RefusalRow.division, len(division)) == division
    open_ones = select(RefusalRow).where(RefusalRow.status == RefusalStatus.DELIVERED.value, inside)
    for refusal in (await session.scalars(open_ones.order_by(RefusalRow.id))).all():
        application = await locked_application(session, str(refusal.application_id))
        upheld = select(RemedyRow.id).where(RemedyRow.refusal_id == refusal.id, RemedyRow.result == "upheld").limit(1)
        if refusal.delivered_on is None or await session.scalar(upheld):
            continue  # after an appeal in vain the date counts from its result
        rulebook = await load_rulebook(session, refusal.division, now.astimezone(SHANGHAI).date())
        until = remedies(rulebook, refusal.delivered_on)
        dates = (until.reconsideration_until.nominal, until.suit_until.nominal)
        if dates == (refusal.reconsideration_until, refusal.suit_until):
            continue
        refusal.reconsideration_until, refusal.suit_until = dates
        record(
            session,
            subject_id=application.id,
            division=application.division,
            at=now,
            day=now.astimezone(SHANGHAI).date(),
            tag="procedure:refusal:remedies",
            codes={"reconsideration_until": str(dates[0]), "suit_until": str(dates[1])},
            grounds=until.grounds,
        )
        await start_case(session, Procedure.REFUSAL, application, at=now)
