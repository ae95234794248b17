"""What the activities share about a case: loading it by id, closing an answer, moving its status."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from policy.deadlines import SHANGHAI
from policy.procedures import Procedure, procedure_of
from policy.terms import ApplicationStatus
from store.applications import ApplicationRow
from store.disclosure import Cell, Look, disclose
from store.outbox import wake
from store.tasks import TaskRow
from store.timeline import record
from store.vault import Vault

QUESTIONS = (Procedure.ORDER, Procedure.OPINION)
"""Procedures beside a case that end with it."""


async def locked_application(session: AsyncSession, application_id: str) -> ApplicationRow:
    """The application, locked until the transaction ends: what changes a case is done one after the other."""
    row = await session.get(ApplicationRow, uuid.UUID(application_id), with_for_update=True)
    if row is None:
        raise LookupError("no such application")
    return row


async def acknowledge(session: AsyncSession, task_ids: Sequence[str], at: datetime) -> None:
    """Marks answers as acted on: from here the case shows its new state instead of 流转中."""
    if task_ids:
        ids = [uuid.UUID(task_id) for task_id in task_ids]
        await session.execute(
            update(TaskRow).where(TaskRow.id.in_(ids), TaskRow.acknowledged_at.is_(None)).values(acknowledged_at=at)
        )


async def acknowledge_rest(session: AsyncSession, subject_id: uuid.UUID, at: datetime) -> None:
    """Of a subject that ends: an answer that came beside in that very moment is sent again to nobody."""
    await session.execute(
        update(TaskRow)
        .where(TaskRow.subject_id == subject_id, TaskRow.state == "answered", TaskRow.acknowledged_at.is_(None))
        .values(acknowledged_at=at)
    )


async def answer_fields(session: AsyncSession, vault: Vault, task_id: str, reader: str, at: datetime) -> dict[str, Any]:
    """What was typed into the answer, opened for an activity and logged as `system:<reader>`."""
    task = await session.get_one(TaskRow, uuid.UUID(task_id))
    look = Look(f"system:{reader}", "task", task.id, task.division, "procedure", at)
    answer = disclose(session, vault, look, {"answer": Cell("task", "answer", task.id, task.answer_sealed)})["answer"]
    fields: dict[str, Any] = answer["fields"]
    return fields


async def close_open_tasks(session: AsyncSession, application_id: uuid.UUID, reason: str, at: datetime) -> None:
    """Closes what is still open on a case that has ended; an answer that came first keeps its row."""
    rows = await session.scalars(
        select(TaskRow).where(TaskRow.subject_id == application_id, TaskRow.state == "open").with_for_update()
    )
    for task in rows:
        task.state, task.closed_reason = "closed", reason
        record(
            session,
            subject_id=application_id,
            division=task.division,
            at=at,
            day=at.astimezone(SHANGHAI).date(),
            tag=f"desk:{task.kind}:closed",
            codes={"task": str(task.id), "reason": reason},
        )
        if procedure_of(task.workflow_id) in QUESTIONS:
            await wake(session, task, at=at)


def end(application: ApplicationRow, status: ApplicationStatus, at: datetime) -> None:
    """The last status of the case."""
    application.status, application.closed_at = status.value, at
