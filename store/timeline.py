"""The record of a case: append-only entries named `source:subject:action`, of which the status is a projection."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from store.base import Base, Json, Moment

SYSTEM = "system"


class TimelineRow(Base):
    """One entry. `codes` hold codes, dates and amounts, from which the text is made when shown; never typed text."""

    __tablename__ = "timeline"
    __table_args__ = (Index("timeline_subject_idx", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    subject_id: Mapped[uuid.UUID]
    division: Mapped[str]
    at: Mapped[Moment]
    day: Mapped[date]
    """The day of the act, which a paper entry may set before `at`."""
    tag: Mapped[str]
    actor: Mapped[str]
    """The account's username, or `system`."""
    codes: Mapped[Json]
    grounds: Mapped[list[str]] = mapped_column(ARRAY(String))


def record(
    session: AsyncSession,
    *,
    subject_id: uuid.UUID,
    division: str,
    at: datetime,
    day: date,
    tag: str,
    actor: str = SYSTEM,
    codes: dict[str, Any] | None = None,
    grounds: Sequence[str] = (),
) -> None:
    """Adds one entry in the caller's transaction."""
    session.add(
        TimelineRow(
            subject_id=subject_id,
            division=division,
            at=at,
            day=day,
            tag=tag,
            actor=actor,
            codes=codes or {},
            grounds=list(grounds),
        )
    )
