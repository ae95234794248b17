"""What is to be started or woken: written in the writer's own transaction, delivered by `runtime/relay.py` alone."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.procedures import Procedure, procedure_of, workflow_id
from store.applications import ApplicationRow
from store.base import Base, Json, Moment
from store.tasks import TaskRow

CHANNEL = "jiuzhu_outbox"


class OutboxRow(Base):
    """One signal-with-start. `state`: pending, delivered, closed (the workflow had ended: recorded, not retried)."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_pending_idx", "id", postgresql_where=text("state = 'pending'")),
        Index("outbox_workflow_id_created_at_idx", "workflow_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    workflow_id: Mapped[str]
    workflow: Mapped[str]
    queue: Mapped[str]
    argument: Mapped[Json]
    subject_id: Mapped[uuid.UUID | None]
    created_at: Mapped[Moment]
    state: Mapped[str]
    attempts: Mapped[int]
    delivered_at: Mapped[Moment | None]
    error: Mapped[str | None]


async def start(
    session: AsyncSession,
    procedure: Procedure,
    key: object,
    argument: dict[str, Any],
    *,
    at: datetime,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Starts the procedure if it is not there yet and wakes it, once this transaction is committed."""
    await _send(session, workflow_id(procedure, key), procedure, argument, at, subject_id)


async def start_all(
    session: AsyncSession, procedure: Procedure, arguments: Mapping[str, dict[str, Any]], *, at: datetime
) -> None:
    """As `start`, of one procedure under many keys."""
    sent = [_row(workflow_id(procedure, key), procedure, argument, at, None) for key, argument in arguments.items()]
    if sent:
        await session.execute(insert(OutboxRow), sent)
        await session.execute(select(func.pg_notify(CHANNEL, "")))


async def start_case(
    session: AsyncSession,
    procedure: Procedure,
    application: ApplicationRow,
    *,
    at: datetime,
    acknowledges: Sequence[str] = (),
) -> None:
    """As `start`, for a procedure of an application; `acknowledges` are the answers that led to it."""
    argument = {"application_id": str(application.id), "acknowledges": list(acknowledges)}
    await start(session, procedure, application.key, argument, at=at, subject_id=application.id)


async def wake(session: AsyncSession, task: TaskRow, *, at: datetime) -> None:
    """Wakes the procedure that waits for the task; one that Temporal has lost is started again by it."""
    of = "application_id" if task.subject_type == "application" else "matter_id"
    argument = {of: str(task.subject_id)}
    subject_id = task.subject_id if task.subject_type == "application" else None
    await _send(session, task.workflow_id, procedure_of(task.workflow_id), argument, at, subject_id)


async def _send(
    session: AsyncSession,
    workflow_id: str,
    procedure: Procedure,
    argument: dict[str, Any],
    at: datetime,
    subject_id: uuid.UUID | None,
) -> None:
    row = (
        insert(OutboxRow)
        .values(_row(workflow_id, procedure, argument, at, subject_id))
        .returning(OutboxRow.id)
        .cte("row")
    )
    await session.execute(select(func.pg_notify(CHANNEL, "")).select_from(row))


def _row(
    workflow_id: str, procedure: Procedure, argument: dict[str, Any], at: datetime, subject_id: uuid.UUID | None
) -> dict[str, Any]:
    return {
        "workflow_id": workflow_id,
        "workflow": procedure.value,
        "queue": procedure.queue,
        "argument": argument,
        "subject_id": subject_id,
        "created_at": at,
        "state": "pending",
        "attempts": 0,
    }
