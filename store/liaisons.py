"""The register of liaisons 联络员名册 (C-19): whom each department names at each level, from when until when. Nothing is deleted."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class LiaisonRow(Base):
    """One entry of a department of a division. A change is a new entry that `replaces` the one before, which then ends."""

    __tablename__ = "liaison"
    __table_args__ = (
        CheckConstraint("ends_on is null or ends_on >= starts_on", "ends_after_it_starts"),
        CheckConstraint("ended_on is null or ended_on >= starts_on - 1", "ended_after_it_starts"),
        CheckConstraint("(ended_on is null) = (ended_by is null)", "ended_by_somebody"),
        CheckConstraint(
            "(substitute_from is null) = (substitute_until is null) and substitute_from <= substitute_until",
            "substitution",
        ),
        Index("liaison_office_idx", "division", "department", "starts_on"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    department: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{lead_office, liaison, liaison_phone, cooperating_office, specialist, specialist_phone, substitute, substitute_phone}."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day that was agreed; None while none was."""
    substitute_from: Mapped[date | None]
    substitute_until: Mapped[date | None]
    """Both days included: the substitute stands in for the liaison."""
    replaces: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("liaison.id"))
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[Moment]
    ended_on: Mapped[date | None]
    """The last day, when it was ended before its time or replaced; the day before the first where it never held."""
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    @property
    def last_day(self) -> date | None:
        return min((day for day in (self.ends_on, self.ended_on) if day is not None), default=None)

    @property
    def void(self) -> bool:
        """Replaced before it ever held."""
        return self.last_day is not None and self.last_day < self.starts_on

    def valid(self, day: date) -> bool:
        return self.starts_on <= day and (self.last_day is None or day <= self.last_day)

    def overlaps(self, first: date, last: date | None) -> bool:
        mine = self.last_day
        return not self.void and (last is None or self.starts_on <= last) and (mine is None or first <= mine)

    def stood_in_for(self, day: date) -> bool:
        known = self.substitute_from is not None and self.substitute_until is not None
        return known and self.substitute_from <= day <= self.substitute_until  # type: ignore[operator]


def valid_on(day: date) -> ColumnElement[bool]:
    """As `LiaisonRow.valid` says it of one."""
    last = func.least(LiaisonRow.ends_on, LiaisonRow.ended_on)
    return (LiaisonRow.starts_on <= day) & or_(last.is_(None), last >= day)


async def hold_office(session: AsyncSession, division: str, department: str) -> Sequence[LiaisonRow]:
    """Its entries, oldest first; until the transaction ends nobody else changes them."""
    name = f"liaison/{division}/{department}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    return await entries_of(session, division, department)


async def entries_of(session: AsyncSession, division: str, department: str) -> Sequence[LiaisonRow]:
    """The history of an office, oldest first."""
    found = await session.scalars(
        select(LiaisonRow)
        .where(LiaisonRow.division == division, LiaisonRow.department == department)
        .order_by(LiaisonRow.starts_on, LiaisonRow.id)
    )
    return found.all()


async def named_on(session: AsyncSession, day: date, area: str = "") -> set[tuple[str, str]]:
    """The divisions inside `area` with their departments that have somebody on that day."""
    asked = select(LiaisonRow.division, LiaisonRow.department).where(valid_on(day)).distinct()
    if area:
        asked = asked.where(LiaisonRow.division >= area, LiaisonRow.division < area + ":")
    return {(division, department) for division, department in await session.execute(asked)}


async def that_end(session: AsyncSession, since: date) -> Sequence[LiaisonRow]:
    """Those that hold or will hold and have a last day, from `since` on, the nearest first."""
    last = func.least(LiaisonRow.ends_on, LiaisonRow.ended_on)
    found = await session.scalars(
        select(LiaisonRow).where(last >= since, last >= LiaisonRow.starts_on).order_by(last, LiaisonRow.id)
    )
    return found.all()


async def mend_finding(session: AsyncSession, division: str, department: str, at: datetime) -> None:
    """Settles the finding that nobody was named, if somebody is valid on the day of `at`."""
    await session.execute(select(func.mend_no_liaison(division, department, at)))
