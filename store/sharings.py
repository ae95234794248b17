"""Sharings 信息共享: each completed or running transmission between two departments of a county, in a month (W07, ST-1, ST-2).

Counts by category only, never a person. A sharing is known by what it came from (`source`): the upload, the adjustment, the
push, the answered task; so what is recorded twice is there once, and nothing is handed in twice.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.deadlines import SHANGHAI
from policy.exchange_terms import Carrier, Direction, SharingState
from policy.procedures import Procedure
from policy.terms import Department
from store.base import Base, Json, Key, Moment
from store.matters import MatterRow, find_matter, record_in
from store.outbox import start
from store.timeline import SYSTEM

_STATES = ", ".join(f"'{state.value}'" for state in SharingState)


class SharingRow(Base):
    __tablename__ = "sharing"
    __table_args__ = (
        UniqueConstraint("source", "direction", "partner"),
        CheckConstraint(f"state in ({_STATES})", "state"),
        CheckConstraint("direction in ('in', 'out')", "direction"),
        CheckConstraint("(state = 'reconciled') = (reconciled_at is not null)", "reconciled"),
        CheckConstraint("not zero or rows_shared = 0", "zero_is_empty"),
        Index("sharing_month_idx", "month", "division"),
    )

    id: Mapped[Key]
    source: Mapped[str]
    """What it came from: upload/<id>, adjustment/<matter's id>, push/<matter's id>, task/<id>."""
    division: Mapped[str]
    month: Mapped[date]
    """The first day of the month that it counts for: that in which it was provided, or a missed one that it makes good."""
    direction: Mapped[str]
    partner: Mapped[str]
    """The department on the other side of the medical-insurance bureau."""
    carrier: Mapped[str | None]
    """None for a zero report given in so many words: nothing travelled."""
    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    origin_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("matter.id"))
    """The matter of another procedure that it came out of."""
    rows_shared: Mapped[int]
    """Person-times 人次 in all."""
    person_times: Mapped[Json]
    """{category or kind of data: person-times}."""
    zero: Mapped[bool]
    """An explicit 本月无变动."""
    state: Mapped[str]
    asks_receipt: Mapped[bool]
    """Whether the cycle asks the receiver to confirm; False where another procedure has its own receipt."""
    round: Mapped[int]
    """How often it was sent: 1, and one more for each correction."""
    provided_on: Mapped[date]
    provided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[Moment]
    received_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reconciled_on: Mapped[date | None]
    reconciled_at: Mapped[Moment | None]
    disputed_at: Mapped[Moment | None]


@dataclass(frozen=True)
class Provided:
    """One transmission as its sender made it. `provided_by` None: a machine. `month` is any day of the month it counts for."""

    source: str
    division: str
    month: date
    direction: Direction
    partner: Department
    carrier: Carrier | None
    provided_on: date
    person_times: Mapping[str, int] = field(default_factory=dict)
    """By category of the lists, or by kind of data."""
    rows: int | None = None
    """Where one row holds several kinds of data; else the sum of `person_times`."""
    provided_by: uuid.UUID | None = None
    upload: uuid.UUID | None = None
    origin: uuid.UUID | None = None
    asks_receipt: bool = True


async def record_sharing(
    session: AsyncSession, provided: Provided, *, at: datetime, actor: str = SYSTEM
) -> tuple[SharingRow, bool]:
    """Records it once and wakes the month's cycle, if there is one; True when it was not known. Safe to repeat.

    Without `asks_receipt` somebody else calls `confirm_sharing` when the receiver has acknowledged it.
    """
    fresh = await session.scalar(
        insert(SharingRow).values(_row(provided, at)).on_conflict_do_nothing().returning(SharingRow.id)
    )
    sharing = await find_sharing(session, provided.source, provided.direction, provided.partner)
    if sharing is None:
        raise LookupError("the sharing was neither recorded nor found")
    if fresh is not None:
        await _tell(session, sharing, "provided", at, provided.provided_on, actor)
    return sharing, fresh is not None


async def record_sharings(session: AsyncSession, provided: Sequence[Provided], *, at: datetime) -> None:
    """As `record_sharing`, of many. Safe to repeat."""
    asked = insert(SharingRow).on_conflict_do_nothing().returning(SharingRow)
    fresh = (await session.scalars(asked, [_row(one, at) for one in provided])).all() if provided else ()
    keys = {f"{one.division}/{one.month:%Y-%m}" for one in fresh}
    opened = await session.scalars(
        select(MatterRow.key).where(
            MatterRow.procedure == Procedure.SHARING_CYCLE.value, MatterRow.key.in_(sorted(keys))
        )
    )
    waiting = set(opened)
    for one in fresh:
        if f"{one.division}/{one.month:%Y-%m}" in waiting:
            await _tell(session, one, "provided", at, one.provided_on, SYSTEM)


def _row(provided: Provided, at: datetime) -> dict[str, Any]:
    total = sum(provided.person_times.values()) if provided.rows is None else provided.rows
    return {
        "source": provided.source,
        "division": provided.division,
        "month": provided.month.replace(day=1),
        "direction": provided.direction.value,
        "partner": provided.partner.value,
        "carrier": provided.carrier.value if provided.carrier else None,
        "upload_id": provided.upload,
        "origin_id": provided.origin,
        "rows_shared": total,
        "person_times": dict(provided.person_times),
        "zero": total == 0,
        "state": SharingState.SENT.value,
        "asks_receipt": provided.asks_receipt,
        "round": 1,
        "provided_on": provided.provided_on,
        "provided_by": provided.provided_by,
        "recorded_at": at,
    }


async def confirm_sharing(
    session: AsyncSession, sharing: SharingRow, *, by: uuid.UUID | None, on: date, at: datetime, actor: str = SYSTEM
) -> None:
    """The receiver says that the counts are right: from now on it is reconciled and counts. Safe to repeat."""
    if sharing.state != SharingState.SENT.value:
        return
    sharing.state, sharing.received_by = SharingState.RECONCILED.value, by
    sharing.reconciled_on, sharing.reconciled_at = on, at
    await _tell(session, sharing, "reconciled", at, on, actor)


async def dispute_sharing(session: AsyncSession, sharing: SharingRow, *, at: datetime, actor: str) -> None:
    """The receiver counts otherwise: back to the sender, who corrects or withdraws it."""
    sharing.state, sharing.disputed_at = SharingState.DISPUTED.value, at
    await _tell(session, sharing, "disputed", at, at.astimezone(SHANGHAI).date(), actor)


async def correct_sharing(
    session: AsyncSession, sharing: SharingRow, person_times: Mapping[str, int], *, on: date, at: datetime, actor: str
) -> None:
    """The sender's corrected counts, sent again."""
    total = sum(person_times.values())
    sharing.state, sharing.round = SharingState.SENT.value, sharing.round + 1
    sharing.person_times, sharing.rows_shared, sharing.zero = dict(person_times), total, total == 0
    await _tell(session, sharing, "corrected", at, on, actor)


async def withdraw_sharing(session: AsyncSession, sharing: SharingRow, *, on: date, at: datetime, actor: str) -> None:
    """Never to count."""
    sharing.state = SharingState.WITHDRAWN.value
    await _tell(session, sharing, "withdrawn", at, on, actor)


async def find_sharing(
    session: AsyncSession, source: str, direction: Direction, partner: Department
) -> SharingRow | None:
    found: SharingRow | None = await session.scalar(
        select(SharingRow).where(
            SharingRow.source == source, SharingRow.direction == direction.value, SharingRow.partner == partner.value
        )
    )
    return found


async def cycle_of(session: AsyncSession, division: str, month: date) -> MatterRow | None:
    """The county's matter of that month, once it has been opened."""
    return await find_matter(session, Procedure.SHARING_CYCLE, f"{division}/{month:%Y-%m}")


async def _tell(session: AsyncSession, sharing: SharingRow, action: str, at: datetime, day: date, actor: str) -> None:
    """An entry in the cycle's timeline, and its procedure woken; before the cycle is opened nobody waits for it."""
    cycle = await cycle_of(session, sharing.division, sharing.month)
    if cycle is None:
        return
    codes: dict[str, Any] = {
        "sharing": str(sharing.id),
        "direction": sharing.direction,
        "partner": sharing.partner,
        "carrier": sharing.carrier,
        "rows": sharing.rows_shared,
    }
    record_in(
        session,
        cycle,
        action,
        at=at,
        day=day,
        actor=actor,
        codes=codes,
        grounds=["C-30"],
    )
    await start(session, Procedure.SHARING_CYCLE, cycle.key, {"matter_id": str(cycle.id)}, at=at)
