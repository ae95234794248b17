"""An act on a whole case on its way through the counter: one transaction that holds everything or nothing."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.suspending import lift_suspension
from policy.case_acts import ENDING_ANSWERS, CaseAct
from policy.deadlines import SHANGHAI
from policy.problems import Problem
from store.applications import ApplicationRow
from store.case_acts import CaseActRow
from store.outbox import wake
from store.tasks import TaskRow
from store.timeline import record

SUBJECT = "application"


@dataclass
class Act:
    """`values` are the fields as read, `parts` the parts of an application as sent. `codes` go to the timeline: codes,
    dates and amounts only; `typed` is kept sealed."""

    services: Services
    session: AsyncSession
    user: CurrentUser
    application: ApplicationRow
    declared: CaseAct
    values: dict[str, Any]
    parts: Mapping[str, Any]
    day: date
    today: date
    now: datetime
    paper_reason: str | None = None
    codes: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    grounds: list[str] = field(default_factory=list)

    async def close_tasks(self, reason: str) -> None:
        """Closes all that is open on the case and wakes every procedure that waited for it."""
        rows = await self.session.scalars(
            select(TaskRow)
            .where(TaskRow.subject_id == self.application.id, TaskRow.state == "open")
            .order_by(TaskRow.id)
            .with_for_update()
        )
        woken: set[str] = set()
        for task in rows:
            await lift_suspension(self.session, task, self.user.id, self.today, self.now)
            self.close(task, reason)
            if task.workflow_id not in woken:
                woken.add(task.workflow_id)
                await wake(self.session, task, at=self.now)

    def close(self, task: TaskRow, reason: str) -> None:
        task.state, task.closed_reason = "closed", reason
        record(
            self.session,
            subject_id=self.application.id,
            division=task.division,
            at=self.now,
            day=self.day,
            tag=f"desk:{task.kind}:closed",
            codes={"task": str(task.id), "reason": reason},
        )

    async def keep(self) -> None:
        """The entry in the case's timeline, and the act with what was typed."""
        application = self.application
        if self.declared.main:
            application.last_act_on = max(application.last_act_on, self.day)
        paper = {"paper": True} if self.day != self.today else {}
        record(
            self.session,
            subject_id=application.id,
            division=application.division,
            at=self.now,
            day=self.day,
            tag=self.declared.tag,
            actor=self.user.username,
            codes={**self.codes, **paper},
            grounds=list(dict.fromkeys([self.declared.clause, *self.grounds])),
        )
        typed = {**self.typed, **({"paper_reason": self.paper_reason} if self.paper_reason else {})}
        await keep_act(self, SUBJECT, application.id, application.division, typed)


async def keep_act(act: Act, subject_type: str, subject_id: uuid.UUID, division: str, typed: Mapping[str, Any]) -> None:
    await write_act(
        act.session,
        act.services,
        act.user,
        name=act.declared.name,
        subject=(subject_type, subject_id),
        division=division,
        day=act.day,
        codes=act.codes,
        typed=typed,
    )


async def write_act(
    session: AsyncSession,
    services: Services,
    user: CurrentUser,
    *,
    name: str,
    subject: tuple[str, uuid.UUID],
    division: str,
    day: date,
    codes: Mapping[str, Any],
    typed: Mapping[str, Any],
) -> None:
    """The row of the act; what was typed is sealed under its own id."""
    key: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    session.add(
        CaseActRow(
            id=key,
            subject_type=subject[0],
            subject_id=subject[1],
            division=division,
            act=name,
            day=day,
            acted_at=services.clock.now(),
            acted_by=user.id,
            codes=dict(codes),
            typed_sealed=services.vault.seal("case_act", "typed", key, dict(typed)) if typed else None,
        )
    )


async def under_way(session: AsyncSession, application: ApplicationRow) -> Sequence[TaskRow]:
    """The answers that their procedure has not seen yet."""
    rows = await session.scalars(
        select(TaskRow).where(
            TaskRow.subject_id == application.id, TaskRow.outcome.is_not(None), TaskRow.acknowledged_at.is_(None)
        )
    )
    return rows.all()


async def check_transit(session: AsyncSession, application: ApplicationRow, declared: CaseAct) -> None:
    """Raises Refusal while an answer is under way that the act would stand in the way of: who came first, wins."""
    answers = await under_way(session, application)
    decided = [task for task in answers if (task.kind, task.outcome) in ENDING_ANSWERS]
    if decided or (application.moving_to is not None) or (answers and not declared.in_transit):
        raise in_transit()


def in_transit() -> Refusal:
    return Refusal(
        409, "in-transit", "案件流转中，请稍后再办", "an answer is on its way through the procedure; try again shortly"
    )


async def has_open_task(session: AsyncSession, application_id: uuid.UUID) -> bool:
    found = select(exists().where(TaskRow.subject_id == application_id, TaskRow.state == "open"))
    return bool(await session.scalar(found))


def wrong(name: str, zh: str, en: str, clause: str | None = None) -> Problem:
    return Problem(f"/{name}", zh, en, clause)


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
