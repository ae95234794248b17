"""What a person is marked with on a day: the identity periods in force, GXZC only as long as its recognition holds (X-4)."""

import uuid
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from policy.recognition import holds
from policy.rulebook import Rulebook
from policy.terms import Category
from store.identities import Period, categories_on, periods_of


async def marked_on(session: AsyncSession, rulebook: Rulebook, person: uuid.UUID, day: date) -> list[Category]:
    """Each category once, wherever it was marked."""
    held = await categories_on(session, person, day)
    periods = [period for period in await periods_of(session, person) if _in_force(period, day)] if held else []
    still = {period.category for period in periods if holds(rulebook, period.category, period.starts_on, day)}
    return [category for category in held if category in still]


def _in_force(period: Period, day: date) -> bool:
    return period.starts_on <= day and (period.ends_on is None or day < period.ends_on)
