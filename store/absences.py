"""Who is away, who stands in, and who has left (policy/standing_in.py)."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Json, Key, Moment


class AbsenceRow(Base):
    """One absence, both days included, and who stands in for it. `ended_at`: taken back, or the substitute has left."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", "days"),
        CheckConstraint("account_id <> substitute_id", "substitute"),
        Index("absence_substitute_idx", "substitute_id", postgresql_where=text("ended_at is null")),
        Index("absence_account_idx", "account_id", postgresql_where=text("ended_at is null")),
    )

    id: Mapped[Key]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    substitute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    division: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class DepartureRow(Base):
    """Somebody has left. `tasks` are the ids of what was on their desk, so that a mistake can be undone."""

    __tablename__ = "departure"
    __table_args__ = (
        Index("departure_now_idx", "account_id", unique=True, postgresql_where=text("returned_at is null")),
    )

    id: Mapped[Key]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    division: Mapped[str]
    successor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    tasks: Mapped[Json]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[Moment]
    returned_at: Mapped[Moment | None]
