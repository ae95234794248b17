"""W07: how a county's month stands, and the marks that follow from it. Each look is one transaction; safe to repeat."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from policy.clock import Clock, today
from policy.deadlines import SHANGHAI, add_months
from policy.exchange_terms import Direction, MatterStatus, SharingState
from policy.sharing_steps import SHARING_IN, SHARING_OUT
from policy.supervision import FindingKind
from policy.terms import Department
from store.database import WHOLE, Database
from store.findings import open_finding
from store.matters import MatterRow, locked_matter, move_to, record_in
from store.sharings import SharingRow
from store.tasks import TaskRow

SENDERS = {Direction.IN: SHARING_IN.kind, Direction.OUT: SHARING_OUT.kind}
UNDER_WAY = (SharingState.SENT.value, SharingState.RECONCILED.value, SharingState.DISPUTED.value)


@dataclass
class Batch:
    """A sharing that somebody is to look at."""

    id: str
    round: int
    direction: str
    partner: str
    carrier: str
    rows: int

    @property
    def name(self) -> str:
        return f"{self.id}/{self.round}"


@dataclass
class Stock:
    """How the month stands: who is to provide, confirm and correct; `look_again_at` is the end of the month."""

    month: str
    over: bool
    short: list[str] = field(default_factory=list)
    to_confirm: list[Batch] = field(default_factory=list)
    to_correct: list[Batch] = field(default_factory=list)
    released: bool = False
    look_again_at: str = ""


class Sharings:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    @activity.defn(name="sharing_take_stock")
    async def take_stock(self, matter_id: str) -> Stock:
        """Counts the month's sharings, marks it met or missed, and closes the sender's task where a batch has arrived."""
        async with self._database.transaction(WHOLE) as session:
            cycle = await locked_matter(session, uuid.UUID(matter_id))
            now, month = self._clock.now(), _month(cycle)
            sharings = await _sharings(session, cycle.division, month)
            short = [kind for direction, kind in SENDERS.items() if _owes(cycle, sharings, direction)]
            met = _met(cycle, sharings)
            ended = now >= _end_of(month)
            missed = ended and not _met(cycle, _in_time(sharings, month))
            if cycle.closed_at is None:
                await self._mark(session, cycle, met=met, missed=missed, now=now)
            unsettled = [_batch(row) for row in sharings if row.state == SharingState.SENT.value and row.asks_receipt]
            disputed = [_batch(row) for row in sharings if row.state == SharingState.DISPUTED.value]
            return Stock(
                month=month.isoformat(),
                over=cycle.closed_at is not None or (met and ended and not unsettled and not disputed),
                short=short,
                to_confirm=unsettled,
                to_correct=disputed,
                released=await _release(session, cycle, [kind for kind in SENDERS.values() if kind not in short]),
                look_again_at="" if ended else _end_of(month).isoformat(),
            )

    async def _mark(self, session: AsyncSession, cycle: MatterRow, *, met: bool, missed: bool, now: datetime) -> None:
        """Missed stays missed, however soon it is made good: also where nobody could look when the month ended."""
        if met and not missed and cycle.status == MatterStatus.OPEN.value:
            self._move(session, cycle, MatterStatus.MET, now)
        elif missed and cycle.status != MatterStatus.MISSED.value:
            self._move(session, cycle, MatterStatus.MISSED, now)
            cycle.facts = {**cycle.facts, "missed": True}
            await open_finding(
                session,
                FindingKind.MISSED_SHARING,
                cycle.division,
                cycle.month,
                cycle.id,
                {"month": f"{_month(cycle):%Y-%m}"},
                ["C-30"],
                now,
            )

    def _move(self, session: AsyncSession, cycle: MatterRow, status: MatterStatus, now: datetime) -> None:
        move_to(cycle, status, now)
        record_in(
            session,
            cycle,
            status.value,
            at=now,
            day=today(self._clock),
            codes={"status": status.value},
            grounds=["C-30"],
        )


async def _sharings(session: AsyncSession, division: str, month: date) -> Sequence[SharingRow]:
    found = await session.scalars(
        select(SharingRow)
        .where(SharingRow.division == division, SharingRow.month == month, SharingRow.state.in_(UNDER_WAY))
        .order_by(SharingRow.id)
    )
    return found.all()


def _of(cycle: MatterRow, sharings: Sequence[SharingRow], direction: Direction) -> list[SharingRow]:
    """Those that count towards SHARE_MIN: with the departments of COUNTED_SOURCES, as both stood when the month began."""
    counted = cycle.facts["counted"]
    return [row for row in sharings if row.direction == direction.value and row.partner in counted]


def _owes(cycle: MatterRow, sharings: Sequence[SharingRow], direction: Direction) -> bool:
    """Whether the sender still owes a batch."""
    return len(_of(cycle, sharings, direction)) < _least(cycle)


def _met(cycle: MatterRow, sharings: Sequence[SharingRow]) -> bool:
    """Whether both directions have what the month asks for."""
    return all(_reconciled(cycle, sharings, direction) for direction in Direction)


def _in_time(sharings: Sequence[SharingRow], month: date) -> list[SharingRow]:
    """Those confirmed before the month was over, by the day of the act as the board counts it."""
    after = add_months(month, 1)
    return [row for row in sharings if row.reconciled_on is not None and row.reconciled_on < after]


def _reconciled(cycle: MatterRow, sharings: Sequence[SharingRow], direction: Direction) -> bool:
    both = [row for row in _of(cycle, sharings, direction) if row.state == SharingState.RECONCILED.value]
    return len(both) >= _least(cycle)


def _least(cycle: MatterRow) -> int:
    return int(cycle.facts["least"])


async def _release(session: AsyncSession, cycle: MatterRow, kinds: Sequence[str]) -> bool:
    """Closes the tasks whose batch has come by another way; an answer that came first keeps its row."""
    waiting = await session.scalars(
        select(TaskRow)
        .where(TaskRow.subject_id == cycle.id, TaskRow.kind.in_(kinds), TaskRow.state == "open")
        .with_for_update()
    )
    released = waiting.all()
    for task in released:
        task.state, task.closed_reason = "closed", "released"
    return bool(released)


def _batch(row: SharingRow) -> Batch:
    return Batch(str(row.id), row.round, row.direction, row.partner, row.carrier or "", row.rows_shared)


def _month(cycle: MatterRow) -> date:
    if cycle.month is None:
        raise ValueError("a cycle without its month")
    return cycle.month


def _end_of(month: date) -> datetime:
    """The first moment after the month."""
    return datetime.combine(add_months(month, 1), time(), SHANGHAI)


def receiver(batch: Batch) -> str:
    """The post that confirms a batch."""
    into = batch.direction == Direction.IN.value
    department = Department.MEDICAL_INSURANCE if into else Department(batch.partner)
    return f"county/{department.value}/caseworker"


def sender(batch: Batch) -> str:
    """The post that corrects it."""
    into = batch.direction == Direction.IN.value
    department = Department(batch.partner) if into else Department.MEDICAL_INSURANCE
    return f"county/{department.value}/caseworker"
