"""The hands of W06: the period's last working day, the list's way from its coming to its end, zero reports."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.roster_change_opening import last_working_day
from policy.clock import Clock, today
from policy.deadlines import SHANGHAI
from policy.exchange_terms import Direction
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from policy.terms import Department
from store.adjustments import AdjustmentRow, fates_of
from store.anomalies import matters_of_batch
from store.database import WHOLE, Database
from store.matters import MatterRow, locked_matter
from store.rulebook import load_rulebook
from store.sharings import confirm_sharing, find_sharing
from store.tasks import TaskRow
from store.uploads import UploadRow


@dataclass
class Opens:
    """When the period's task opens: `on` is its last working day, `at` the moment, empty once it has come.

    `missing`: the parameter without which it is not known.
    """

    on: str = ""
    at: str = ""
    missing: str = ""


@dataclass
class ListState:
    """How far a list has come. `provided_on` is empty until it has been provided."""

    provided_on: str = ""
    taken_in: bool = False
    settled: bool = False


class RosterChanges:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    @activity.defn(name="roster_change_opens")
    async def opens(self, matter_id: str) -> Opens:
        """The last working day of the period, by the calendar as it is now."""
        async with self._database.transaction(WHOLE) as session:
            matter = await session.get_one(MatterRow, uuid.UUID(matter_id))
            rulebook = await load_rulebook(session, matter.division, today(self._clock))
            try:
                day = last_working_day(rulebook, matter.month or matter.opened_on)
            except MissingParameter as missing:
                return Opens(missing=missing.key)
        begins = datetime.combine(day, time(), SHANGHAI)
        return Opens(day.isoformat(), begins.isoformat() if self._clock.now() < begins else "")

    @activity.defn(name="roster_change_list_state")
    async def list_state(self, matter_id: str) -> ListState:
        """Looked up again whenever the procedure is woken."""
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(AdjustmentRow, uuid.UUID(matter_id))
            if row.provided_on is None:
                return ListState()
            settled = row.marked_at is not None and await _all_settled(session, row)
            return ListState(row.provided_on.isoformat(), row.marked_at is not None, settled)

    @activity.defn(name="roster_change_received")
    async def received(self, task_id: str) -> None:
        """A receiver has signed for the list; the bureau's signature completes the month's sharing."""
        async with self._database.transaction(WHOLE) as session:
            task = await session.get_one(TaskRow, uuid.UUID(task_id))
            matter = await locked_matter(session, task.subject_id)
            day = (task.done_on or today(self._clock)).isoformat()
            signed = {**matter.facts.get("received", {}), task.department: day}
            matter.facts = {**matter.facts, "received": signed}
            if task.department == Department.MEDICAL_INSURANCE.value:
                await _confirm(session, matter, task, self._clock.now())

    @activity.defn(name="roster_change_count")
    async def count(self, matter_id: str) -> None:
        """What became of the rows, for the pages: counted when the list has been taken in, and at its end."""
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            matter.facts = {**matter.facts, "fates": await fates_of(session, matter.id)}


async def _all_settled(session: AsyncSession, row: AdjustmentRow) -> bool:
    """Every row marked, corrected or withdrawn: no matter of returned rows is open, and no corrected receipt under way."""
    returned_to = await matters_of_batch(session, str(row.upload_id), Department(row.department))
    under_way = await session.scalar(
        select(UploadRow.id)
        .where(UploadRow.continues == row.upload_id, UploadRow.finished_at.is_(None), UploadRow.preview.is_(False))
        .limit(1)
    )
    return under_way is None and all(matter.closed_at is not None for matter in returned_to)


async def _confirm(session: AsyncSession, matter: MatterRow, task: TaskRow, now: datetime) -> None:
    partner = Department(matter.department or Department.CIVIL_AFFAIRS.value)
    source = f"{Procedure.ADJUSTMENT.value}/{matter.id}"
    sharing = await find_sharing(session, source, Direction.IN, partner)
    if sharing is not None:
        on: date = task.done_on or now.astimezone(SHANGHAI).date()
        await confirm_sharing(session, sharing, by=task.answered_by, on=on, at=now)
