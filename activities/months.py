"""Opening a month: one function, harmless when called twice (the schedule, the watchdog, the operator, a story's clock).

What opens is said by `activities/openers.py`; each matter has a business id, so the second call finds what the first opened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from activities.findings import find_month
from activities.liaisons import find_unnamed
from activities.openers import OPENERS
from activities.place import Place
from policy.deadlines import add_months
from policy.rulebook import MissingParameter
from policy.terms import Level, division_at, level_of
from store.matters import MatterRow, Opening, open_matter
from store.reference import DivisionRow, ParameterRow
from store.rulebook import Law, load_law

LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)


@dataclass(frozen=True)
class Gap:
    """A division whose month has begun and of which something has not been opened."""

    division: str
    month: date
    missing: int


async def open_month(session: AsyncSession, division: str, month: date, now: datetime) -> Sequence[MatterRow]:
    """Opens whatever begins in `division` on the first day of `month`; returns what was not open before.

    The rules are those in force on that first day, however late the call comes. With the first call the month before is
    measured (W17), and who has named no liaison for this one is found (C-19).
    """
    first = month.replace(day=1)
    fresh, law = [], await load_law(session)
    for opening in openings(law, division, first):
        matter, new = await open_matter(session, opening, at=now, day=first)
        if new:
            fresh.append(matter)
    if fresh:
        await find_month(session, division, add_months(first, -1), now)
        await find_unnamed(session, law.rulebook(division, first), first, now)
    return fresh


def openings(law: Law, division: str, first: date) -> Iterator[Opening]:
    """What is to be open there once `first` has come."""
    place = Place(division, level_of(division), law.rulebook(division, first))
    for opener in OPENERS:
        yield from opener(place, first)


async def provinces(session: AsyncSession) -> Sequence[str]:
    """Those of which any division has rules of its own: 14 and, for Jining's sake, 37."""
    ruled = await session.scalars(select(ParameterRow.division).distinct())
    return sorted({division_at(code, Level.PROVINCE) for code in ruled})


async def divisions_of(session: AsyncSession, area: str) -> Sequence[str]:
    """The area itself and all cities and counties inside it."""
    found = await session.scalars(
        select(DivisionRow.code)
        .where(DivisionRow.code >= area, DivisionRow.code < area + ":")
        .where(DivisionRow.level.in_([level.value for level in LEVELS]))
        .order_by(DivisionRow.code)
    )
    return found.all()


async def gaps(session: AsyncSession, area: str, month: date) -> Sequence[Gap]:
    """Where in `area` something of `month` should be open and is not."""
    first, law = month.replace(day=1), await load_law(session)
    wanted: list[Opening] = []
    unknown: list[str] = []
    for division in await divisions_of(session, area):
        try:
            wanted += openings(law, division, first)
        except MissingParameter:  # what is to be open there cannot be said: whoever opens it will tell why
            unknown.append(division)
    keys = [(one.procedure.value, one.key) for one in wanted]
    there = await session.execute(
        select(MatterRow.procedure, MatterRow.key).where(tuple_(MatterRow.procedure, MatterRow.key).in_(keys))
    )
    known = {tuple(row) for row in there}
    missing = unknown + [one.division for one in wanted if (one.procedure.value, one.key) not in known]
    return [Gap(division, first, missing.count(division)) for division in sorted(set(missing))]
