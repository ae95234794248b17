"""中止 and 恢复: the clock of a task stands still, for a reason of a known category, until somebody lets it go on."""

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, wrong_fields
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.acting import acting_on, new_id
from policy.problems import Problem
from policy.teamwork import may_direct
from store.extensions import SuspensionRow
from store.periods import go_on, pause, paused_since
from store.tasks import PeriodRow, TaskRow

WHY = "SUSPENDED"


async def suspend_task(services: Services, user: CurrentUser, task_id: uuid.UUID, category: str, reason: str) -> None:
    """The day of the suspension still counts; the days after it do not, and no rung climbs. Raises Refusal."""
    async with acting_on(services, user, task_id, moves_dates=True) as acting:
        if not may_direct(user.post, user.division, acting.office):
            raise not_allowed("只有本单位审核人、负责人可以中止")
        known = await acting.setting("SUSPENSION_CATEGORIES")
        if category not in known:
            zh = f"中止类别只能是：{'、'.join(known.values())}"
            raise wrong_fields([Problem("/category", zh, f"only these categories: {', '.join(known)}")])
        if await running_suspension(acting.session, task_id) or paused_since(acting.period):
            raise Refusal(409, "suspended", "此事项的期限已经中止", "the clock stands still already")
        row_id = await new_id(acting.session)
        acting.session.add(
            SuspensionRow(
                id=row_id,
                task_id=task_id,
                division=acting.task.division,
                category=category,
                reason_sealed=acting.seal("suspension", "reason", row_id, reason),
                suspended_on=acting.today,
                suspended_by=user.id,
                suspended_at=acting.now,
            )
        )
        old = acting.period.nominal
        pause(acting.period, acting.today, WHY)
        await acting.date_anew()
        acting.record("suspended", {"category": category, "old": old.isoformat() if old else None})


async def resume_task(services: Services, user: CurrentUser, task_id: uuid.UUID) -> None:
    """The day of the resumption does not count; the day after it does. Raises Refusal."""
    async with acting_on(services, user, task_id, moves_dates=True) as acting:
        if not may_direct(user.post, user.division, acting.office):
            raise not_allowed("只有本单位审核人、负责人可以恢复")
        row = await running_suspension(acting.session, task_id)
        if row is None:
            raise Refusal(409, "not-suspended", "此事项没有中止", "the task is not suspended")
        row.resumed_by, row.resumed_on, row.resumed_at = user.id, acting.today, acting.now
        go_on(acting.period, acting.today)
        await acting.date_anew()
        new = acting.period.nominal
        acting.record("resumed", {"since": row.suspended_on.isoformat(), "new": new.isoformat() if new else None})


async def check_running(session: AsyncSession, task_id: uuid.UUID) -> None:
    """Raises Refusal 409 for a task that is suspended: it is answered only after it was resumed."""
    row = await running_suspension(session, task_id)
    if row is not None:
        raise Refusal(
            409,
            "suspended",
            f"此事项自{row.suspended_on.isoformat()}起中止，恢复后方可办理",
            f"the task has been suspended since {row.suspended_on}; it must be resumed first",
            since=row.suspended_on.isoformat(),
            category=row.category,
        )


async def lift_suspension(session: AsyncSession, task: TaskRow, by: uuid.UUID, day: date, now: datetime) -> None:
    """For a task that something else closes: its clock goes on, for whatever the same period is asked about next."""
    row = await running_suspension(session, task.id)
    if row is None:
        return
    row.resumed_by, row.resumed_on, row.resumed_at = by, day, now
    period = await session.get_one(PeriodRow, task.period_id, with_for_update=True)
    go_on(period, day)


async def running_suspension(session: AsyncSession, task_id: uuid.UUID) -> SuspensionRow | None:
    return await session.scalar(
        select(SuspensionRow).where(SuspensionRow.task_id == task_id, SuspensionRow.resumed_at.is_(None))
    )
