"""Identity periods 对象身份: which category a person holds from which day, as the department that answers for it has said.

Half-open: `ends_on` is the first day without it. Periods of one person and category never overlap: they are written under
a lock on the person, by `mark` alone (the database has no exclusion over two kinds of columns here).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.terms import Category
from store.base import Base, Key, Moment
from store.vault import Vault


class IdentityPeriodRow(Base):
    __tablename__ = "identity_period"
    __table_args__ = (
        UniqueConstraint("person_id", "category", "starts_on"),
        CheckConstraint("ends_on is null or ends_on > starts_on", "ends_after_it_starts"),
        CheckConstraint("(ends_on is null) = (ended_by is null)", "ended_by_somebody"),
        CheckConstraint("(upload_id is null) <> (matter_id is null)", "brought_by_one_thing"),
        Index("identity_period_source_idx", "division", "source_department"),
    )

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    division: Mapped[str]
    category: Mapped[str]
    source_department: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    provided_on: Mapped[date]
    """The day of the list in which the department provided it (C-11)."""
    marked_at: Mapped[Moment]
    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    matter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("matter.id"))
    """The recognition that it came out of, where no list brought it (W10)."""
    certificate_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{no} of the certificate or document that it rests on."""
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    """The upload whose row set the end: the same that brought the period, or a later one."""
    end_provided_on: Mapped[date | None]
    """The day of the list in which the end was provided (C-12)."""


@dataclass(frozen=True)
class Period:
    """One category of a person from a day until before another; None while it lasts."""

    category: Category
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Identity:
    """What a list says about a person."""

    person: uuid.UUID
    division: str
    department: str
    period: Period
    provided_on: date
    certificate: str | None


class Marked(StrEnum):
    """What became of it."""

    MARKED = "marked"
    ENDED = "ended"
    KNOWN = "known"
    ENDED_OTHERWISE = "ended-otherwise"  # the same period has another end already: it is set once
    OVERLAPS = "overlaps"
    ELSEWHERE = "elsewhere"  # another county or department answers for a period in that time


async def categories_on(session: AsyncSession, person: uuid.UUID, day: date) -> list[Category]:
    """The categories that the person holds on that day, wherever they were marked (B-21). Reads across all areas."""
    found = await session.scalars(
        text("select * from identity_categories(:person, :day)"), {"person": person, "day": day}
    )
    return [Category(code) for code in found]


async def periods_of(session: AsyncSession, person: uuid.UUID) -> list[Period]:
    """All periods of the person by their first day, wherever they were marked; nothing of who marked them."""
    found = await session.execute(
        text("select category, starts_on, ends_on from identity_periods(:person)"), {"person": person}
    )
    return [Period(Category(row.category), row.starts_on, row.ends_on) for row in found]


async def hold_identity(session: AsyncSession, person: uuid.UUID) -> None:
    """Until the transaction ends nobody else writes a period of this person."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(person), 0))))


async def periods_in_full(session: AsyncSession, person: uuid.UUID) -> Sequence[IdentityPeriodRow]:
    """All periods of the person with who marked them, by their first day. For the worker's role."""
    found = await session.scalars(
        select(IdentityPeriodRow)
        .where(IdentityPeriodRow.person_id.in_(select(func.one_person(person))))
        .order_by(IdentityPeriodRow.starts_on, IdentityPeriodRow.category)
    )
    return found.all()


def end_period(row: IdentityPeriodRow, on: date, provided_on: date, upload: uuid.UUID) -> None:
    """The first day without it, once. The caller holds `hold_identity`; a second end is a fault of the program."""
    if row.ends_on is not None or on <= row.starts_on:
        raise ValueError("the period has an end already, or would end before it starts")
    row.ends_on, row.ended_by, row.end_provided_on = on, upload, provided_on


async def mark(session: AsyncSession, vault: Vault, identity: Identity, upload: uuid.UUID, now: datetime) -> Marked:
    """Writes the period, or the end of the one that it continues; else says what stands in its way.

    For the worker's role, which sees the periods of every county.
    """
    await hold_identity(session, identity.person)
    period = identity.period
    rows = await periods_in_full(session, identity.person)
    overlapping = [row for row in rows if row.category == period.category.value and _overlap(row, period)]
    if overlapping:
        return _continued(overlapping, identity, upload)
    await _write(session, vault, identity, upload, now)
    return Marked.MARKED


async def mark_recognised(
    session: AsyncSession, vault: Vault, identity: Identity, matter: uuid.UUID, now: datetime
) -> Marked:
    """As `mark`, for a recognition that was fed back; who holds the category already keeps it (KNOWN)."""
    await hold_identity(session, identity.person)
    rows = await periods_in_full(session, identity.person)
    here = (identity.division, identity.department)
    for row in rows:
        if row.category == identity.period.category.value and _overlap(row, identity.period):
            if (row.division, row.source_department) != here:
                return Marked.ELSEWHERE
            return Marked.KNOWN if row.starts_on <= identity.period.starts_on else Marked.OVERLAPS
    await _write(session, vault, identity, None, now, matter)
    return Marked.MARKED


def _overlap(row: IdentityPeriodRow, period: Period) -> bool:
    begins_before_it_ends = period.ends_on is None or row.starts_on < period.ends_on
    return begins_before_it_ends and (row.ends_on is None or period.starts_on < row.ends_on)


def _continued(overlapping: Sequence[IdentityPeriodRow], identity: Identity, upload: uuid.UUID) -> Marked:
    """The one period that the row may speak of is the one with the same first day, of the same office."""
    row, period = overlapping[0], identity.period
    if (row.division, row.source_department) != (identity.division, identity.department):
        return Marked.ELSEWHERE
    if len(overlapping) > 1 or row.starts_on != period.starts_on:
        return Marked.OVERLAPS
    if row.ends_on == period.ends_on:
        return Marked.KNOWN
    if row.ends_on is not None or period.ends_on is None:
        return Marked.ENDED_OTHERWISE
    row.ends_on, row.ended_by, row.end_provided_on = period.ends_on, upload, identity.provided_on
    return Marked.ENDED


async def _write(
    session: AsyncSession,
    vault: Vault,
    identity: Identity,
    upload: uuid.UUID | None,
    now: datetime,
    matter: uuid.UUID | None = None,
) -> None:
    key: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    period, no = identity.period, identity.certificate
    ended = period.ends_on is not None
    session.add(
        IdentityPeriodRow(
            id=key,
            person_id=identity.person,
            division=identity.division,
            category=period.category.value,
            source_department=identity.department,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            provided_on=identity.provided_on,
            marked_at=now,
            upload_id=upload,
            matter_id=matter,
            certificate_sealed=vault.seal("identity_period", "certificate", key, {"no": no}) if no else None,
            ended_by=upload if ended else None,
            end_provided_on=identity.provided_on if ended else None,
        )
    )
    await session.flush()


async def marked_by(session: AsyncSession, upload: uuid.UUID) -> dict[str, int]:
    """How many periods of each category a table has marked or ended."""
    counted = await session.execute(
        select(IdentityPeriodRow.category, func.count())
        .where(or_(IdentityPeriodRow.upload_id == upload, IdentityPeriodRow.ended_by == upload))
        .group_by(IdentityPeriodRow.category)
        .order_by(IdentityPeriodRow.category)
    )
    return {row[0]: row[1] for row in counted}
