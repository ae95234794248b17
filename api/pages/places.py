"""The cascade of divisions: what is chosen at each level, and what may be; usable with a button instead of script."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.forms import Form
from api.pages.desk import Desk
from policy.clock import today
from policy.terms import ancestors
from store.reference import DivisionRow


@dataclass(frozen=True)
class Places:
    """The three selects of the receiving township: what is chosen at each level, and what may be."""

    city: str
    cities: list[DivisionRow]
    county: str
    counties: list[DivisionRow]
    township: str
    townships: list[DivisionRow]


async def places_for(desk: Desk, form: Form) -> Places:
    """The choices of each level; a level without a choice above it is empty, and a choice elsewhere is forgotten."""
    city, county, township = (form.value(name) for name in ("city", "county", "division"))
    county = county if city and county.startswith(city) else ""
    township = township if county and township.startswith(county) else ""
    day, user = today(desk.services.clock), desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        return Places(
            city,
            await _under(session, ancestors(user.division)[-1], day),
            county,
            await _under(session, city, day),
            township,
            await _under(session, county, day),
        )


async def _under(session: AsyncSession, parent: str, day: date) -> list[DivisionRow]:
    if not parent:
        return []
    rows = await session.scalars(
        select(DivisionRow)
        .where(DivisionRow.parent == parent, DivisionRow.valid_from <= day)
        .where(DivisionRow.valid_to.is_(None) | (DivisionRow.valid_to > day))
        .order_by(DivisionRow.code)
    )
    return list(rows)
