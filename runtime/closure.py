"""`jiuzhu calendar close` and `reopen`: days on which one office is closed, and the open deadlines that they move."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from activities.closing import Shutting, close_office, withdraw_closure
from policy.terms import normal_division
from runtime.clock import clock
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from store.closures import ClosureRow
from store.database import WHOLE, Database
from store.reference import DivisionRow

LONGEST = 60
"""Days of one closure: a longer one is a mistyped year."""


async def close(settings: Settings, shutting: Shutting, say: Callable[[str], None]) -> None:
    """Raises StartTrouble when days or division cannot be right."""
    if not 0 <= (shutting.last_day - shutting.first_day).days < LONGEST:
        raise StartTrouble(f"停办日期有误：起止日期须依次，且不超过{LONGEST}天")
    async with _transaction(settings) as session:
        if await session.get(DivisionRow, shutting.division) is None:
            raise StartTrouble(f"没有区划代码 {shutting.division}，未作任何更改")
        done = await close_office(session, shutting, None, clock(settings).now())
    say(f"已登记停办（{shutting.division}，{shutting.first_day}至{shutting.last_day}），编号 {done.id}")
    say(f"涉及在办期限 {done.touched} 项，其中改期 {done.moved} 项")


async def reopen(settings: Settings, closure_id: uuid.UUID, say: Callable[[str], None]) -> None:
    """Raises StartTrouble when there is no such closure in force."""
    async with _transaction(settings) as session:
        row = await session.get(ClosureRow, closure_id, with_for_update=True)
        if row is None or row.withdrawn_at is not None:
            raise StartTrouble("没有这项停办登记，或已撤销")
        done = await withdraw_closure(session, row, clock(settings).now())
    say(f"已撤销停办登记；涉及在办期限 {done.touched} 项，其中改期 {done.moved} 项")


def shutting(division: str, first_day: str, last_day: str, reason: str, document: str) -> Shutting:
    """Raises StartTrouble for a day that is none."""
    try:
        days = date.fromisoformat(first_day), date.fromisoformat(last_day)
    except ValueError as error:
        raise StartTrouble("日期应写作 2026-01-15") from error
    return Shutting(normal_division(division), *days, reason.strip(), document.strip())


@asynccontextmanager
async def _transaction(settings: Settings) -> AsyncIterator[AsyncSession]:
    database = Database(settings.database_url("worker"))
    try:
        async with database.transaction(WHOLE) as session:
            yield session
    finally:
        await database.close()
