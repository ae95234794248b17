"""Whether a township that a row names is one of the county's, and which one may have been meant."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context, Reason
from policy.terms import Level
from policy.township_names import nearest_townships, same_township
from store.reference import DivisionRow


async def wrong_township(session: AsyncSession, context: Context, typed: str, cell: str = "township") -> Reason | None:
    """`unknown-township`, with the nearest name of the code table; None for one of the county's, or where none is known."""
    names = await township_names(session, context)
    if not names or same_township(typed, names):
        return None
    nearest = nearest_townships(typed, names)
    zh, en = "本县（市、区）没有这个乡镇（街道）", "there is no such township in this county"
    if nearest:
        meant = "或".join(f"“{name}”" for name in nearest)
        zh, en = f"{zh}，是否为{meant}", f"{en}: is {' or '.join(nearest)} meant?"
    return Reason("unknown-township", zh, en, cell)


async def township_names(session: AsyncSession, context: Context) -> Sequence[str]:
    """Of the county, on the day."""
    return await townships_of(session, context.division, context.today)


async def townships_of(session: AsyncSession, county: str, day: date) -> Sequence[str]:
    """Their names, by their codes."""
    asked = select(DivisionRow.name).where(
        DivisionRow.parent == county,
        DivisionRow.level == Level.TOWNSHIP.value,
        DivisionRow.valid_from <= day,
        DivisionRow.valid_to.is_(None) | (DivisionRow.valid_to > day),
    )
    return list(await session.scalars(asked.order_by(DivisionRow.code)))
