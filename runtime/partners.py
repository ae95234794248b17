"""`jiuzhu partner`: keys of partner systems, made and revoked by the operator."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.partners.keys import wrong_kinds
from runtime.clock import clock
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from store.accounts import AccountRow
from store.database import WHOLE, Database
from store.disclosure import Look, log_look
from store.partners import PartnerKeyRow, enter_key, keys_under, new_key

OPERATOR = "operator"


async def add(settings: Settings, username: str, kinds: list[str], name: str, say: Callable[[str], None]) -> None:
    """Prints the key, once. Raises StartTrouble for an unknown account, and for what it may not hand in."""
    async with _transaction(settings) as session:
        account = await session.scalar(select(AccountRow).where(AccountRow.username == username))
        if account is None or not account.active:
            raise StartTrouble(f"没有账号 {username}，或已停用")
        if problems := wrong_kinds(account, kinds):
            raise StartTrouble(problems[0].zh)
        key, now = new_key(), clock(settings).now()
        row = enter_key(session, key, account, name, kinds, by=OPERATOR, at=now)
        await session.flush()
        _log(session, row, "partner.make", settings)
    say(f"对接密钥（{name}，{username}，{'、'.join(sorted(kinds))}），只显示这一次：")
    say(key)


async def show(settings: Settings, say: Callable[[str], None]) -> None:
    async with _transaction(settings) as session:
        for row in await keys_under(session, ""):
            state = f"已停用 {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "有效"
            say(f"{row.id}  {row.hint}…  {row.division} {row.department}  {'、'.join(row.kinds)}  {row.name}  {state}")


async def revoke(settings: Settings, key_id: uuid.UUID, say: Callable[[str], None]) -> None:
    """Raises StartTrouble when there is no such key in force."""
    async with _transaction(settings) as session:
        row = await session.get(PartnerKeyRow, key_id, with_for_update=True)
        if row is None or row.revoked_at is not None:
            raise StartTrouble("没有这个密钥，或已停用")
        row.revoked_at, row.revoked_by = clock(settings).now(), OPERATOR
        _log(session, row, "partner.revoke", settings)
    say("已停用。")


def _log(session: AsyncSession, row: PartnerKeyRow, purpose: str, settings: Settings) -> None:
    look = Look(f"system:{OPERATOR}", "partner_key", row.id, row.division, purpose, clock(settings).now())
    log_look(session, look, list(row.kinds))


@asynccontextmanager
async def _transaction(settings: Settings) -> AsyncIterator[AsyncSession]:
    database = Database(settings.database_url("worker"))
    try:
        async with database.transaction(WHOLE) as session:
            yield session
    finally:
        await database.close()
