"""The pushes of an area in the order in which a supervisor looks at them."""

import uuid
from datetime import date

from sqlalchemy import Integer, ScalarSelect, case, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from policy.procedures import Procedure
from store.matters import MatterRow
from store.paging import BadCursor, Page, decode, page
from store.tasks import PeriodRow, TaskRow

NO_DAY = date(9999, 12, 31)


async def pushes_by_day(
    session: AsyncSession, *, month: date | None, division: str, cursor: str | None, limit: int
) -> Page:
    """{row, due, late_after}: the newest month first; in it what is open before what is not, by the day of what it waits for
    (`due`), which is late only after `late_after`.

    Raises paging.BadCursor.
    """
    waits_for, late_after = _first_of(PeriodRow.work_target), _first_of(PeriodRow.late_after)
    age = cast(literal(NO_DAY) - MatterRow.month, Integer)
    ended = case((MatterRow.closed_at.is_(None), 0), else_=1)
    day = func.coalesce(waits_for, NO_DAY)
    asked = (
        select(MatterRow, age.label("age"), ended.label("ended"), day.label("day"), late_after.label("late_after"))
        .where(MatterRow.procedure == Procedure.PUSH.value)
        .order_by(age, ended, day, MatterRow.id)
        .limit(limit + 1)
    )
    if month:
        asked = asked.where(MatterRow.month == month)
    if division:
        asked = asked.where(MatterRow.division >= division, MatterRow.division < division + ":")
    after = decode(cursor, 4)
    if after:
        asked = asked.where(tuple_(age, ended, day, MatterRow.id) > tuple_(*_keys(after)))
    found = [
        {
            "row": row,
            "due": None if day == NO_DAY else day,
            "late_after": late,
            "age": age,
            "ended": ended,
            "day": day,
            "id": row.id,
        }
        for row, age, ended, day, late in await session.execute(asked)
    ]
    return page(found, limit, ("age", "ended", "day", "id"))


def _first_of(day: InstrumentedAttribute[date | None]) -> ScalarSelect[date | None]:
    """The earliest such day among the periods of what a push waits for."""
    return (
        select(func.min(day))
        .join(TaskRow, TaskRow.period_id == PeriodRow.id)
        .where(TaskRow.subject_id == MatterRow.id, TaskRow.state == "open")
        .scalar_subquery()
    )


def _keys(after: list[str]) -> tuple[int, int, date, uuid.UUID]:
    try:
        return int(after[0]), int(after[1]), date.fromisoformat(after[2]), uuid.UUID(after[3])
    except ValueError as error:
        raise BadCursor from error
