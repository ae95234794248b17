"""What people write beside the steps: remarks on a case, and words that go with an act on a task."""

import uuid
from datetime import date

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class RemarkRow(Base):
    """One remark on a case, never changed."""

    __tablename__ = "remark"

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    division: Mapped[str]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[Moment]


class TaskActRow(Base):
    """An act on a task that is no answer: `act` is handed_over, assigned or urged; `words_sealed` what was typed with it."""

    __tablename__ = "task_act"
    __table_args__ = (Index("task_act_task_idx", "task_id", "act"),)

    id: Mapped[Key]
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"))
    division: Mapped[str]
    act: Mapped[str]
    acted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    handed_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    day: Mapped[date]
    at: Mapped[Moment]
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
