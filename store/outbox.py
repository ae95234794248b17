"""What is to be started or woken: written in the writer's own transaction, delivered by `runtime/relay.py` alone."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Json, Moment

CHANNEL = "jiuzhu_outbox"


class OutboxRow(Base):
    """One signal-with-start. `state`: pending, delivered, closed (the workflow had ended: recorded, not retried)."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_pending_idx", "id", postgresql_where=text("state = 'pending'")),)

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


async def send(
    session: AsyncSession,
    *,
    workflow_id: str,
    workflow: str,
    queue: str,
    argument: dict[str, Any],
    at: datetime,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Starts the workflow if it is not there yet and wakes it, once this transaction is committed."""
    row = (
        insert(OutboxRow)
        .values(
            workflow_id=workflow_id,
            workflow=workflow,
            queue=queue,
            argument=argument,
            subject_id=subject_id,
            created_at=at,
            state="pending",
            attempts=0,
        )
        .returning(OutboxRow.id)
        .cte("row")
    )
    await session.execute(select(func.pg_notify(CHANNEL, "")).select_from(row))
