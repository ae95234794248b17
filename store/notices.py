"""Mails that leave the building: a row first, the message second."""

import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Json, Key, Moment


class NoticeRow(Base):
    """One notice to one account. `state`: queued, gathering (one mail will carry several), sending, sent, refused, unknown (the
    server's answer was lost).
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "occasion"),
        Index("notice_waiting_idx", "id", postgresql_where=text("state in ('queued', 'sending')")),
    )

    id: Mapped[Key]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    occasion: Mapped[str]
    """The natural key of what it tells, e.g. `rung/<id>`: told once, however often it is run."""
    name: Mapped[str]
    variables: Mapped[Json]
    division: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]
    message_id: Mapped[str | None]
    error: Mapped[str | None]
