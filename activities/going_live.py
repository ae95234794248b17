"""Since when this house has been in use: what was due before that is nobody's lateness here (启用前事项)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from policy.deadlines import SHANGHAI
from store.accounts import HeartbeatRow

WATCHED = "months"
"""The heartbeat written when the months of this house began to be watched."""


async def live_since(session: AsyncSession) -> date | None:
    """The day on which this house went live; None where nobody watches its months (JIUZHU_MONTHS=false, a story)."""
    began = await session.scalar(select(HeartbeatRow.at).where(HeartbeatRow.name == WATCHED))
    return began.astimezone(SHANGHAI).date() if began else None
