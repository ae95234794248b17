"""Money (W03): what is payable, and the ledger that says what was paid. One payment per decision, by unique keys."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment, Yuan


class PaymentRow(Base):
    """A payable decision on its way to the payee (A-51)."""

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint("amount > 0", "amount"),)

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


class LedgerRow(Base):
    """One side of a booking: `debit` the aid spent, `credit` the special account (A-50, A-51)."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("decision_id", "side"),
        CheckConstraint("side in ('debit', 'credit')", "side"),
        CheckConstraint("amount > 0", "amount"),
    )

    id: Mapped[Key]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"))
    division: Mapped[str]
    side: Mapped[str]
    account: Mapped[str]
    amount: Mapped[Yuan]
    booked_on: Mapped[date]
    booked_at: Mapped[Moment]
