"""Matters 共享事项: one run of a procedure of the exchange (a county's month, a list, a push, an order).

The second kind of subject that tasks may have, beside an application. What is particular to a procedure hangs on the
matter's id in a table of its own; here stand codes, counts and dates only, so that every department that takes part, and
the levels above, may look at the row (`departments`).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from store.base import Base, Json, Key, Moment
from store.outbox import start
from store.timeline import SYSTEM, record

SUBJECT = "matter"
"""What `task.subject_type` calls it."""


class MatterRow(Base):
    __tablename__ = "matter"
    __table_args__ = (
        UniqueConstraint("procedure", "key"),
        Index("matter_month_idx", "month", "procedure", "division"),
        Index("matter_division_idx", "division", "procedure", "id"),
    )

    id: Mapped[Key]
    procedure: Mapped[str]
    key: Mapped[str]
    """Its business id, what stands behind the procedure's name in the workflow's id: 140522/2026-11."""
    division: Mapped[str]
    department: Mapped[str | None]
    """Whose matter it is, where it is one department's."""
    departments: Mapped[list[str]] = mapped_column(ARRAY(String))
    """Which departments may see it, within the division and above it."""
    month: Mapped[date | None]
    """The first day of the month that the data belong to."""
    status: Mapped[str]
    status_at: Mapped[Moment]
    opened_on: Mapped[date]
    """The day on which the rules of its procedure are pinned."""
    opened_at: Mapped[Moment]
    last_act_on: Mapped[date]
    closed_at: Mapped[Moment | None]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("matter.id"), index=True)
    """The matter that it came out of: the list of an anomaly, the push of a recognition."""
    facts: Mapped[Json] = mapped_column(default=dict)
    """Codes, counts and dates that its pages show; never personal data or typed text."""

    @property
    def number(self) -> str:
        """How people call it, as an application is called by its number."""
        return self.key

    @property
    def pinned_on(self) -> date:
        return self.opened_on


@dataclass(frozen=True)
class Opening:
    """What a matter is opened with; `key` must be the same whenever the same thing is meant."""

    procedure: Procedure
    key: str
    division: str
    departments: Sequence[Department]
    status: MatterStatus
    department: Department | None = None
    month: date | None = None
    parent: uuid.UUID | None = None
    facts: Mapping[str, Any] | None = None


async def open_matter(
    session: AsyncSession, opening: Opening, *, at: datetime, day: date, acknowledges: Sequence[str] = ()
) -> tuple[MatterRow, bool]:
    """The matter of that key, opened and its procedure started unless it was there; True when it is new. Safe to repeat."""
    opened = await session.scalar(
        insert(MatterRow)
        .values(
            procedure=opening.procedure.value,
            key=opening.key,
            division=opening.division,
            department=opening.department.value if opening.department else None,
            departments=sorted(department.value for department in opening.departments),
            month=opening.month,
            status=opening.status.value,
            status_at=at,
            opened_on=day,
            opened_at=at,
            last_act_on=day,
            parent_id=opening.parent,
            facts=dict(opening.facts or {}),
        )
        .on_conflict_do_nothing()
        .returning(MatterRow.id)
    )
    matter = await find_matter(session, opening.procedure, opening.key)
    if matter is None:
        raise LookupError("the matter was neither opened nor found")
    if opened is not None:
        argument = {"matter_id": str(matter.id), "acknowledges": list(acknowledges)}
        await start(session, opening.procedure, opening.key, argument, at=at)
    return matter, opened is not None


async def find_matter(session: AsyncSession, procedure: Procedure, key: str) -> MatterRow | None:
    found: MatterRow | None = await session.scalar(
        select(MatterRow).where(MatterRow.procedure == procedure.value, MatterRow.key == key)
    )
    return found


async def locked_matter(session: AsyncSession, matter_id: uuid.UUID) -> MatterRow:
    """The matter as it is now, locked until the transaction ends. Raises LookupError.

    Read anew even where the transaction has looked at it before: somebody else may have moved it in between.
    """
    row: MatterRow | None = await session.scalar(
        select(MatterRow).where(MatterRow.id == matter_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise LookupError("no such matter")
    return row


def move_to(matter: MatterRow, status: MatterStatus, at: datetime) -> None:
    """The status that its pages and the board show. A closed matter keeps its last one."""
    if matter.closed_at is None and matter.status != status.value:
        matter.status, matter.status_at = status.value, at


def end_matter(matter: MatterRow, status: MatterStatus, at: datetime) -> None:
    """Its last status."""
    move_to(matter, status, at)
    matter.closed_at = matter.closed_at or at


def record_in(
    session: AsyncSession,
    matter: MatterRow,
    action: str,
    *,
    at: datetime,
    day: date,
    actor: str = SYSTEM,
    codes: Mapping[str, Any] | None = None,
    grounds: Sequence[str] = (),
) -> None:
    """Adds an entry to its timeline, in the caller's transaction: matter:<procedure>:<action>."""
    record(
        session,
        subject_id=matter.id,
        division=matter.division,
        at=at,
        day=day,
        tag=f"{SUBJECT}:{matter.procedure}:{action}",
        actor=actor,
        codes=dict(codes or {}),
        grounds=grounds,
    )
