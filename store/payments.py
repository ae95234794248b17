"""Money (W03): what is payable, every attempt to pay it, and what was paid wrongly. One payment per decision, by unique keys."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.payment_terms import AttemptState, RecoveryState
from policy.terms import PayeeKind, PaymentStatus
from store.base import Base, Key, Moment, Yuan


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class PaymentRow(Base):
    """A payable decision on its way to the payee (A-51)."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint(f"status in ({_codes(list(PaymentStatus))})", "status"),
        CheckConstraint(f"payee_kind in ({_codes(list(PayeeKind))})", "payee_kind"),
    )

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), unique=True)
    division: Mapped[str]
    amount: Mapped[Yuan]
    payee_kind: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[Moment]
    submitted_on: Mapped[date | None]
    finance_approved_on: Mapped[date | None]
    transferred_on: Mapped[date | None]
    receipt_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class AttemptRow(Base):
    """One attempt to pay: to which account, told to the bank once at most, and how it ended.

    Not even two officers, a repeated file or a killed process can pay twice: at most one attempt of a payment is open,
    and at most one was ever confirmed.
    """

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("payment_id", "no"),
        CheckConstraint(f"state in ({_codes(list(AttemptState))})", "state"),
        CheckConstraint("(state = 'open') = (ended_on is null)", "ended_has_day"),
        Index("payment_attempt_open_once", "payment_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("payment_attempt_paid_once", "payment_id", unique=True, postgresql_where=text("state = 'confirmed'")),
    )

    id: Mapped[Key]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    division: Mapped[str]
    no: Mapped[int]
    state: Mapped[str] = mapped_column(default=AttemptState.OPEN.value)
    payee_kind: Mapped[str]
    payee_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{name, account, bank} as they were when finance approved."""
    opened_at: Mapped[Moment]
    release_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("disbursement_release.id"), index=True)
    """The payment file that told the bank of it; None where it was paid without one."""
    ended_on: Mapped[date | None]
    reason: Mapped[str | None]
    """Why the bank sent it back."""


class RecoveryRow(Base):
    """An amount paid wrongly that is claimed back 追回: proposed by one, approved by another, its receipt entered by finance."""

    __tablename__ = "recovery"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint(f"state in ({_codes(list(RecoveryState))})", "state"),
        CheckConstraint("decided_by <> proposed_by", "two_persons"),
        CheckConstraint("(state = 'proposed') = (decided_by is null)", "decided_has_person"),
        CheckConstraint("(state = 'received') = (received_on is not null)", "received_has_day"),
    )

    id: Mapped[Key]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    division: Mapped[str]
    amount: Mapped[Yuan]
    state: Mapped[str] = mapped_column(default=RecoveryState.PROPOSED.value)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_on: Mapped[date]
    """The day of the decision to claim it back."""
    proposed_at: Mapped[Moment]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    approved_on: Mapped[date | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    received_on: Mapped[date | None]
    received_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


async def payment_of(session: AsyncSession, application_id: uuid.UUID) -> PaymentRow | None:
    """The payment of a case, locked; lock its application before."""
    return await session.scalar(select(PaymentRow).where(PaymentRow.application_id == application_id).with_for_update())


async def open_attempt(session: AsyncSession, payment_id: uuid.UUID) -> AttemptRow | None:
    """The attempt whose outcome is not known yet, locked."""
    return await session.scalar(
        select(AttemptRow)
        .where(AttemptRow.payment_id == payment_id, AttemptRow.state == AttemptState.OPEN.value)
        .with_for_update()
    )


async def attempts_of(session: AsyncSession, payment_id: uuid.UUID) -> Sequence[AttemptRow]:
    rows = await session.scalars(select(AttemptRow).where(AttemptRow.payment_id == payment_id).order_by(AttemptRow.no))
    return rows.all()


def end_attempt(attempt: AttemptRow, state: AttemptState, day: date, reason: str | None = None) -> None:
    """How it ended, in the transaction of the answer that says so."""
    attempt.state, attempt.ended_on, attempt.reason = state.value, day, reason


def reference_of(number: str, attempt: int) -> str:
    """What the bank knows an attempt by: 14052210020250001-1. The inverse: `read_reference`."""
    return f"{number}-{attempt}"


def read_reference(reference: str) -> tuple[str, int] | None:
    """Case number and attempt; None for a reference that is none of ours."""
    number, dash, attempt = reference.strip().rpartition("-")
    return (number, int(attempt)) if dash and number.isdigit() and attempt.isdigit() else None
