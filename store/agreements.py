"""Sharing agreements 信息共享协议 (C-24): who shares which data with whom, from when until when, and what each owes."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from policy.terms import Department, ancestors
from store.base import Base, Json, Key, Moment


class AgreementRow(Base):
    """An agreement or memorandum of a city or a county; a city's holds for its counties too."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("ends_on is null or ends_on >= starts_on", "ends_after_it_starts"),
        CheckConstraint("cardinality(parties) > 1", "parties"),
        CheckConstraint("(ended_on is null) = (ended_by is null)", "ended_by_somebody"),
        Index("agreement_division_idx", "division", "starts_on"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    parties: Mapped[list[str]] = mapped_column(ARRAY(String))
    """Departments; the medical-insurance bureau is always one of them."""
    data_lists: Mapped[Json]
    """{department: [codes]}: what the medical-insurance bureau may give to it, as DATA_LIST names the kinds of data."""
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{number, duties}."""
    signed_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day on which it holds; None while no end has been agreed."""
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[Moment]
    ended_on: Mapped[date | None]
    """The last day, when it was ended before its time."""
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    @property
    def last_day(self) -> date | None:
        known = [day for day in (self.ends_on, self.ended_on) if day is not None]
        return min(known, default=None)

    def in_force(self, day: date) -> bool:
        return self.starts_on <= day and (self.last_day is None or day <= self.last_day)


async def agreement_in_force(
    session: AsyncSession, division: str, day: date, department: Department | None = None
) -> AgreementRow | None:
    """The nearest division's latest agreement that covers `division` on `day`; with `department`, one that it has signed."""
    covering = select(AgreementRow).where(
        AgreementRow.division.in_(ancestors(division)),
        AgreementRow.starts_on <= day,
        or_(AgreementRow.ends_on.is_(None), AgreementRow.ends_on >= day),
        or_(AgreementRow.ended_on.is_(None), AgreementRow.ended_on >= day),
    )
    if department is not None:
        covering = covering.where(AgreementRow.parties.contains([department.value]))
    nearest = covering.order_by(func.length(AgreementRow.division).desc(), AgreementRow.starts_on.desc())
    found: AgreementRow | None = await session.scalar(nearest.limit(1))
    return found
