"""The fund of a county (A-49 … A-54): what was raised, and what the ledger's lines of its years add up to."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, case, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.funds import Movement
from policy.payment_terms import Account, IncomeSource, Side
from store.base import Base, Key, Moment, Yuan
from store.ledger import EntryRow, LineRow

_SOURCES = ", ".join(f"'{source.value}'" for source in IncomeSource)


class IncomeRow(Base):
    """Money that came into the special account, by source; a wrong entry is undone by one of its own."""

    __tablename__ = "fund_income"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint(f"source in ({_SOURCES})", "source"),
        CheckConstraint("(undone_on is null) = (undone_by is null)", "undone_has_person"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    source: Mapped[str]
    amount: Mapped[Yuan]
    received_on: Mapped[date]
    typed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{document}: the voucher, which may name a donor."""
    entered_at: Mapped[Moment]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    undone_on: Mapped[date | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


async def movements(session: AsyncSession, division: str) -> Sequence[Movement]:
    """What moved on every account by county, year and kind of entry, in `division` and all below it."""
    sign = case((LineRow.side == Side.DEBIT.value, LineRow.amount), else_=-LineRow.amount)
    year = extract("year", EntryRow.booked_on).cast(Integer)
    grouped = (EntryRow.division, year, EntryRow.kind, LineRow.account, LineRow.detail)
    rows = await session.execute(
        select(*grouped, func.sum(sign))
        .join(LineRow, LineRow.entry_id == EntryRow.id)
        .where(EntryRow.division.startswith(division, autoescape=True))
        .group_by(*grouped)
        .order_by(EntryRow.division, year)
    )
    return [
        Movement(county, on, kind, Account(account), detail, total) for county, on, kind, account, detail, total in rows
    ]
