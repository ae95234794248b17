"""The hands of the high-cost push: the list is made, pushed with all that goes with it, and each person's case is opened."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge
from activities.high_cost_list import make_list, month_of, track
from activities.high_cost_receivers import receivers, screening
from policy.clock import Clock, today
from policy.exchange_terms import Carrier, Direction, ListType, MatterStatus
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from policy.supervision import FindingKind
from policy.terms import Department
from store.database import WHOLE, Database
from store.findings import open_finding
from store.matters import MatterRow, locked_matter, move_to, record_in
from store.pushes import LISTED, PushItemRow, burden_uploads, numbers_of
from store.recognitions import RecognitionRow, list_for_recognition
from store.rulebook import load_rulebook
from store.sharings import Provided, confirm_sharing, find_sharing, record_sharing
from store.tasks import TaskRow
from store.timeline import record

AT_ONCE = 50
"""Persons whose cases are opened in one transaction."""


@dataclass
class Selected:
    """The key of the parameter without which nobody can be selected; empty when the list is made."""

    missing: str = ""


@dataclass
class Released:
    matter_id: str
    task_id: str
    day: str
    acknowledges: list[str] = field(default_factory=list)


@dataclass
class Receipt:
    matter_id: str
    task_id: str
    department: str
    day: str


class HighCost:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    @activity.defn(name="push_select")
    async def select(self, matter_id: str) -> Selected:
        """Makes the list out of the month's burdens, anew if there is one that has not been pushed."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            if matter.facts.get("pushed_on"):
                return Selected()  # a late second run: what was pushed stays
            rulebook = await load_rulebook(session, matter.division, today(self._clock))
            try:
                async with session.begin_nested():
                    receivers(rulebook, matter.pinned_on)
                    await make_list(session, matter, rulebook)
            except MissingParameter as missing:
                return Selected(missing.key)
            numbers = await numbers_of(session, matter.id)
            burdens = await burden_uploads(session, matter.division, month_of(matter))
            matter.facts = {**matter.facts, **numbers, "burdens": burdens}
            move_to(matter, MatterStatus.SELECTED, now)
            _note(session, matter, now, today(self._clock), "selected", numbers, ["B-17"])
            return Selected()

    @activity.defn(name="push_push")
    async def push(self, released: Released) -> list[str]:
        """The list goes to the receivers; returns their departments. A late release is found by the monitoring (W17)."""
        now, day = self._clock.now(), date.fromisoformat(released.day)
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(released.matter_id))
            await acknowledge(session, released.acknowledges, now)
            rulebook = await load_rulebook(session, matter.division, today(self._clock))
            to = receivers(rulebook, matter.pinned_on)
            if matter.status != MatterStatus.PUSHED.value:
                task = await session.get_one(TaskRow, uuid.UUID(released.task_id))
                await _let_go(session, matter, to, day)
                await track(session, matter)
                await _share(session, matter, to, day, task.answered_by, now)
                await _find_lateness(session, matter, task, now)
                move_to(matter, MatterStatus.PUSHED, now)
                counts = await numbers_of(session, matter.id)
                _note(session, matter, now, day, "pushed", counts, ["D-02"] if counts["listed"] else ["D-02", "R-PUSH"])
            return [department.value for department in to]

    @activity.defn(name="push_open_recognitions")
    async def open_recognitions(self, matter_id: str) -> bool:
        """Opens, or brings up to date, the recognition of some more persons of the list; True while there are others."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            rulebook = await load_rulebook(session, matter.division, today(self._clock))
            items = await session.scalars(
                select(PushItemRow)
                .where(
                    PushItemRow.matter_id == matter.id,
                    PushItemRow.state == LISTED,
                    PushItemRow.recognition_id.is_(None),
                )
                .order_by(PushItemRow.id)
                .limit(AT_ONCE)
            )
            found = items.all()
            for item in found:
                wanted = screening(rulebook, matter.pinned_on, ListType(item.list_type))
                case, new = await list_for_recognition(session, item, wanted, now)
                _note_case(session, matter, case, item, new, now)
            return len(found) == AT_ONCE

    @activity.defn(name="push_receive")
    async def receive(self, receipt: Receipt) -> None:
        """A receiver has acknowledged: the sharing counts."""
        now, day = self._clock.now(), date.fromisoformat(receipt.day)
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(receipt.matter_id))
            task = await session.get_one(TaskRow, uuid.UUID(receipt.task_id))
            received = {**matter.facts.get("acknowledged", {}), receipt.department: receipt.day}
            matter.facts = {**matter.facts, "acknowledged": received}
            sharing = await find_sharing(session, _source(matter), Direction.OUT, Department(receipt.department))
            if sharing is not None:
                await confirm_sharing(session, sharing, by=task.answered_by, on=day, at=now)


async def _let_go(session: AsyncSession, matter: MatterRow, to: Sequence[Department], day: date) -> None:
    """From here on the receivers see the list."""
    await session.execute(
        update(PushItemRow)
        .where(PushItemRow.matter_id == matter.id, PushItemRow.state == LISTED, PushItemRow.pushed_on.is_(None))
        .values(pushed_on=day)
    )
    matter.departments = sorted({*matter.departments, *(department.value for department in to)})
    matter.facts = {**matter.facts, "pushed_on": day.isoformat(), "receivers": [one.value for one in to]}


async def _share(
    session: AsyncSession,
    matter: MatterRow,
    to: Sequence[Department],
    day: date,
    by: uuid.UUID | None,
    now: datetime,
) -> None:
    """The push is at the same time a sharing of the month in which it was made: nothing is handed in twice."""
    counts = await numbers_of(session, matter.id)
    for department in to:
        provided = Provided(
            source=_source(matter),
            division=matter.division,
            month=day,
            direction=Direction.OUT,
            partner=department,
            carrier=Carrier.INTERFACE,
            provided_on=day,
            person_times={kind.value: counts[kind.value] for kind in ListType if counts[kind.value]},
            provided_by=by,
            origin=matter.id,
            asks_receipt=False,
        )
        await record_sharing(session, provided, at=now)


async def _find_lateness(session: AsyncSession, matter: MatterRow, task: TaskRow, now: datetime) -> None:
    if task.days_late:
        codes = {"days_late": task.days_late, "pushed_on": task.done_on.isoformat() if task.done_on else None}
        await open_finding(
            session, FindingKind.LATE_PUSH, matter.division, matter.month, matter.id, codes, ["D-02"], now
        )


def _source(matter: MatterRow) -> str:
    return f"push/{matter.id}"


def _note(
    session: AsyncSession,
    matter: MatterRow,
    now: datetime,
    day: date,
    action: str,
    numbers: dict[str, int],
    grounds: Sequence[str],
) -> None:
    record_in(
        session,
        matter,
        action,
        at=now,
        day=day,
        codes=dict(numbers),
        grounds=grounds,
    )


def _note_case(
    session: AsyncSession, push: MatterRow, case: RecognitionRow, item: PushItemRow, new: bool, now: datetime
) -> None:
    record(
        session,
        subject_id=case.matter_id,
        division=case.division,
        at=now,
        day=item.pushed_on or now.date(),
        tag=f"matter:{Procedure.RECOGNITION.value}:{'listed' if new else 'listed_again'}",
        codes={
            "push": push.key,
            "list": item.list_type,
            "burden": f"{item.burden:.2f}",
            "threshold": f"{item.threshold:.2f}",
            "round": case.round,
        },
        grounds=[*item.grounds],
    )
