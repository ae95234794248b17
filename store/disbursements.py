"""Disbursement batches 拨款批次: what the county's bureau asks finance to pay in one request, and what finance told the bank."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.deadlines import SHANGHAI
from policy.payment_terms import DisbursementState, LineState
from policy.terms import PaymentStatus
from store.base import Base, Key, Moment
from store.payments import PaymentRow
from store.timeline import record

_STATES = ", ".join(f"'{state.value}'" for state in DisbursementState)
_LINE_STATES = ", ".join(f"'{state.value}'" for state in LineState)


class DisbursementRow(Base):
    """One batch of one county. Its number 140522-2025-0001 has no gaps."""

    __tablename__ = "disbursement"
    __table_args__ = (
        UniqueConstraint("division", "year", "serial"),
        CheckConstraint(f"state in ({_STATES})", "state"),
        CheckConstraint("state not in ('approved', 'closed') or approved_by is not null", "approved_has_person"),
        CheckConstraint("approved_by <> prepared_by", "two_persons"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", "closed_has_moment"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    contract_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The number of the contract with an outsourced agency (A-52)."""
    prepared_on: Mapped[date]
    prepared_at: Mapped[Moment]
    prepared_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[Moment | None]
    approved_at: Mapped[Moment | None]
    approved_on: Mapped[date | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    remark_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why the leader sent it back."""
    closed_at: Mapped[Moment | None]


class DisbursementLineRow(Base):
    """One payment in a batch. A line that leaves it stays as a row and says why; a payment lies in one batch at a time."""

    __tablename__ = "disbursement_line"
    __table_args__ = (
        UniqueConstraint("disbursement_id", "no"),
        CheckConstraint(f"state in ({_LINE_STATES})", "state"),
        Index("disbursement_line_in_once", "payment_id", unique=True, postgresql_where=text("state = 'in'")),
    )

    id: Mapped[Key]
    disbursement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disbursement.id"))
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    division: Mapped[str]
    no: Mapped[int]
    state: Mapped[str] = mapped_column(default=LineState.IN.value)


class ReleaseRow(Base):
    """One release by finance's supervisor: what the bank was told, as the very files that were handed to it."""

    __tablename__ = "disbursement_release"
    __table_args__ = (UniqueConstraint("disbursement_id", "no"),)

    id: Mapped[Key]
    disbursement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disbursement.id"))
    division: Mapped[str]
    no: Mapped[int]
    released_on: Mapped[date]
    released_at: Mapped[Moment]
    released_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    xlsx_file: Mapped[uuid.UUID] = mapped_column(ForeignKey("file.id"))
    csv_file: Mapped[uuid.UUID] = mapped_column(ForeignKey("file.id"))


async def batch_of(session: AsyncSession, payment_id: uuid.UUID) -> DisbursementRow | None:
    """The batch that the payment lies in now."""
    return await session.scalar(
        select(DisbursementRow)
        .join(DisbursementLineRow, DisbursementLineRow.disbursement_id == DisbursementRow.id)
        .where(DisbursementLineRow.payment_id == payment_id, DisbursementLineRow.state == LineState.IN.value)
    )


async def leave_batch(session: AsyncSession, payment_id: uuid.UUID, why: LineState, at: datetime) -> None:
    """Takes the payment out of the batch that it lies in, if any; its line stays and says why."""
    batch = await batch_of(session, payment_id)
    if batch is None:
        return
    await session.refresh(batch, with_for_update=True)  # before its lines, as whoever changes it does
    line = await session.scalar(
        select(DisbursementLineRow)
        .where(DisbursementLineRow.payment_id == payment_id, DisbursementLineRow.state == LineState.IN.value)
        .with_for_update()
    )
    if line is not None:
        line.state = why.value
        await session.flush()
        await close_when_ended(session, line.disbursement_id, at)


async def close_when_ended(session: AsyncSession, disbursement_id: uuid.UUID, at: datetime) -> None:
    """Closes an approved batch when no line of it waits for anything any more."""
    batch = await session.get(DisbursementRow, disbursement_id, with_for_update=True)
    if batch is None or batch.state != DisbursementState.APPROVED.value:
        return
    waiting = await session.scalar(
        select(DisbursementLineRow.id)
        .join(PaymentRow, PaymentRow.id == DisbursementLineRow.payment_id)
        .where(
            DisbursementLineRow.disbursement_id == disbursement_id,
            DisbursementLineRow.state == LineState.IN.value,
            PaymentRow.status != PaymentStatus.CONFIRMED.value,
        )
        .limit(1)
    )
    if waiting is None:
        batch.state, batch.closed_at = DisbursementState.CLOSED.value, at
        record(
            session,
            subject_id=batch.id,
            division=batch.division,
            at=at,
            day=at.astimezone(SHANGHAI).date(),
            tag="procedure:disbursement:closed",
            codes={"number": batch.number},
        )
