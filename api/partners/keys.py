"""Making and revoking keys of partner systems: by an administrator of the area, each act in the access log."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.registry import KINDS
from api.errors import not_allowed, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from policy.access import may
from policy.problems import Problem
from policy.terms import Department, Level, Post, Role
from store.accounts import AccountRow
from store.disclosure import Look, log_look
from store.partners import PartnerKeyRow, enter_key, keys_under, new_key

IDENTITIES = "identities"
"""Fetching who holds which identity, for the bureau's own settlement system."""


@dataclass(frozen=True)
class Wanted:
    """`account` is the username that answers for what comes in by the key."""

    name: str
    account: str
    kinds: tuple[str, ...]


async def make_key(
    services: Services, user: CurrentUser, wanted: Wanted, once_key: str | None = None
) -> dict[str, Any]:
    """The key, in clear this once: asked again under the same Idempotency-Key the answer has null in its place.

    Raises Refusal 403, 404, 422.
    """
    demand_administrator(user)
    once = Once(services, user, once_key, "partners", [wanted.name, wanted.account, list(wanted.kinds)])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            made = await session.get_one(PartnerKeyRow, uuid.UUID(earlier["id"]))
            return {**shown(made), "account": wanted.account, "key": None}
        account = await session.scalar(select(AccountRow).where(AccountRow.username == wanted.account))
        if account is None or not account.active or not account.division.startswith(user.division):
            raise not_found("没有这个账号，或不在本辖区")
        if problems := wrong_kinds(account, wanted.kinds):
            raise wrong_fields(problems)
        key, now = new_key(), services.clock.now()
        row = enter_key(session, key, account, wanted.name.strip(), wanted.kinds, by=user.username, at=now)
        await session.flush()
        _log(services, session, user, row, "partner.make")
        await once.keep(session, 201, {"id": str(row.id)})
        return {**shown(row), "account": account.username, "key": key}


async def list_keys(services: Services, user: CurrentUser) -> list[dict[str, Any]]:
    """Those of the area, without the keys themselves. Raises Refusal 403."""
    demand_administrator(user)
    async with services.database.transaction(user.scope) as session:
        return [shown(row) for row in await keys_under(session, user.division)]


async def revoke_key(services: Services, user: CurrentUser, key_id: uuid.UUID) -> dict[str, Any]:
    """From now on it opens nothing; safe to repeat. Raises Refusal 403, 404."""
    demand_administrator(user)
    async with services.database.transaction(user.scope) as session:
        row = await session.get(PartnerKeyRow, key_id, with_for_update=True)
        if row is None or not row.division.startswith(user.division):
            raise not_found()
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = services.clock.now(), user.username
            _log(services, session, user, row, "partner.revoke")
        return shown(row)


def wrong_kinds(account: AccountRow, kinds: Sequence[str]) -> list[Problem]:
    """Kinds that do not exist, or that the account itself may not hand in."""
    post = Post(Level(account.level), Department(account.department), Role(account.role))
    known = {code for code, kind in KINDS.items() if may(post, kind.action)}
    if post.department is Department.MEDICAL_INSURANCE and post.role is Role.CASEWORKER:
        known.add(IDENTITIES)
    wrong = sorted(set(kinds) - known)
    if not kinds or wrong:
        zh = f"该账号可以办理的只有：{'、'.join(sorted(known)) or '无'}"
        return [Problem("/kinds", zh, f"the account may only: {', '.join(sorted(known)) or 'nothing'}", "C-29")]
    return []


def demand_administrator(user: CurrentUser) -> None:
    """Raises Refusal 403."""
    if user.post.role is not Role.ADMINISTRATOR or user.post.level is Level.TOWNSHIP:
        raise not_allowed("对接密钥由本辖区的系统管理员管理")


def shown(row: PartnerKeyRow) -> dict[str, Any]:
    names = ("id", "name", "hint", "division", "department", "kinds", "created_by", "created_at")
    more = ("revoked_by", "revoked_at", "last_used_at")
    return json_object({name: getattr(row, name) for name in (*names, *more)})


def _log(services: Services, session: AsyncSession, user: CurrentUser, row: PartnerKeyRow, purpose: str) -> None:
    look = Look(str(user.id), "partner_key", row.id, row.division, purpose, services.clock.now())
    log_look(session, look, list(row.kinds))
