"""Opening a month: one function, harmless when called twice (the schedule, the watchdog, the operator, a story's clock).

What opens is said by `activities/openers.py`; each matter has a business id, so the second call finds what the first opened.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from activities.openers import OPENERS
from activities.place import Place
from policy.terms import level_of
from store.matters import MatterRow, open_matter
from store.rulebook import load_rulebook


async def open_month(session: AsyncSession, division: str, month: date, now: datetime) -> Sequence[MatterRow]:
    """Opens whatever begins in `division` on the first day of `month`; returns what was not open before.

    The rules are those in force on that first day, however late the call comes.
    """
    first = month.replace(day=1)
    place = Place(division, level_of(division), await load_rulebook(session, division, first))
    fresh = []
    for opener in OPENERS:
        for opening in opener(place, first):
            matter, new = await open_matter(session, opening, at=now, day=first)
            if new:
                fresh.append(matter)
    return fresh
