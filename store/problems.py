"""Major problems reported upward 重大问题报告 (C-33, D-31, E-05), each a matter of the division that reports it."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Moment


class ProblemRow(Base):
    """One report. Acknowledgement and answer are answers of its tasks."""

    __tablename__ = "problem"
    __table_args__ = (CheckConstraint("level in ('province', 'city')", "level"),)

    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"), primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    """Whose report it is."""
    level: Mapped[str]
    """To which it is reported."""
    topic: Mapped[str]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    reported_on: Mapped[date]
    reported_at: Mapped[Moment]
