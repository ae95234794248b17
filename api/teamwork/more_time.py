"""延期: more working days for a running term, asked for by who does the work and decided by somebody else."""

import uuid
from typing import Any

from sqlalchemy import func, select

from api.errors import Refusal, not_allowed, not_found, parameter_missing
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.acting import Acting, acting_on, new_id
from api.teamwork.standing_in import may_stand_in
from api.teamwork.suspending import check_running
from policy.rulebook import MissingParameter
from policy.suspension import why_not_extended
from policy.teamwork import may_press
from policy.terms import Office
from store.accounts import AccountRow
from store.extensions import ExtensionRow


async def ask_more_time(
    services: Services, user: CurrentUser, task_id: uuid.UUID, days: int, reason: str, key: str | None = None
) -> dict[str, Any]:
    """Until it is decided the term runs on. Raises Refusal."""
    once = Once(services, user, key, f"extension/{task_id}", {"days": days, "reason": reason})
    async with acting_on(services, user, task_id) as acting:
        earlier = await once.earlier(acting.session)
        if earlier is not None:
            return earlier
        await _check_worker(acting)
        await check_running(acting.session, task_id)
        await _check_possible(acting, days)
        if await _undecided(acting):
            raise Refusal(409, "extension-asked", "此期限已有待决定的延期申请", "a request is waiting to be decided")
        row_id = await new_id(acting.session)
        acting.session.add(
            ExtensionRow(
                id=row_id,
                task_id=task_id,
                period_id=acting.period.id,
                division=acting.task.division,
                days=days,
                reason_sealed=acting.seal("extension", "reason", row_id, reason),
                asked_by=user.id,
                asked_at=acting.now,
                old_due=acting.period.nominal,
            )
        )
        acting.record("extension_asked", {"days": days})
        await acting.telling().more_time_asked(acting.session, await acting.act(row_id), days)
        answer = {"extension": str(row_id), "days": days, "decision": None}
        await once.keep(acting.session, 201, answer)
        return answer


async def decide_more_time(
    services: Services, user: CurrentUser, task_id: uuid.UUID, approve: bool, reason: str
) -> dict[str, Any]:
    """By a head of the unit or who stands above, never by who has asked. A new last day that is a rest day cannot come about: working days count.

    Raises Refusal.
    """
    async with acting_on(services, user, task_id, moves_dates=True) as acting:
        if not may_press(user.post, user.division, acting.office):
            raise not_allowed("只有本单位审核人、负责人和上级审核人可以决定延期")
        row = await _undecided(acting)
        if row is None:
            raise not_found("没有待决定的延期申请")
        if row.asked_by == user.id:
            raise Refusal(403, "own-request", "本人的延期申请须由他人决定", "somebody else must decide your request")
        if approve:
            await check_running(acting.session, task_id)
            await _check_possible(acting, row.days)
        row.decision, row.decided_by, row.decided_at = "approved" if approve else "refused", user.id, acting.now
        row.decision_sealed = acting.seal("extension", "decision", row.id, reason)
        old = acting.period.nominal
        if approve:
            acting.period.extended_by += row.days
            await acting.date_anew()
        row.old_due, row.new_due = old, acting.period.nominal
        dates = {"old": str(old) if old else None, "new": str(row.new_due) if row.new_due else None}
        acting.record("extension_granted" if approve else "extension_refused", {"days": row.days, **dates})
        asker = await acting.session.get_one(AccountRow, row.asked_by)
        await acting.telling().more_time_decided(acting.session, await acting.act(row.id), asker, approve)
        return {"extension": str(row.id), "days": row.days, "decision": row.decision, **dates}


async def _check_worker(acting: Acting) -> None:
    """Who holds the task or, unclaimed, anybody at its post; or who stands in for them."""
    user, task = acting.user, acting.task
    own = Office(user.division, user.post) == acting.office and task.assignee in (None, user.id)
    if not own and await may_stand_in(acting.session, user, task, acting.today) is None:
        raise not_allowed("只有此事项的经办人可以申请延期")


async def _check_possible(acting: Acting, days: int) -> None:
    granted = await acting.session.scalar(
        select(func.count())
        .select_from(ExtensionRow)
        .where(ExtensionRow.period_id == acting.period.id, ExtensionRow.decision == "approved")
    )
    try:
        why_not = why_not_extended(
            await acting.rulebook(),
            acting.period.basis,
            acting.period.late_after,
            days=days,
            granted=granted or 0,
            today=acting.today,
        )
    except MissingParameter as missing:
        raise parameter_missing(missing.key) from missing
    if why_not:
        raise Refusal(409, why_not.code, why_not.zh, why_not.en)


async def _undecided(acting: Acting) -> ExtensionRow | None:
    return await acting.session.scalar(
        select(ExtensionRow)
        .where(ExtensionRow.period_id == acting.period.id, ExtensionRow.decision.is_(None))
        .with_for_update()
    )
