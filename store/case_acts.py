"""What was done to a whole case, or to a person's record, beside the steps: kept with the words that were typed, sealed."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Json, Key, Moment


class CaseActRow(Base):
    """One act, never changed; `division` follows its case when that moves. `codes` hold no personal data."""

    __tablename__ = "case_act"
    __table_args__ = (
        CheckConstraint("subject_type in ('application', 'person')", "subject_type"),
        Index("case_act_subject_idx", "subject_id", "id"),
    )

    id: Mapped[Key]
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    division: Mapped[str]
    act: Mapped[str]
    day: Mapped[date]
    acted_at: Mapped[Moment]
    acted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    codes: Mapped[Json]
    typed_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{reason, …}; of a correction also {before, after}."""
