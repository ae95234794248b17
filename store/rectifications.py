"""Orders to put findings right 督促整改 (W17, C-25), each a matter of the county it is addressed to."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Moment
from store.findings import FindingRow


class RectificationRow(Base):
    """One order: from whom, by when, in which round. Its reply and its verification are answers of its tasks."""

    __tablename__ = "rectification"
    __table_args__ = (CheckConstraint("level in ('province', 'city')", "level"), CheckConstraint("round > 0", "round"))

    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"), primary_key=True)
    division: Mapped[str]
    """The county that is to put it right."""
    level: Mapped[str]
    """Of who ordered it; that level's supervisor verifies."""
    due_on: Mapped[date]
    round: Mapped[int]
    ordered_on: Mapped[date]
    """In this round."""
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """What is asked for, as last typed."""
    issued_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[Moment]


class OrderedFindingRow(Base):
    """A finding that an order names; while the order is open, no other may name it (B-29)."""

    __tablename__ = "rectification_finding"
    __table_args__ = (Index("rectification_finding_open", "finding_id", unique=True, postgresql_where=text("open")),)

    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rectification.matter_id"), primary_key=True)
    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    division: Mapped[str]
    open: Mapped[bool]


async def findings_of(session: AsyncSession, matter_id: uuid.UUID) -> Sequence[FindingRow]:
    """What the order names, oldest first."""
    found = await session.scalars(
        select(FindingRow)
        .join(OrderedFindingRow, OrderedFindingRow.finding_id == FindingRow.id)
        .where(OrderedFindingRow.matter_id == matter_id)
        .order_by(FindingRow.id)
    )
    return found.all()
