"""Persons and households: one row per ID number, found by blind index, everything about them sealed."""

import uuid

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class HouseholdRow(Base):
    __tablename__ = "household"

    id: Mapped[Key]
    division: Mapped[str]
    created_at: Mapped[Moment]


class PersonRow(Base):
    __tablename__ = "person"
    __table_args__ = (Index("person_merged_into_idx", "merged_into", postgresql_where=text("merged_into is not null")),)

    id: Mapped[Key]
    division: Mapped[str] = mapped_column(index=True)
    household_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("household.id"))
    id_index: Mapped[bytes] = mapped_column(unique=True)
    name_index: Mapped[bytes] = mapped_column(index=True)
    last4_index: Mapped[bytes] = mapped_column(index=True)
    sealed: Mapped[bytes]
    """{name, id_number}."""
    created_at: Mapped[Moment]
    merged_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The person whom this one turned out to be, when it had been entered under a wrong ID number."""


async def hold_year(session: AsyncSession, person: uuid.UUID) -> None:
    """Until the transaction ends nobody else decides about, or adds to, what this person has been given in a year."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(person), 0))))
