"""Who is asking by a partner's key: the account that answers for it, narrowed to what the key is for, at a bounded rate."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from api.errors import Refusal, not_allowed
from api.identity import CurrentUser
from api.services import Services
from policy.terms import Department, Level, Post, Role
from store.accounts import AccountRow
from store.database import WHOLE
from store.partners import PREFIX, PartnerKeyRow, find_key

MOST, WITHIN = 120, timedelta(minutes=1)
"""Requests of one key; a list is one request, however long it is."""
USED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written at most this often."""


@dataclass(frozen=True)
class Partner:
    """`user` is the account that answers for the key."""

    user: CurrentUser
    kinds: frozenset[str]
    name: str

    def demand(self, kind: str) -> None:
        """Raises Refusal 403 for what the key is not for."""
        if kind not in self.kinds:
            raise not_allowed("本密钥不能用于此项数据")


class Rate:
    """Requests of each key within the last minute, counted in memory."""

    def __init__(self) -> None:
        self._asked: dict[object, deque[datetime]] = {}

    def count(self, key: object, now: datetime) -> None:
        """Raises Refusal 429 with the seconds to wait."""
        asked = self._asked.setdefault(key, deque())
        while asked and asked[0] <= now - WITHIN:
            asked.popleft()
        if len(asked) >= MOST:
            wait = int((asked[0] + WITHIN - now).total_seconds()) + 1
            raise Refusal(
                429,
                "too-many-requests",
                "请求过于频繁，请稍后再试",
                "too many requests; wait a while",
                retry_after=wait,
            )
        asked.append(now)


async def partner_asking(request: Request) -> Partner:
    """Raises Refusal 401 for a key that is unknown or revoked, or whose account is no longer active."""
    services: Services = request.app.state.services
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    found = await _look_up(services, key.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Refusal(401, "partner-key-needed", "对接密钥无效或已停用", "the partner key is unknown or revoked")
    row, account = found
    rate: Rate = request.app.state.partner_rate
    rate.count(row.id, services.system_now())
    return Partner(_user(row, account), frozenset(row.kinds), row.name)


AsPartner = Annotated[Partner, Depends(partner_asking)]


async def _look_up(services: Services, key: str) -> tuple[PartnerKeyRow, AccountRow] | None:
    if not key.startswith(PREFIX):
        return None
    now = services.system_now()
    async with services.database.transaction(WHOLE) as session:
        found = await find_key(session, key)
        if found and (found[0].last_used_at is None or found[0].last_used_at + USED_EVERY <= now):
            found[0].last_used_at = now
        return found


def _user(row: PartnerKeyRow, account: AccountRow) -> CurrentUser:
    post = Post(Level(account.level), Department(account.department), Role(account.role))
    return CurrentUser(account.id, account.username, account.name, post, account.division, row.id, "")
