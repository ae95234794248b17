"""Closing one office for some days (R-CLOSURE): snow, flood. Its open deadlines move as an imported calendar moves them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from activities.recalculation import move, move_remedies, open_periods, touched
from policy.working_days import ONE_DAY
from store.closures import ClosureRow
from store.rulebook import change_calendars


@dataclass(frozen=True)
class Shutting:
    """Days on which the offices of a division are closed, both included; `document` is the notice that says so."""

    division: str
    first_day: date
    last_day: date
    reason: str
    document: str


@dataclass(frozen=True)
class Shut:
    """What was done: the row, and the open periods looked at and moved."""

    id: uuid.UUID
    touched: int
    moved: int


async def close_office(session: AsyncSession, shutting: Shutting, by: uuid.UUID | None, now: datetime) -> Shut:
    """Adds the closure and moves the open periods of the division and below that it touches."""
    await change_calendars(session)
    row = ClosureRow(
        division=shutting.division,
        first_day=shutting.first_day,
        last_day=shutting.last_day,
        reason=shutting.reason,
        document=shutting.document,
        entered_by=by,
        entered_at=now,
    )
    session.add(row)
    await session.flush()
    return await _moved(session, row, now)


async def withdraw_closure(session: AsyncSession, row: ClosureRow, now: datetime) -> Shut:
    """Takes it back: the days count again, and what it had moved moves back."""
    await change_calendars(session)
    row.withdrawn_at = now
    await session.flush()
    return await _moved(session, row, now)


async def _moved(session: AsyncSession, row: ClosureRow, now: datetime) -> Shut:
    await move_remedies(session, row.division, now)  # before any task is locked: cases come first
    days = tuple(row.first_day + ONE_DAY * n for n in range((row.last_day - row.first_day).days + 1))
    periods = [period for period in await open_periods(session, row.division) if touched(period, days)]
    moved = [period for period in periods if await move(session, period, now, {"closure": str(row.id)})]
    return Shut(row.id, len(periods), len(moved))
