"""Reads the board of a month for one reader: the counties of the area, as they stood at the end of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.exchange.board import Board, Shared, board_of, county_of
from api.exchange.matters import check_may_view
from api.identity import CurrentUser
from api.services import Services
from store import cycles
from store.timekeeping import load_timekeeping

_SHARED = text("""
select division, count(*) as sharings, coalesce(sum(rows_shared), 0) as person_times from sharing
 where month = :month and division >= :division and division < :division || ':' and reconciled_at < :until
   and state = 'reconciled'
 group by division
""")


@dataclass(frozen=True)
class Asked:
    """`month` is the first day of the month that the data belong to; `day` the one at whose end things are shown."""

    month: date
    day: date
    division: str


async def read_board(services: Services, user: CurrentUser, asked: Asked) -> Board:
    """Only what the reader's area and department may see. Raises Refusal 403."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        shown = await load_timekeeping(session, asked.day)
        rows = await cycles.board(session, asked.month, asked.division, shown)
        shared = await _shared(session, asked, cycles.end_of(asked.day))
    counties = [county_of(row, shared.get(row.division, Shared()), shown.working_days_left) for row in rows]
    return board_of(counties, {row.city: row.city_name for row in rows})


async def _shared(session: AsyncSession, asked: Asked, until: datetime) -> dict[str, Shared]:
    found: Sequence[Any] = (
        await session.execute(_SHARED, {"month": asked.month, "division": asked.division, "until": until})
    ).all()
    return {row.division: Shared(row.sharings, int(row.person_times)) for row in found}
