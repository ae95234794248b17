"""Numbers of orders and reports: one series per office and year, without gaps (14-2026-003)."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from policy.procedures import Procedure
from store.applications import SerialRow


async def next_key(session: AsyncSession, procedure: Procedure, division: str, year: int) -> str:
    """The business id of the next one; the series' row stays locked until the transaction ends."""
    statement = insert(SerialRow).values(series=procedure.value, division=division, year=year, last=1)
    last = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["series", "division", "year"], set_={"last": SerialRow.last + 1}
        ).returning(SerialRow.last)
    )
    return f"{division}-{year}-{last:03d}"
