"""What a person may do with a task: claim it, give it back, answer it. Each is one transaction (architecture decision 3)."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.answering.answer import Answer
from api.answering.days import check_day
from api.answering.kinds import take_effect
from api.answering.parameters import take_turns
from api.answering.subject import Subject, subject_of
from api.errors import Refusal, not_allowed, not_found, not_yet_built, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import plain
from api.services import Services
from api.teamwork.separation import barring_step
from api.teamwork.standing_in import may_stand_in, still_holds
from api.teamwork.suspending import check_running
from policy.clock import today
from policy.deadlines import days_late
from policy.fields import read_fields
from policy.problems import Problem
from policy.separation import FILING
from policy.step import Outcome, Step
from policy.step_clause import grounds_here, grounds_of_step
from policy.steps import step
from policy.terms import Department, Level, Office, Post, Role
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.matters import MatterRow
from store.outbox import wake
from store.periods import paused_since
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record

PENDING_PAPERS = "pending_papers"
ANSWERED = "answer.after_commit"
"""The fault point at which a reply can be lost after the answer was committed."""


@dataclass(frozen=True)
class Submitted:
    """What was sent as an answer."""

    outcome: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    comment: str | None = None
    done_on: date | None = None
    paper_reason: str | None = None


async def claim_task(services: Services, user: CurrentUser, task_id: uuid.UUID) -> None:
    """Puts the task into the person's own box. Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        task, absent = await _task_of_mine(session, user, task_id, today(services.clock))
        await _check_open(session, user, task, absent, today(services.clock))
        task.assignee = user.id


async def release_task(services: Services, user: CurrentUser, task_id: uuid.UUID) -> None:
    """Gives it back to the office: who holds it, or the supervisor or leader of the same desk. Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        task = await _locked(session, task_id)
        same_desk = (task.office, task.department) == (user.division, user.post.department.value)
        if task.assignee != user.id and not (same_desk and user.post.role in (Role.SUPERVISOR, Role.LEADER)):
            raise not_allowed("只有认领人或本单位审核人、负责人可以退回")
        if task.state != "open":
            await _refuse_closed(session, task)
        task.assignee = None


async def answer_task(
    services: Services, user: CurrentUser, task_id: uuid.UUID, submitted: Submitted, key: str | None = None
) -> dict[str, Any]:
    """Commits the answer with all that goes with it, and returns how things stand then, as `outlook` does.

    Raises Refusal: nothing is written.
    """
    once = Once(services, user, key, f"answer/{task_id}", asdict(submitted))
    answer: Answer | None = None
    try:
        async with services.database.transaction(user.scope) as session:
            earlier = await once.earlier(session)
            if earlier is not None:
                return await _outlook(session, task_id, earlier["subject"])
            answer = await _checked(services, session, user, task_id, submitted)
            await take_effect(answer)
            answer.task.days_late = await _lateness(answer)
            await _commit_to(answer, submitted)
            await wake(session, answer.task, at=answer.now)
            await once.keep(session, 200, {"task": str(task_id), "subject": str(answer.subject.id)})
            after = await _outlook(session, task_id, str(answer.subject.id))
    except Refusal:
        await _after_refusal(services, user, answer)
        raise
    services.fault_point(ANSWERED)
    return after


async def _after_refusal(services: Services, user: CurrentUser, answer: Answer | None) -> None:
    if answer is None or answer.after_refusal is None:
        return
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, answer.application_id, with_for_update=True)
        if application is None:
            raise not_found()
        await answer.after_refusal(services, session, application)


async def standing(services: Services, user: CurrentUser, task_id: uuid.UUID, case: str) -> dict[str, Any] | None:
    """How things stand after an answer; None while the procedure has not acknowledged it yet."""
    state = await outlook(services, user, task_id, case)
    return state if state["settled"] else None


async def outlook(services: Services, user: CurrentUser, task_id: uuid.UUID, case: str) -> dict[str, Any]:
    """{task, settled, subject: {type, id, number, status}, next: ids of the open tasks of the same case}.

    A case that the answer has sent to another office is no longer seen from here: that it is gone is how it stands.
    """
    async with services.database.transaction(user.scope) as session:
        return await _outlook(session, task_id, case)


_Next = aliased(TaskRow)  # once: making an alias costs more than asking with it


async def _outlook(session: AsyncSession, task_id: uuid.UUID, case: str) -> dict[str, Any]:
    following = select(_Next.id).where(_Next.subject_id == TaskRow.subject_id, _Next.state == "open")
    found = await session.execute(
        select(
            TaskRow.acknowledged_at,
            TaskRow.subject_type,
            TaskRow.subject_id,
            func.coalesce(ApplicationRow.number, MatterRow.key),
            func.coalesce(ApplicationRow.status, MatterRow.status),
            func.array(following.order_by(_Next.id).scalar_subquery()),
        )
        .outerjoin(ApplicationRow, ApplicationRow.id == TaskRow.subject_id)
        .outerjoin(MatterRow, MatterRow.id == TaskRow.subject_id)
        .where(TaskRow.id == task_id)
    )
    row = found.one_or_none()
    if row is None:
        return {"task": str(task_id), "settled": True, "subject": {"type": "application", "id": case}, "next": []}
    acknowledged_at, subject_type, subject_id, number, status, open_tasks = row
    return {
        "task": str(task_id),
        "settled": acknowledged_at is not None,
        "subject": {"type": subject_type, "id": str(subject_id), "number": number, "status": status},
        "next": [str(task) for task in open_tasks],
    }


async def _checked(
    services: Services, session: AsyncSession, user: CurrentUser, task_id: uuid.UUID, submitted: Submitted
) -> Answer:
    await take_turns(session, task_id)  # before any row is locked
    subject = await subject_of(session, task_id)
    if subject is None:
        raise not_found()
    now, now_day = services.clock.now(), today(services.clock)
    task, absent = await _task_of_mine(session, user, task_id, now_day)
    await _check_open(session, user, task, absent, now_day)
    period = await session.get_one(PeriodRow, task.period_id)
    if paused_since(period) is not None:
        await check_running(session, task_id)
    asked = step(task.kind)
    outcome = _chosen(asked, submitted.outcome)
    await _check_separation(session, user, absent, task, subject)
    values, problems = read_fields(outcome.fields, submitted.fields)
    act_day = submitted.done_on or now_day
    problems += await check_day(
        session,
        subject.division,
        act_day,
        now_day,
        not_before=_earliest(subject, asked),
        reason=submitted.paper_reason,
        pointer="/done_on",
    )
    if problems:
        raise wrong_fields(problems)
    codes = {"acted_for": absent.username} if absent else {}
    task.acted_for = absent.id if absent else None
    return Answer(services, session, user, task, period, subject, asked, outcome, values, act_day, now_day, now, codes)


def _earliest(subject: Subject, asked: Step) -> date:
    """Before which an act cannot have been done: the main step before it; beside the main steps, what brought it about."""
    if asked.status:
        return subject.last_act_on
    if asked.kind == PENDING_PAPERS and isinstance(subject, ApplicationRow) and subject.accepted_on:
        return subject.accepted_on
    return subject.pinned_on


async def _commit_to(answer: Answer, submitted: Submitted) -> None:
    """The answer itself: the task row, the case's last act, and the entry in its timeline."""
    task, subject = answer.task, answer.subject
    sealed = {"fields": answer.values, "comment": submitted.comment, "paper_reason": submitted.paper_reason}
    task.state, task.outcome, task.done_on = "answered", answer.outcome.name, answer.act_day
    task.answered_at, task.answered_by = answer.now, answer.user.id
    task.answer_sealed = answer.services.vault.seal("task", "answer", task.id, sealed)
    if answer.step.status:  # what runs beside the main steps does not hold back a paper entry of theirs
        subject.last_act_on = max(subject.last_act_on, answer.act_day)
    paper = answer.act_day != answer.today
    record(
        answer.session,
        subject_id=subject.id,
        division=subject.division,
        at=answer.now,
        day=answer.act_day,
        tag=f"counter:{task.kind}:{answer.outcome.name}",
        actor=answer.user.username,
        codes={
            "task": str(task.id),
            "outcome": answer.outcome.name,
            "days_late": task.days_late,
            "level": task.level,
            **({"paper": True} if paper else {}),
            **answer.codes,
        },
        grounds=await _grounds(answer),
    )


async def _grounds(answer: Answer) -> list[str]:
    """The clauses of the place: of the outcome, else of its step, and of what came with the answer."""
    rulebook, on = await answer.rulebook(), answer.today
    chosen = answer.outcome.clause
    own = grounds_here(rulebook, [chosen], on) if chosen else grounds_of_step(rulebook, answer.step, on)
    return list(dict.fromkeys([*own, *grounds_here(rulebook, answer.grounds, on)]))


async def _lateness(answer: Answer) -> int:
    """Working days by which the act is late; 0 in time or without a term."""
    late_after = answer.period.late_after
    if late_after is None or answer.act_day <= late_after:
        return 0
    calendar = (await load_rulebook(answer.session, answer.subject.division, answer.today)).calendar
    return days_late(calendar, late_after, answer.act_day)


async def _locked(session: AsyncSession, task_id: uuid.UUID) -> TaskRow:
    task = await session.get(TaskRow, task_id, with_for_update=True)
    if task is None:
        raise not_found()
    return task


async def _task_of_mine(
    session: AsyncSession, user: CurrentUser, task_id: uuid.UUID, day: date
) -> tuple[TaskRow, AccountRow | None]:
    """The task under its row lock, if it waits for the person's post; or for somebody away, for whom the person stands in."""
    task = await _locked(session, task_id)
    absent = await may_stand_in(session, user, task, day)
    wanted = Office(task.office, Post(Level(task.level), Department(task.department), Role(task.role)))
    if absent is None and wanted != Office(user.division, user.post):
        raise not_allowed(f"此事项由{wanted.post.label}办理")
    return task, absent


async def _check_open(
    session: AsyncSession, user: CurrentUser, task: TaskRow, absent: AccountRow | None, day: date
) -> None:
    if task.state != "open":
        await _refuse_closed(session, task)
    free = task.assignee in (None, user.id, absent.id if absent else None)
    if not free and await still_holds(session, task, day):
        holder, named = await _person(session, task.assignee)
        raise Refusal(
            409, "claimed-by-other", f"此事项已由{named}认领", f"{holder} has claimed this task", assignee=holder
        )


async def _refuse_closed(session: AsyncSession, task: TaskRow) -> None:
    if task.state == "closed":
        raise Refusal(
            409, "task-closed", "此事项已由系统关闭，无须办理", "the task has been closed", reason=task.closed_reason
        )
    by, named = await _person(session, task.answered_by)
    at = plain(task.answered_at)
    raise Refusal(
        409,
        "already-answered",
        f"此事项已由{named}于{at[:16].replace('T', ' ')}办理",
        f"already answered by {by} at {at}",
        answered_by=by,
        answered_at=at,
        outcome=task.outcome,
    )


def _chosen(asked: Step, name: str) -> Outcome:
    outcome = asked.outcome(name)
    if outcome is None:
        allowed = [known.name for known in asked.outcomes]
        zh = f"“{asked.label}”的办理结果只能是：{'、'.join(known.label for known in asked.outcomes)}"
        en = "the step does not allow this outcome"
        raise Refusal(422, "unknown-outcome", zh, en, [Problem("/outcome", zh, en)], allowed=allowed)
    if outcome.later:
        raise not_yet_built(outcome.label)
    return outcome


async def _check_separation(
    session: AsyncSession, user: CurrentUser, absent: AccountRow | None, task: TaskRow, subject: Subject
) -> None:
    """Raises Refusal when one of them has done a step of this case that may not be the same person's (I2)."""
    people = [user.id, *([absent.id] if absent else [])]
    done = await barring_step(session, people, task.kind, subject)
    if done:
        whose = "您或您所代理的人" if absent else "您"
        label = "受理登记" if done == FILING else step(done).label
        raise Refusal(
            403,
            "separation-of-duties",
            f"{whose}已办理本案的“{label}”，不得再办理此环节，请由他人办理",
            f"you did the step {done} of this case; another person must do this one",
            step=done,
        )


async def _person(session: AsyncSession, account: uuid.UUID | None) -> tuple[str, str]:
    """The username, and how a sentence names that person: the name of the account with the username beside it."""
    found = await session.execute(select(AccountRow.username, AccountRow.name).where(AccountRow.id == account))
    username, name = found.one_or_none() or ("", "")
    return username, f"{name}（{username}）"
