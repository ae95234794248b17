"""The ledger in double entry (A-50): entries that are only ever added, each in balance, each booked once by its key."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.payment_terms import Account, IncomeSource, Side
from policy.terms import Level, division_at
from store.base import Base, Key, Moment, Yuan
from store.payments import PaymentRow


class EntryRow(Base):
    """One booking. `key` is the business fact: paid/<payment>/<attempt>. The database refuses one out of balance."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ledger_entry_division_booked_on_idx", "division", "booked_on"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    division: Mapped[str]
    """The county whose fund it is."""
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]
    booked_at: Mapped[Moment]


class LineRow(Base):
    """One side of a booking. `detail`: the source of an income."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint("entry_id", "account", "side"),
        CheckConstraint("side in ('debit', 'credit')", "side"),
        CheckConstraint("amount > 0", "amount"),
    )

    id: Mapped[Key]
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"))
    division: Mapped[str]
    account: Mapped[str]
    detail: Mapped[str | None]
    side: Mapped[str]
    amount: Mapped[Yuan]


@dataclass(frozen=True)
class Booking:
    """`amount` yuan from the account credited to the account debited."""

    key: str
    debit: Account
    credit: Account
    amount: Decimal
    day: date
    detail: str | None = None

    @property
    def kind(self) -> str:
        return self.key.partition("/")[0]


def payable(payment: PaymentRow, day: date) -> Booking:
    """The decision has become a debt to the payee."""
    return Booking(f"payable/{payment.id}", Account.AID_EXPENSE, Account.PAYABLE, payment.amount, day)


def paid(payment: PaymentRow, attempt: int, day: date) -> Booking:
    """Out of the special account directly to the payee (A-51)."""
    return Booking(f"paid/{payment.id}/{attempt}", Account.PAYABLE, Account.SPECIAL_ACCOUNT, payment.amount, day)


def returned(payment: PaymentRow, attempt: int, day: date) -> Booking:
    """The bank has sent it back: still owed, but not payable to that account."""
    return Booking(f"returned/{payment.id}/{attempt}", Account.PAYABLE, Account.RETURNED, payment.amount, day)


def corrected(payment: PaymentRow, attempt: int, day: date) -> Booking:
    """What came back at `attempt` is payable again, to the corrected account."""
    return Booking(f"corrected/{payment.id}/{attempt}", Account.RETURNED, Account.PAYABLE, payment.amount, day)


def recoverable(recovery: uuid.UUID, amount: Decimal, day: date) -> Booking:
    """Approved to be claimed back: less has been spent, and somebody owes it."""
    return Booking(f"recoverable/{recovery}", Account.RECOVERABLE, Account.AID_EXPENSE, amount, day)


def recovered(recovery: uuid.UUID, amount: Decimal, day: date) -> Booking:
    """It has come back into the special account."""
    return Booking(f"recovered/{recovery}", Account.SPECIAL_ACCOUNT, Account.RECOVERABLE, amount, day)


def income(income: uuid.UUID, source: IncomeSource, amount: Decimal, day: date) -> Booking:
    """Money raised for the fund (A-49, A-51b)."""
    return Booking(f"income/{income}", Account.SPECIAL_ACCOUNT, Account.INCOME, amount, day, source.value)


def income_undone(income: uuid.UUID, source: IncomeSource, amount: Decimal, day: date) -> Booking:
    """An income that was entered wrongly, taken out again by an entry of its own (冲销)."""
    return Booking(f"undone/{income}", Account.INCOME, Account.SPECIAL_ACCOUNT, amount, day, source.value)


async def book(
    session: AsyncSession, booking: Booking, division: str, at: datetime, payment: PaymentRow | None = None
) -> bool:
    """Books it in the county of `division`, once per key; False when it stands there already."""
    county = division_at(division, Level.COUNTY)
    entry = await session.scalar(
        insert(EntryRow)
        .values(
            key=booking.key,
            kind=booking.kind,
            division=county,
            payment_id=payment.id if payment else None,
            decision_id=payment.decision_id if payment else None,
            booked_on=booking.day,
            booked_at=at,
        )
        .on_conflict_do_nothing()
        .returning(EntryRow.id)
    )
    if entry is None:
        return False
    await session.execute(insert(LineRow).values(_lines(entry, booking, county)))
    return True


def _lines(entry: uuid.UUID, booking: Booking, county: str) -> Sequence[dict[str, object]]:
    sides = ((booking.debit, Side.DEBIT), (booking.credit, Side.CREDIT))
    return [
        {
            "entry_id": entry,
            "division": county,
            "account": account.value,
            "detail": booking.detail if account is Account.INCOME else None,
            "side": side.value,
            "amount": booking.amount,
        }
        for account, side in sides
    ]
