"""Tables of the law and the map: divisions, documents, clauses, parameters, calendars. Effective-dated, versions added."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Json, Key, Moment


class DivisionRow(Base):
    __tablename__ = "division"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent: Mapped[str | None] = mapped_column(index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]


class DocumentRow(Base):
    __tablename__ = "document"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    title: Mapped[str]
    division: Mapped[str]
    in_force_from: Mapped[date]
    in_force_to: Mapped[date | None]
    public: Mapped[bool]
    demonstration: Mapped[bool]


class ClauseRow(Base):
    __tablename__ = "clause"

    id: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    section: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]


class ParameterRow(Base):
    """A value in force in a division from a day. `source`: `pack` (shipped baseline) or `counter` (entered here)."""

    __tablename__ = "parameter"
    __table_args__ = (
        UniqueConstraint("key", "division", "effective_from", "version"),
        Index("parameter_division_key_idx", "division", "key"),
    )

    id: Mapped[Key]
    key: Mapped[str]
    division: Mapped[str]
    value: Mapped[Json]
    unit: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    document: Mapped[str]
    clause: Mapped[str | None]
    basis: Mapped[str]
    note: Mapped[str]
    version: Mapped[int]
    source: Mapped[str]
    entered_by: Mapped[str | None]
    entered_at: Mapped[Moment]


class CalendarRow(Base):
    """One version of one year; the highest version counts."""

    __tablename__ = "calendar_year"
    __table_args__ = (UniqueConstraint("division", "year", "version"),)

    id: Mapped[Key]
    division: Mapped[str]
    year: Mapped[int]
    version: Mapped[int]
    status: Mapped[str]
    source: Mapped[str]
    rest: Mapped[Json]
    make_up: Mapped[Json]
    loaded_at: Mapped[Moment]
