"""Days on which one office is closed (雪灾、汛情): they do not count, whatever national calendar comes later."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class ClosureRow(Base):
    """Both days included; for the division and all below it. Entered at the counter or, without an account, by command."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("first_day <= last_day", "days"),)

    id: Mapped[Key]
    division: Mapped[str] = mapped_column(index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str]
    document: Mapped[str]
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]
