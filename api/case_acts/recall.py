"""撤回: who gave the last answer takes it back, as long as nobody has taken up the step that it led to (R-RECALL)."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_acts.act import Act, in_transit, under_way
from api.case_acts.acting import locked_case, outlook_of
from api.case_acts.withdraw import undecide
from api.errors import Refusal, not_allowed, not_found
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.suspending import running_suspension
from policy.case_acts import MOVE, RECALL
from policy.clock import today
from policy.recall import may_follow, recallable
from policy.steps import every_step, step
from policy.terms import Level
from store.applications import ApplicationRow, PublicityRow
from store.case_acts import CaseActRow
from store.outbox import wake
from store.tasks import TaskRow

RECALLED = "recalled"
PENDING_PAPERS = "pending_papers"
MAIN_KINDS = [declared.kind for declared in every_step() if declared.status is not None]
Undoing = Callable[[Act, TaskRow], Awaitable[None]]


async def recall_answer(
    services: Services, user: CurrentUser, task_id: uuid.UUID, reason: str | None = None, key: str | None = None
) -> dict[str, Any]:
    """Takes the answer to that task back. Raises Refusal: nothing is written."""
    once = Once(services, user, key, f"recall/{task_id}", {"reason": reason})
    async with services.database.transaction(user.scope) as session:
        application = await _locked_case_of(session, task_id)
        if await once.earlier(session) is None:
            task = await _answered(session, user, application, task_id)
            following = await _untouched(session, application, task)
            act = _act(services, session, user, application, reason)
            await _take_back(act, task, following)
            await act.keep()
            await session.flush()
            await once.keep(session, 200, {"application": str(application.id), "task": str(task_id)})
        return await outlook_of(session, application.id, RECALL.name)


async def _locked_case_of(session: AsyncSession, task_id: uuid.UUID) -> ApplicationRow:
    found = await session.scalar(select(TaskRow.subject_id).where(TaskRow.id == task_id))
    if found is None:
        raise not_found()
    return await locked_case(session, found)


async def _answered(
    session: AsyncSession, user: CurrentUser, application: ApplicationRow, task_id: uuid.UUID
) -> TaskRow:
    """The task, if it is this person's own and the newest answer on the case's way, and may be taken back at all."""
    task = await session.get_one(TaskRow, task_id, with_for_update=True)
    if task.outcome is None or task.recalled_at is not None:
        raise Refusal(409, "nothing-to-recall", "此事项没有可撤回的办理结果", "there is no answer to take back")
    if task.answered_by != user.id:
        raise not_allowed("只有原办理人可以撤回办理结果")
    if not recallable(task.kind, task.outcome):
        chosen = step(task.kind).outcome(task.outcome)
        raise Refusal(
            409,
            "not-recallable",
            f"“{step(task.kind).label}：{chosen.label if chosen else task.outcome}”不能撤回",
            "an answer of this kind cannot be taken back",
            clause=RECALL.clause,
        )
    if await under_way(session, application) or application.moving_to is not None:
        raise in_transit()
    newest = await session.scalar(
        select(TaskRow.id)
        .where(TaskRow.subject_id == application.id, TaskRow.outcome.is_not(None), TaskRow.recalled_at.is_(None))
        .where(TaskRow.kind.in_(MAIN_KINDS))
        .order_by(TaskRow.answered_at.desc(), TaskRow.id.desc())
        .limit(1)
    )
    if newest != task.id:
        raise _taken_up("其后的环节已经办理")
    return task


async def _untouched(session: AsyncSession, application: ApplicationRow, task: TaskRow) -> TaskRow:
    """The step that the answer led to, still unclaimed."""
    following = await session.scalar(
        select(TaskRow)
        .where(TaskRow.subject_id == application.id, TaskRow.state == "open", TaskRow.kind.in_(MAIN_KINDS))
        .order_by(TaskRow.id)
        .limit(1)
        .with_for_update()
    )
    if following is None or following.workflow_id != task.workflow_id:
        raise _taken_up("本案已进入下一程序")
    assert task.outcome is not None
    if not may_follow(task.kind, task.outcome, following.kind) or await _moved_since(session, application, task):
        raise _taken_up("本案已转入其他环节")
    if following.assignee is not None:
        raise _taken_up(f"“{step(following.kind).label}”已有人认领")
    if await running_suspension(session, following.id):
        raise _taken_up(f"“{step(following.kind).label}”的期限已中止")
    return following


async def _moved_since(session: AsyncSession, application: ApplicationRow, task: TaskRow) -> bool:
    """Whether the case has moved since that answer: its procedure began anew, also where it has come back meanwhile."""
    moved = select(CaseActRow.id).where(
        CaseActRow.subject_id == application.id, CaseActRow.act == MOVE.name, CaseActRow.acted_at >= task.answered_at
    )
    return await session.scalar(moved.limit(1)) is not None


async def _take_back(act: Act, task: TaskRow, following: TaskRow) -> None:
    assert task.outcome is not None
    task.recalled_at = act.now
    act.close(following, RECALLED)
    undo = UNDOING.get((task.kind, task.outcome))
    if undo is not None:
        await undo(act, task)
    await act.session.flush()
    act.application.last_act_on = await _last_act(act)
    act.codes |= {"task": str(task.id), "kind": task.kind, "outcome": task.outcome}
    await wake(act.session, following, at=act.now)


async def _unaccept(act: Act, _task: TaskRow) -> None:
    """As before the acceptance; the papers that were to follow are no longer waited for."""
    application = act.application
    application.accepted_on, application.pending_papers = None, False
    pending = await act.session.scalars(
        select(TaskRow)
        .where(TaskRow.subject_id == application.id, TaskRow.kind == PENDING_PAPERS, TaskRow.state == "open")
        .with_for_update()
    )
    for task in pending:
        act.close(task, RECALLED)


async def _take_down(act: Act, task: TaskRow) -> None:
    """The notice that the answer posted."""
    level = Level.TOWNSHIP if task.kind == "township_notice" else Level.COUNTY
    notices = await act.session.scalars(
        select(PublicityRow).where(
            PublicityRow.application_id == act.application.id,
            PublicityRow.level == level.value,
            PublicityRow.result.is_(None),
        )
    )
    for notice in notices:
        notice.result, notice.result_on = RECALLED, act.day


async def _unapprove(act: Act, _task: TaskRow) -> None:
    await undecide(act)


UNDOING: Mapping[tuple[str, str], Undoing] = {
    ("acceptance", "accept"): _unaccept,
    ("acceptance", "accept_with_pending"): _unaccept,
    ("township_notice", "posted"): _take_down,
    ("county_notice", "posted"): _take_down,
    ("county_approval", "approve"): _unapprove,
}
"""What an answer had written besides itself."""


async def _last_act(act: Act) -> date:
    """The day of the last act that still stands: no later act may be dated before it."""
    application = act.application
    days = await act.session.scalars(
        select(TaskRow.done_on).where(
            TaskRow.subject_id == application.id,
            TaskRow.outcome.is_not(None),
            TaskRow.recalled_at.is_(None),
            TaskRow.kind.in_(MAIN_KINDS),
        )
    )
    known = [day for day in days if day is not None]
    return max([application.submitted_on, *([application.reopened_on] if application.reopened_on else []), *known])


def _act(
    services: Services, session: AsyncSession, user: CurrentUser, application: ApplicationRow, reason: str | None
) -> Act:
    now, day = services.clock.now(), today(services.clock)
    act = Act(services, session, user, application, RECALL, {}, {}, day, day, now)
    if reason and reason.strip():
        act.typed["reason"] = reason.strip()
    return act


def _taken_up(why: str) -> Refusal:
    return Refusal(
        409,
        "taken-up",
        f"{why}，不能撤回；需要更改的，请下一环节退回",
        "the next step has been taken up: it can send the file back",
        clause=RECALL.clause,
    )
