"""Aid of a year that was paid before this system was in use 上线前已救助: it counts into the year's cap (A-14, A-17).

One row per person, year and county, written once: what a county says again with another amount is returned, not added.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment, Yuan
from store.people import hold_year


class PriorAidRow(Base):
    __tablename__ = "prior_aid"
    __table_args__ = (
        UniqueConstraint("person_id", "year", "division"),
        CheckConstraint("aid >= 0 and deductible_used >= 0", "amounts"),
    )

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    division: Mapped[str]
    year: Mapped[int]
    aid: Mapped[Yuan]
    """What uses up the year's cap."""
    deductible_used: Mapped[Yuan]
    """The base of earlier claims of the year, against which the yearly deductible was counted."""
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    taken_in_at: Mapped[Moment]


@dataclass(frozen=True)
class PriorAid:
    person: uuid.UUID
    division: str
    year: int
    aid: Decimal
    deductible_used: Decimal


class Entered(StrEnum):
    ENTERED = "entered"
    KNOWN = "known"
    DIFFERS = "differs"


async def prior_aid_in_year(session: AsyncSession, person: uuid.UUID, year: int) -> tuple[Decimal, Decimal]:
    """Aid and used deductible of that calendar year, in the whole province: sums only."""
    found = await session.execute(
        text("select aid, deductible_used from prior_aid_in_year(:person, :year)"), {"person": person, "year": year}
    )
    row = found.one()
    return Decimal(row.aid), Decimal(row.deductible_used)


async def enter_prior_aid(session: AsyncSession, known: PriorAid, upload: uuid.UUID, now: datetime) -> Entered:
    """Writes it unless the county has said it before. The caller holds the lock on the person's ID number."""
    await hold_year(session, known.person)  # an approval under way counts it, or comes before it
    row = await session.scalar(
        select(PriorAidRow).where(
            PriorAidRow.person_id.in_(select(func.one_person(known.person))),
            PriorAidRow.year == known.year,
            PriorAidRow.division == known.division,
        )
    )
    if row is not None:
        same = (row.aid, row.deductible_used) == (known.aid, known.deductible_used)
        return Entered.KNOWN if same else Entered.DIFFERS
    session.add(
        PriorAidRow(
            person_id=known.person,
            division=known.division,
            year=known.year,
            aid=known.aid,
            deductible_used=known.deductible_used,
            upload_id=upload,
            taken_in_at=now,
        )
    )
    await session.flush()
    return Entered.ENTERED
