"""Who holds a post today."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from policy.escalation import one_up
from policy.terms import Department, Level, Office, Post, Role
from store.absences import AbsenceRow
from store.accounts import AccountRow
from store.tasks import TaskRow


def office_of_task(task: TaskRow) -> Office:
    return Office(task.office, Post(Level(task.level), Department(task.department), Role(task.role)))


async def holders(session: AsyncSession, office: Office) -> Sequence[AccountRow]:
    """The active accounts that hold the post."""
    rows = await session.scalars(
        select(AccountRow)
        .where(
            AccountRow.division == office.division,
            AccountRow.level == office.post.level.value,
            AccountRow.department == office.post.department.value,
            AccountRow.role == office.post.role.value,
            AccountRow.active,
        )
        .order_by(AccountRow.username)
    )
    return rows.all()


async def resolve(session: AsyncSession, office: Office, day: date) -> tuple[Sequence[AccountRow], Office | None]:
    """Who is told on `day`: the holders of the post with those who stand in for them, or of the first post above it that is
    held; then also the vacant post."""
    asked: Office | None = office
    while asked:
        found = await holders(session, asked)
        if found:
            return await with_substitutes(session, found, day), (office if asked != office else None)
        asked = one_up(asked)
    return (), office


async def with_substitutes(session: AsyncSession, readers: Sequence[AccountRow], day: date) -> Sequence[AccountRow]:
    """The readers, and after them whoever stands in on `day` for one of them who is away (代理)."""
    found = await session.scalars(
        select(AccountRow)
        .join(AbsenceRow, AbsenceRow.substitute_id == AccountRow.id)
        .where(
            AbsenceRow.account_id.in_([reader.id for reader in readers]),
            AbsenceRow.ended_at.is_(None),
            AbsenceRow.first_day <= day,
            AbsenceRow.last_day >= day,
            AccountRow.active,
        )
        .order_by(AccountRow.username)
    )
    known = {reader.id for reader in readers}
    return [*readers, *(substitute for substitute in found if substitute.id not in known)]


async def account(session: AsyncSession, account_id: uuid.UUID) -> AccountRow | None:
    return await session.get(AccountRow, account_id)
