"""Lists of dynamic adjustment 动态调整名单 (附件3 with 附件4): the batch beside its matter, and its rows as provided.

What is in a row is personal and sealed; the source department, the bureau and, as A-30 has it, finance may read it, in
that county only.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.procedures import Procedure
from policy.terms import Category, Department, RowFate
from store.base import Base, Json, Key, Moment
from store.matters import MatterRow

_FATES = ", ".join(f"'{fate.value}'" for fate in RowFate)
_COUNTS = ("households_added", "persons_added", "households_removed", "persons_removed")


class AdjustmentRow(Base):
    """One batch of one category. The certificate's counts stand here as stated; they equal the list's, or it is refused."""

    __tablename__ = "adjustment"
    __table_args__ = (
        UniqueConstraint("division", "department", "category", "period", "batch"),
        UniqueConstraint("upload_id"),
        CheckConstraint("(provided_on is null) = (upload_id is null)", "provided_by_an_upload"),
        CheckConstraint("provided_on is null or certificate_on is not null", "provided_with_a_certificate"),
        CheckConstraint("list_on is null or list_on = certificate_on", "list_and_certificate_of_one_day"),
        Index("adjustment_waiting_idx", "division", "department", "category"),
    )

    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"), primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    category: Mapped[str]
    period: Mapped[str]
    """2026-11 or 2026-Q4."""
    batch: Mapped[int]
    """Its number within the period: 附件4 has none."""
    adjusted_on: Mapped[date]
    """The day on which the department closed its adjustment: T-DYN counts from it."""
    due_on: Mapped[date | None]
    list_on: Mapped[date | None]
    certificate_on: Mapped[date | None]
    certificate_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{no} of 附件4."""
    households_added: Mapped[int | None]
    persons_added: Mapped[int | None]
    households_removed: Mapped[int | None]
    persons_removed: Mapped[int | None]
    provided_on: Mapped[date | None]
    """The official day of the list (AMB-2): entitlement rests on it."""
    provided_at: Mapped[Moment | None]
    carrier: Mapped[str | None]
    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    days_late: Mapped[int | None]
    marked_at: Mapped[Moment | None]
    """When the last good row of the list was marked."""

    @property
    def counts(self) -> dict[str, int | None]:
        """As the certificate states them."""
        return {name: getattr(self, name) for name in _COUNTS}


class AdjustmentLineRow(Base):
    """One row of a list as provided, with what became of it."""

    __tablename__ = "adjustment_row"
    __table_args__ = (
        UniqueConstraint("upload_id", "sheet", "row_number"),
        CheckConstraint(f"fate in ({_FATES})", "fate"),
        CheckConstraint("(fate = 'accepted') = (marked_at is not null)", "accepted_is_marked"),
        CheckConstraint("fate <> 'accepted' or (person_id is not null and effective_on is not null)", "marked_whom"),
        Index("adjustment_row_person_idx", "matter_id", "id_index"),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("adjustment.matter_id"))
    division: Mapped[str]
    department: Mapped[str]
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    sheet: Mapped[int]
    row_number: Mapped[int]
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the member's ID number, where it could be read."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The row by the names of its columns, as text."""
    change: Mapped[str | None]
    fate: Mapped[str]
    reasons: Mapped[Json]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    provided_on: Mapped[date]
    """The day that the row's entitlement rests on: that of the list on which the person first stood."""
    effective_on: Mapped[date | None]
    marked_at: Mapped[Moment | None]


@dataclass(frozen=True)
class Series:
    """Of whom and for which period lists are numbered."""

    division: str
    department: Department
    category: Category
    period: str

    def key(self, batch: int) -> str:
        """140522/civil_affairs/DB/2026-11/1."""
        return f"{self.division}/{self.department.value}/{self.category.value}/{self.period}/{batch}"


async def next_batch(session: AsyncSession, series: Series) -> int:
    """The number of the batch after the last one; the caller holds `hold_series`."""
    last = await session.scalar(
        select(func.max(AdjustmentRow.batch)).where(
            AdjustmentRow.division == series.division,
            AdjustmentRow.department == series.department.value,
            AdjustmentRow.category == series.category.value,
            AdjustmentRow.period == series.period,
        )
    )
    return (last or 0) + 1


async def hold_series(session: AsyncSession, division: str, department: Department, category: Category) -> None:
    """Until the transaction ends nobody else opens, or provides, a list of that category there."""
    named = f"adjustment/{division}/{department.value}/{category.value}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(named, 0))))


async def waiting_lists(
    session: AsyncSession, division: str, department: Department, category: Category
) -> Sequence[AdjustmentRow]:
    """The adjustments whose list has not been provided, the oldest first."""
    found = await session.scalars(
        select(AdjustmentRow)
        .join(MatterRow, MatterRow.id == AdjustmentRow.matter_id)
        .where(
            AdjustmentRow.division == division,
            AdjustmentRow.department == department.value,
            AdjustmentRow.category == category.value,
            AdjustmentRow.provided_on.is_(None),
            MatterRow.closed_at.is_(None),
        )
        .order_by(AdjustmentRow.adjusted_on, AdjustmentRow.matter_id)
    )
    return found.all()


async def adjustment_of_upload(session: AsyncSession, upload: uuid.UUID) -> AdjustmentRow | None:
    """The list that came in that upload."""
    found: AdjustmentRow | None = await session.scalar(select(AdjustmentRow).where(AdjustmentRow.upload_id == upload))
    return found


async def same_list(
    session: AsyncSession, series: Series, certificate_on: date, changes: Collection[tuple[bytes, str | None]]
) -> AdjustmentRow | None:
    """The list of that day's certificate that named just these persons (by blind index) with these changes, handed in before
    as another file."""
    provided = await session.scalars(
        select(AdjustmentRow)
        .where(
            AdjustmentRow.division == series.division,
            AdjustmentRow.department == series.department.value,
            AdjustmentRow.category == series.category.value,
            AdjustmentRow.certificate_on == certificate_on,
        )
        .order_by(AdjustmentRow.batch)
    )
    for row in provided:
        named = select(AdjustmentLineRow.id_index, AdjustmentLineRow.change).where(
            AdjustmentLineRow.matter_id == row.matter_id,
            AdjustmentLineRow.upload_id == row.upload_id,
            AdjustmentLineRow.id_index.is_not(None),
        )
        if changes and {(one.id_index, one.change) for one in await session.execute(named)} == set(changes):
            return row
    return None


async def lines_of(session: AsyncSession, matter_id: uuid.UUID) -> Sequence[AdjustmentLineRow]:
    """All rows in the order in which they came."""
    found = await session.scalars(
        select(AdjustmentLineRow)
        .where(AdjustmentLineRow.matter_id == matter_id)
        .order_by(AdjustmentLineRow.upload_id, AdjustmentLineRow.sheet, AdjustmentLineRow.row_number)
    )
    return found.all()


async def fates_of(session: AsyncSession, matter_id: uuid.UUID) -> dict[str, int]:
    """How many rows met which fate, over all uploads of the batch."""
    found = await session.execute(
        select(AdjustmentLineRow.fate, func.count())
        .where(AdjustmentLineRow.matter_id == matter_id)
        .group_by(AdjustmentLineRow.fate)
    )
    return {row[0]: row[1] for row in found}


async def waiting_periods(session: AsyncSession, division: str) -> Sequence[MatterRow]:
    """The periods in the division and below it that are still open: a calendar may move the day on which they end."""
    found = await session.scalars(
        select(MatterRow).where(
            MatterRow.procedure == Procedure.ADJUSTMENT_PERIOD.value,
            MatterRow.closed_at.is_(None),
            func.left(MatterRow.division, len(division)) == division,
        )
    )
    return found.all()
