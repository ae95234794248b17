"""抄送: a case shown to somebody for information. Nothing waits for the reader, and nobody sees more than their post may."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.posts import holders
from api.errors import not_allowed, not_found, wrong_fields
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from api.teamwork.acting import RULE, account_named, post_of, telling
from policy.access import Action, may, personal_view
from policy.clock import today
from policy.escalation import office_of
from policy.problems import Problem
from policy.terms import ApplicationStatus, Post, Role
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.copies import CopyRow
from store.timeline import record

WORKERS = (Role.CASEWORKER, Role.SUPERVISOR, Role.LEADER)


async def copy_case(
    services: Services,
    user: CurrentUser,
    application_id: uuid.UUID,
    to: Sequence[str],
    posts: Sequence[Post] = (),
) -> dict[str, Any]:
    """To accounts, and to all who hold certain posts, whose area holds the case and whose post sees cases.

    Who has it already is not told twice. Raises Refusal.
    """
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, application_id)
        if application is None:
            raise not_found()
        if not may_copy(user.post):
            raise not_allowed("您的岗位不能抄送案件")
        named = [*to, *await _holding(session, application, posts)]
        if not named:
            raise wrong_fields([Problem("/to", "请填写抄送对象", "say to whom")])
        readers = await _readers(session, application, named)
        by, now = await session.get_one(AccountRow, user.id), services.clock.now()
        told = []
        for reader in readers:
            new = await session.scalar(
                insert(CopyRow)
                .values(
                    application_id=application_id,
                    account_id=reader.id,
                    division=application.division,
                    copied_by=user.id,
                    copied_at=now,
                )
                .on_conflict_do_nothing()
                .returning(CopyRow.id)
            )
            if new is not None:
                await telling(services).copied(session, application, by, reader, now)
                told.append(reader.username)
        if told:
            record(
                session,
                subject_id=application_id,
                division=application.division,
                at=now,
                day=today(services.clock),
                tag="counter:application:copied",
                actor=user.username,
                codes={"to": told},
                grounds=[RULE],
            )
        return {"to": [reader.username for reader in readers], "told": told}


def may_copy(post: Post) -> bool:
    return post.role in WORKERS and _sees_cases(post)


async def copies_for(services: Services, user: CurrentUser, limit: int = 100) -> list[dict[str, Any]]:
    """抄送我的: newest first. A case that has moved out of the area is no longer there."""
    async with services.database.transaction(user.scope) as session:
        found = await session.execute(
            select(CopyRow, ApplicationRow.number, ApplicationRow.status, ApplicationRow.division, AccountRow.name)
            .join(ApplicationRow, ApplicationRow.id == CopyRow.application_id)
            .join(AccountRow, AccountRow.id == CopyRow.copied_by)
            .where(CopyRow.account_id == user.id)
            .order_by(CopyRow.id.desc())
            .limit(limit)
        )
        return [
            json_object(
                {
                    "application": row.application_id,
                    "number": number,
                    "status": status,
                    "status_label": ApplicationStatus(status).label,
                    "division": division,
                    "by_name": by,
                    "at": row.copied_at,
                    "seen_at": row.seen_at,
                }
            )
            for row, number, status, division, by in found.all()
        ]


async def mark_seen(services: Services, user: CurrentUser, application_id: uuid.UUID) -> None:
    """The reader has opened the case from the list."""
    async with services.database.transaction(user.scope) as session:
        await session.execute(
            update(CopyRow)
            .where(CopyRow.application_id == application_id, CopyRow.account_id == user.id, CopyRow.seen_at.is_(None))
            .values(seen_at=services.clock.now())
        )


async def readers_of(session: AsyncSession, application_id: uuid.UUID) -> list[dict[str, Any]]:
    """To whom the case was copied."""
    found = await session.execute(
        select(AccountRow.username, AccountRow.name, CopyRow.copied_at)
        .join(CopyRow, CopyRow.account_id == AccountRow.id)
        .where(CopyRow.application_id == application_id)
        .order_by(CopyRow.id)
    )
    return [json_object({"username": username, "name": name, "at": at}) for username, name, at in found.all()]


async def _holding(session: AsyncSession, application: ApplicationRow, posts: Sequence[Post]) -> list[str]:
    """The usernames of who holds the posts today, at their level above the case."""
    found: list[str] = []
    for place, post in enumerate(posts):
        here = await holders(session, office_of(application.division, post))
        if not here:
            zh = f"{post.label}目前无人在岗"
            raise wrong_fields([Problem(f"/posts/{place}", zh, "nobody holds that post")])
        found += [holder.username for holder in here]
    return found


async def _readers(session: AsyncSession, application: ApplicationRow, to: Sequence[str]) -> list[AccountRow]:
    readers, problems = [], []
    for place, username in enumerate(dict.fromkeys(to)):
        reader = await account_named(session, username)
        if reader is None or not reader.active or not _may_see(reader, application):
            zh = f"“{username}”不在本案的管辖范围内，或其岗位不能查看案件"
            problems.append(Problem(f"/to/{place}", zh, f"{username} may not see this case"))
        else:
            readers.append(reader)
    if problems:
        raise wrong_fields(problems)
    return readers


def _may_see(reader: AccountRow, application: ApplicationRow) -> bool:
    return application.division.startswith(reader.division) and _sees_cases(post_of(reader))


def _sees_cases(post: Post) -> bool:
    """Those who see the cases of their area; not a department that sees a case only when it is asked about it."""
    return may(post, Action.VIEW_APPLICATIONS) and not personal_view(post).identity_only
