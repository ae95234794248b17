"""The people of a unit, and somebody who has left: the account closed, every open task given on in the same moment."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from api.teamwork.acting import RULE, account_named, office_of_task, post_of, telling
from policy.clock import today
from policy.problems import Problem
from policy.teamwork import HEADS, may_manage_staff
from policy.terms import Office, Role
from store.absences import AbsenceRow, DepartureRow
from store.accounts import AccountRow, SessionRow
from store.tasks import TaskRow
from store.timeline import record


async def staff_of(services: Services, user: CurrentUser, division: str = "") -> list[dict[str, Any]]:
    """Everybody of the caller's unit; for an administrator of a whole division of the area. Raises Refusal."""
    if user.post.role is Role.AUDITOR:
        raise not_allowed("您的岗位不能查看人员名单")
    division = division or user.division
    if not division.startswith(user.division):
        raise not_found("没有这个区划，或不在您的管辖范围内")
    if division != user.division and user.post.role is not Role.ADMINISTRATOR:
        raise not_allowed("只有系统管理员可以查看下级单位的人员名单")
    conditions = [AccountRow.division == division]
    if user.post.role is not Role.ADMINISTRATOR:
        conditions.append(AccountRow.department == user.post.department.value)
    open_tasks = (
        select(func.count())
        .select_from(TaskRow)
        .where(TaskRow.assignee == AccountRow.id, TaskRow.state == "open")
        .scalar_subquery()
    )
    async with services.database.transaction(user.scope) as session:
        found = await session.execute(
            select(AccountRow, open_tasks)
            .where(*conditions)
            .order_by(AccountRow.department, AccountRow.role, AccountRow.username)
        )
        away = await _absences(services, session, user, division)
        return [
            json_object(
                {
                    "username": person.username,
                    "name": person.name,
                    "department": person.department,
                    "role": person.role,
                    "active": person.active,
                    "open_tasks": number,
                    "absences": away.get(person.id, []),
                    "may_leave": _manages(user, person),
                }
            )
            for person, number in found.all()
        ]


async def leave(services: Services, user: CurrentUser, username: str, successor: str | None) -> dict[str, Any]:
    """Closes the account, ends its sessions, and gives its open tasks to the successor or back to the office.

    Raises Refusal; returns how many tasks there were.
    """
    now = services.clock.now()
    async with services.database.transaction(user.scope) as session:
        person = await _managed(session, user, username)
        if not person.active:
            raise Refusal(409, "left-already", "此账号已登记离岗", "that person has left already")
        follower = await _successor(session, person, successor)
        tasks = await _give_on(services, session, user, person, follower)
        person.active = False
        await session.execute(delete(SessionRow).where(SessionRow.account_id == person.id))
        await session.execute(
            update(AbsenceRow)
            .where(AbsenceRow.substitute_id == person.id, AbsenceRow.ended_at.is_(None))
            .values(ended_at=now)
        )
        departure = DepartureRow(
            account_id=person.id,
            division=person.division,
            successor_id=follower.id if follower else None,
            tasks=[str(task.id) for task in tasks],
            entered_by=user.id,
            entered_at=now,
        )
        session.add(departure)
        await session.flush()
        if follower and tasks:
            await telling(services).inherited(session, person, follower, tasks, now, str(departure.id))
        return {"username": person.username, "successor": follower.username if follower else None, "tasks": len(tasks)}


async def come_back(services: Services, user: CurrentUser, username: str) -> dict[str, Any]:
    """Undoes a departure: the account opens again, and what nobody else has taken up comes back to it. Raises Refusal."""
    now = services.clock.now()
    async with services.database.transaction(user.scope) as session:
        person = await _managed(session, user, username)
        row = await session.scalar(
            select(DepartureRow)
            .where(DepartureRow.account_id == person.id, DepartureRow.returned_at.is_(None))
            .with_for_update()
        )
        if row is None:
            raise Refusal(409, "has-not-left", "此账号没有登记离岗", "that person has not left")
        person.active, row.returned_at = True, now
        back = (
            await session.scalars(
                select(TaskRow)
                .where(TaskRow.id.in_([uuid.UUID(task) for task in row.tasks]), TaskRow.state == "open")
                .where(TaskRow.assignee.is_(None) | (TaskRow.assignee == row.successor_id))
                .order_by(TaskRow.id)
                .with_for_update()
            )
        ).all()
        for task in back:
            task.assignee = person.id
            _record(services, session, user, task, "assigned", {"to": person.username})
        return {"username": person.username, "tasks": len(back)}


async def _managed(session: AsyncSession, user: CurrentUser, username: str) -> AccountRow:
    person = await session.scalar(
        select(AccountRow).where(AccountRow.username == username).with_for_update(key_share=True)
    )
    if person is None or not person.division.startswith(user.division):
        raise not_found("没有这个账号")
    if person.id == user.id or not _manages(user, person):
        raise not_allowed("只有本单位负责人、审核人（对经办人）和系统管理员可以登记他人离岗")
    return person


def _manages(user: CurrentUser, person: AccountRow) -> bool:
    office = Office(person.division, post_of(person))
    return person.id != user.id and may_manage_staff(user.post, user.division, office)


async def _successor(session: AsyncSession, person: AccountRow, username: str | None) -> AccountRow | None:
    if not username:
        return None
    follower = await account_named(session, username)
    same = follower and (follower.division, post_of(follower)) == (person.division, post_of(person))
    if follower is None or not same or not follower.active or follower.id == person.id:
        zh = "接任人须为在岗的同岗位人员"
        raise wrong_fields([Problem("/successor", zh, "the successor must hold the same post")])
    return follower


async def _give_on(
    services: Services, session: AsyncSession, user: CurrentUser, person: AccountRow, follower: AccountRow | None
) -> Sequence[TaskRow]:
    found = await session.scalars(
        select(TaskRow)
        .where(TaskRow.assignee == person.id, TaskRow.state == "open")
        .order_by(TaskRow.id)
        .with_for_update()
    )
    tasks = found.all()
    for task in tasks:
        # What was held in somebody else's place goes back to its office: the successor has the leaver's post, no other.
        heir = follower if office_of_task(task) == Office(person.division, post_of(person)) else None
        task.assignee = heir.id if heir else None
        codes = {"from": person.username, **({"to": heir.username} if heir else {})}
        _record(services, session, user, task, "left_behind", codes)
    return tasks


def _record(
    services: Services, session: AsyncSession, user: CurrentUser, task: TaskRow, action: str, codes: dict[str, Any]
) -> None:
    record(
        session,
        subject_id=task.subject_id,
        division=task.division,
        at=services.clock.now(),
        day=today(services.clock),
        tag=f"counter:{task.kind}:{action}",
        actor=user.username,
        codes={"task": str(task.id), **codes},
        grounds=[RULE],
    )


async def _absences(
    services: Services, session: AsyncSession, user: CurrentUser, division: str
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Today's and coming ones."""
    found = await session.execute(
        select(AbsenceRow, AccountRow.username, AccountRow.name)
        .join(AccountRow, AccountRow.id == AbsenceRow.substitute_id)
        .where(
            AbsenceRow.division == division,
            AbsenceRow.ended_at.is_(None),
            AbsenceRow.last_day >= today(services.clock),
        )
        .order_by(AbsenceRow.first_day)
    )
    away: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row, username, name in found.all():
        entry = {
            "id": row.id,
            "from": row.first_day,
            "to": row.last_day,
            "substitute": username,
            "substitute_name": name,
            "may_end": row.account_id == user.id or user.post.role in HEADS,
        }
        away.setdefault(row.account_id, []).append(entry)
    return away
