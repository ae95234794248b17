"""More time (延期) and no time (中止): what was asked for and decided about a running period."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class ExtensionRow(Base):
    """A request for more working days. One at a time for each period; decided by another person than who asked."""

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("decision in ('approved', 'refused')", "decision"),
        CheckConstraint("(decision is null) = (decided_by is null)", "decided_has_person"),
        CheckConstraint("decided_by <> asked_by", "two_people"),
        Index("extension_open_idx", "period_id", unique=True, postgresql_where=text("decision is null")),
        Index("extension_task_idx", "task_id"),
    )

    id: Mapped[Key]
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"))
    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("period.id"))
    division: Mapped[str]
    days: Mapped[int]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[Moment]
    decision: Mapped[str | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[Moment | None]
    decision_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_due: Mapped[date | None]
    new_due: Mapped[date | None]


class SuspensionRow(Base):
    """A task whose clock stands still. `category` is a code of SUSPENSION_CATEGORIES."""

    __tablename__ = "suspension"
    __table_args__ = (
        Index("suspension_now_idx", "task_id", unique=True, postgresql_where=text("resumed_at is null")),
        CheckConstraint("(resumed_at is null) = (resumed_by is null)", "resumed_has_person"),
    )

    id: Mapped[Key]
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"))
    division: Mapped[str]
    category: Mapped[str]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    suspended_on: Mapped[date]
    suspended_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    suspended_at: Mapped[Moment]
    resumed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    resumed_on: Mapped[date | None]
    resumed_at: Mapped[Moment | None]
