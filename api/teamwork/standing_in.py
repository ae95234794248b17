"""Substitutes (代理): who stands in for whom today, and whether that lets somebody act on a task."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.identity import CurrentUser
from api.teamwork.acting import office_of_task, post_of
from policy.teamwork import may_stand_in_for
from policy.terms import Office
from store.absences import AbsenceRow
from store.accounts import AccountRow
from store.tasks import TaskRow


async def may_stand_in(session: AsyncSession, user: CurrentUser, task: TaskRow, day: date) -> AccountRow | None:
    """For whom the person acts on this task: somebody who is away on `day`. None where nobody's place is taken.

    That is the absent holder of the task, or an absent holder of its post where the person's own post is another one.
    """
    own = Office(user.division, user.post) == office_of_task(task)
    if own and task.assignee in (None, user.id):
        return None
    for absent in await stands_for(session, user, day):
        at_desk = Office(absent.division, post_of(absent)) == office_of_task(task)
        if task.assignee == absent.id or (at_desk and not own and task.assignee in (None, user.id)):
            return absent
    return None


async def stands_for(session: AsyncSession, user: CurrentUser, day: date) -> list[AccountRow]:
    """The people whose work the person does on `day`. One who has changed to a post that may not, stands in no more."""
    rows = await session.scalars(
        select(AccountRow)
        .join(AbsenceRow, AbsenceRow.account_id == AccountRow.id)
        .where(
            AbsenceRow.substitute_id == user.id,
            AbsenceRow.ended_at.is_(None),
            AbsenceRow.first_day <= day,
            AbsenceRow.last_day >= day,
            AccountRow.active,
            AccountRow.division == user.division,
        )
        .order_by(AccountRow.username)
    )
    return [absent for absent in rows if may_stand_in_for(user.post, post_of(absent))]


async def still_holds(session: AsyncSession, task: TaskRow, day: date) -> bool:
    """Whether who has claimed the task may still answer it: a claim ends with the post, and with the standing in."""
    holder = await session.get(AccountRow, task.assignee)
    if holder is None or not holder.active:
        return False
    wanted = office_of_task(task)
    if Office(holder.division, post_of(holder)) == wanted:
        return True
    standing_in = await session.scalar(
        select(AbsenceRow.id)
        .where(
            AbsenceRow.substitute_id == holder.id,
            AbsenceRow.ended_at.is_(None),
            AbsenceRow.first_day <= day,
            AbsenceRow.last_day >= day,
        )
        .limit(1)
    )
    return standing_in is not None
