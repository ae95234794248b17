"""Moving the open periods of the exchange when a rule that gives their date is added or changed.

Only what the rule itself reaches is moved: a fixed date of a month follows the rule in force on the first day of the month in
which it falls, a period of working days the rule of the day it is pinned on. What had not been late is not made late behind
anybody's back: a date that the new rule puts into the past is overdue from the day of the change on, and says so.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.conflicts import note_conflict
from policy.deadlines import SHANGHAI
from policy.rulebook import Rulebook
from policy.step_clause import grounds_here
from store.outbox import wake
from store.periods import BY_TERM, CHANGED, SPARED, asked_of, set_dates, spare
from store.reference import ParameterRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record

OF_ALL_DATES = ("DATE_ROLL", "LATE_AGAINST", "DEADLINE_INCLUSIVE", "ESCALATION", "LADDER_HOUR")
"""Rules that speak of every date alike."""
_REMINDERS = {"SHARE_REMINDER_DAY": "T-SHARE"}
_SHOWN = ("value", "unit", "document", "clause", "effective_from")


async def follow_rule(session: AsyncSession, division: str, key: str, now: datetime) -> int:
    """Recomputes the open periods of matters in the division and below it whose date rests on the rule `key`.

    Returns how many have moved: each with an entry on its timeline, its reason beside the date, and its procedure woken.
    """
    periods = await _resting_on(session, division, None if key in OF_ALL_DATES else _REMINDERS.get(key, key))
    moved = [await _follow(session, period, now) for period in periods]
    return sum(moved)


def date_anew(period: PeriodRow, rulebook: Rulebook, now: datetime) -> None:
    """Dates a period once more on the way to its next task, when none was open that could have been told: with the reason
    where it is another rule that moves it, and never late behind anybody's back."""
    late_after, rule, nominal = period.late_after, period.basis.get("rule"), period.nominal
    if set_dates(period, rulebook, asked_of(period), now) and _shown(rule) != _shown(period.basis.get("rule")):
        _say_why(period, rulebook, late_after, rule, nominal, now)


async def rules_entered(session: AsyncSession, after: datetime) -> list[tuple[str, str]]:
    """Division and key of every rule that was entered after the moment, whoever entered it."""
    entered = select(ParameterRow.division, ParameterRow.key).where(ParameterRow.entered_at > after).distinct()
    return sorted((division, key) for division, key in await session.execute(entered))


async def _resting_on(session: AsyncSession, division: str, key: str | None) -> list[PeriodRow]:
    """Those with a task still open and a date that is known. Tasks are locked first, as the desk does it."""
    dated = select(PeriodRow.id).where(PeriodRow.missing_key.is_(None), PeriodRow.fixed_on.is_(None))
    wanted = dated.where(PeriodRow.key == key) if key else dated.where(PeriodRow.month.is_not(None))
    inside = func.left(TaskRow.division, len(division)) == division
    open_ones = select(TaskRow).where(TaskRow.state == "open", TaskRow.subject_type == "matter", inside)
    tasks = await session.scalars(open_ones.where(TaskRow.period_id.in_(wanted)).order_by(TaskRow.id).with_for_update())
    periods = select(PeriodRow).where(PeriodRow.id.in_({task.period_id for task in tasks})).order_by(PeriodRow.id)
    return list(await session.scalars(periods.with_for_update()))


async def _follow(session: AsyncSession, period: PeriodRow, now: datetime) -> bool:
    today = now.astimezone(SHANGHAI).date()
    rulebook = await load_rulebook(session, period.division, today)
    was = {name: _iso(getattr(period, name)) for name in ("nominal", "work_target", "late_after")}
    late_after, rule, nominal, ladder = period.late_after, period.basis.get("rule"), period.nominal, period.ladder
    moved = set_dates(period, rulebook, asked_of(period), now)
    if moved:
        _say_why(period, rulebook, late_after, rule, nominal, now)
        await note_conflict(session, period, now)
    if not moved and period.ladder == ladder:
        return False
    for task in await session.scalars(select(TaskRow).where(TaskRow.period_id == period.id, TaskRow.state == "open")):
        if moved:
            new = period.basis.get("rule") or {}
            record(
                session,
                subject_id=period.subject_id,
                division=period.division,
                at=now,
                day=today,
                tag=f"term:{task.kind}:moved",
                codes={
                    "task": str(task.id),
                    "old": was["nominal"],
                    "new": _iso(period.nominal),
                    "key": period.key,
                    "document": new.get("document"),
                    "overdue_from": _overdue_from(period),
                    "was": was,  # a board of the past shows what was aimed at then
                },
                grounds=grounds_here(rulebook, filter(None, [new.get("clause")]), today),
            )
        await wake(session, task, at=now)
    return moved


def _say_why(
    period: PeriodRow,
    rulebook: Rulebook,
    late_after: date | None,
    rule: dict[str, Any] | None,
    nominal: date | None,
    now: datetime,
) -> None:
    """Writes beside the new date what it was before; lateness counts from today, of what was late before from when it was."""
    today = now.astimezone(SHANGHAI).date()
    period.basis = {**period.basis, CHANGED: {"on": today.isoformat(), "was": _iso(nominal), "rule": _shown(rule)}}
    yesterday = today - timedelta(days=1)
    until = min(late_after, yesterday) if late_after else yesterday
    if period.late_after is not None and period.late_after < until:
        spare(period, until, BY_TERM, today)
    set_dates(period, rulebook, asked_of(period), now)


def _overdue_from(period: PeriodRow) -> str | None:
    spared: dict[str, str] | None = period.basis.get(SPARED)
    return spared["late_from"] if spared else None


def _shown(rule: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: rule[name] for name in _SHOWN} if rule else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
