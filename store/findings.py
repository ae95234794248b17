"""Findings 监测发现 (W17): what the province's monitoring has found about a county. Codes, counts and dates only."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from policy.deadlines import SHANGHAI
from policy.step_clause import grounds_here
from policy.supervision import LASTING, FindingKind
from store.base import Base, Json, Key, Moment
from store.rulebook import load_rulebook


class FindingRow(Base):
    """One thing found, once: the same kind about the same month and subject of a division is the same finding."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("settled_by is null or settled_at is not null", "settled_by_something"),
        Index(
            "finding_once",
            *("kind", "division", "month", "subject_id", "about"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("finding_division_id_idx", "division", "id"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    division: Mapped[str]
    month: Mapped[date | None]
    """The first day of the month that it is about."""
    subject_id: Mapped[uuid.UUID | None]
    """The matter or case that it is about, where there is one."""
    about: Mapped[str]
    """What tells several of one kind and month apart: the key of a timer. Empty where there is only one."""
    codes: Mapped[Json]
    grounds: Mapped[list[str]] = mapped_column(ARRAY(String))
    found_on: Mapped[date]
    found_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("matter.id"))
    """The order by which it was put right and verified; None where it was mended without one."""


async def open_finding(
    session: AsyncSession,
    kind: FindingKind,
    division: str,
    month: date | None,
    subject_id: uuid.UUID | None,
    codes: Mapping[str, Any],
    grounds: Sequence[str],
    at: datetime,
    *,
    about: str = "",
) -> FindingRow:
    """The finding, entered unless it is known, with the grounds as they are called in the division. Harmless twice: what was
    found first stays as it was written.

    What lasts (an agreement not signed, say) is not found anew each month while it waits to be put right (B-29).
    """
    waiting = await unsettled(session, kind, division, about) if kind in LASTING else None
    if waiting is not None:
        return waiting
    first, day = month.replace(day=1) if month else None, at.astimezone(SHANGHAI).date()
    rulebook = await load_rulebook(session, division, day)
    await session.execute(
        insert(FindingRow)
        .values(
            kind=kind.value,
            division=division,
            month=first,
            subject_id=subject_id,
            about=about,
            codes=dict(codes),
            grounds=grounds_here(rulebook, grounds, day),
            found_on=day,
            found_at=at,
        )
        .on_conflict_do_nothing()
    )
    return (
        await session.scalars(
            select(FindingRow).where(
                FindingRow.kind == kind.value,
                FindingRow.division == division,
                FindingRow.month.is_not_distinct_from(first),
                FindingRow.subject_id.is_not_distinct_from(subject_id),
                FindingRow.about == about,
            )
        )
    ).one()


async def unsettled(session: AsyncSession, kind: FindingKind, division: str, about: str) -> FindingRow | None:
    """The earliest of that kind that still waits to be put right."""
    found: FindingRow | None = await session.scalar(
        select(FindingRow)
        .where(
            FindingRow.kind == kind.value,
            FindingRow.division == division,
            FindingRow.about == about,
            FindingRow.settled_at.is_(None),
        )
        .order_by(FindingRow.id)
        .limit(1)
    )
    return found
