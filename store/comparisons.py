"""The city's comparison of the province's monitoring list with its counties' own (W18, J-22): one item per person and list."""

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.provincial_comparison import DifferenceCause, Side
from store.base import Base, Key, Moment

_SIDES = ", ".join(f"'{side.value}'" for side in Side)
_CAUSES = ", ".join(f"'{cause.value}'" for cause in DifferenceCause)


class ComparisonItemRow(Base):
    """A person on the province's list, on a county's, or on both. Who it is lies sealed."""

    __tablename__ = "comparison_item"
    __table_args__ = (
        CheckConstraint(f"side in ({_SIDES})", "side"),
        CheckConstraint(f"cause in ({_CAUSES})", "cause"),
        CheckConstraint("(cause is null) = (explained_by is null)", "explained_by_somebody"),
        UniqueConstraint("matter_id", "id_index", "list_type"),
        Index("comparison_item_matter_idx", "matter_id", "side", "id"),
        Index("comparison_item_county_idx", "county", "month"),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"))
    division: Mapped[str]
    """The city."""
    month: Mapped[date]
    county: Mapped[str | None]
    """Whose list it is on, or where the province says the person is insured."""
    id_index: Mapped[bytes] = mapped_column(LargeBinary)
    list_type: Mapped[str]
    person_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{name, id_number}."""
    province_burden: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    local_burden: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    local_item: Mapped[uuid.UUID | None]
    """The item of the county's push."""
    side: Mapped[str]
    cause: Mapped[str | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    explained_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    explained_at: Mapped[Moment | None]
    confirmed_on: Mapped[date | None]
    """When it went back to its county on the confirmed list; only then does the county see it."""


async def items_of(
    session: AsyncSession, matter_id: uuid.UUID, side: Side | None = None
) -> Sequence[ComparisonItemRow]:
    """Differences first."""
    asked = select(ComparisonItemRow).where(ComparisonItemRow.matter_id == matter_id)
    if side is not None:
        asked = asked.where(ComparisonItemRow.side == side.value)
    found = await session.scalars(asked.order_by(ComparisonItemRow.side.desc(), ComparisonItemRow.id))
    return found.all()


async def counts_of(session: AsyncSession, matter_id: uuid.UUID) -> dict[str, int]:
    """How many on both, on one only, and how many differences have no cause yet."""
    found = await session.execute(
        select(ComparisonItemRow.side, func.count(), func.count(ComparisonItemRow.cause))
        .where(ComparisonItemRow.matter_id == matter_id)
        .group_by(ComparisonItemRow.side)
    )
    counted = {Side(side): (number, explained) for side, number, explained in found}
    counts = {side.value: counted.get(side, (0, 0))[0] for side in Side}
    open_ = sum(number - explained for side, (number, explained) in counted.items() if side.differs)
    return {**counts, "unexplained": open_}
