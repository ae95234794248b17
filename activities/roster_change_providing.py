"""A list of dynamic adjustment is provided: its day, its certificate, whom a late one harms, and what it counts as.

The list comes by upload and answers the task that waits for it, in the name of whoever handed it in (A-30, A-31).
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.answering import answer_task
from activities.imports.kinds import Context
from activities.roster_change_opening import Closing, open_adjustment
from policy.adjustment_lists import Stated
from policy.adjustment_steps import ADJUSTMENT_LIST
from policy.deadlines import days_late
from policy.entitlement import LateNotice, late_notice
from policy.exchange_terms import Carrier, Direction, MatterStatus
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from policy.supervision import FindingKind
from store.adjustments import AdjustmentRow, adjustment_of_upload, hold_series, waiting_lists
from store.findings import open_finding
from store.matters import MatterRow, locked_matter, move_to, record_in
from store.outbox import start
from store.sharings import Provided, record_sharing
from store.tasks import PeriodRow, TaskRow


class NotAskedYet(Exception):
    """The procedure has not opened the task that the list answers: the upload is tried again in a moment."""


@dataclass(frozen=True)
class Given:
    """A list that agrees with its certificate, about to be provided."""

    stated: Stated
    certificate_no: str | None
    list_on: date | None
    provided_on: date
    adjusted_on: date
    period: str
    carrier: Carrier
    rows: int
    uploaded_by: uuid.UUID
    actor: str
    """The uploader's account by its name, for the timeline."""
    bound: bool
    """Whether the day of the adjustment or the period was named: then only a list of that one is meant."""


async def provide(session: AsyncSession, context: Context, given: Given) -> AdjustmentRow:
    """The adjustment that the upload provides the list of, written once. Raises NotAskedYet."""
    found = await adjustment_of_upload(session, context.upload)
    if found is not None:
        return found
    await hold_series(session, context.division, context.department, given.stated.category)
    waiting = await _waiting(session, context, given)
    if waiting is None:
        matter, row = await _open(session, context, given)
        late = await _late(context, given, row, None)
    else:
        row, matter = waiting, await locked_matter(session, waiting.matter_id)
        task = await _task_of(session, matter)
        if task is None and not context.preview:
            raise NotAskedYet
        late = await _late(context, given, row, await _late_after(session, task))
        if task is not None:
            await _answer(session, context, given, task, late)
    _write(context, given, row, late)
    _tell(session, context, given, matter, late)
    await session.flush()
    await _share(session, context, given, matter)
    if late is not None:
        await _find(session, context, given, matter, late)
    await start(session, Procedure.ADJUSTMENT, matter.key, {"matter_id": str(matter.id)}, at=context.now)
    return row


@dataclass(frozen=True)
class _Late:
    days: int
    persons: int


async def _waiting(session: AsyncSession, context: Context, given: Given) -> AdjustmentRow | None:
    """The adjustment whose list this is: of the day or period that was named, else the oldest that waits."""
    waiting = await waiting_lists(session, context.division, context.department, given.stated.category)
    if not given.bound:
        return next(iter(waiting), None)
    meant = [row for row in waiting if row.period == given.period]
    same_day = (row for row in meant if row.adjusted_on == given.adjusted_on)
    return next(same_day, None) or next(iter(meant), None)


async def _open(session: AsyncSession, context: Context, given: Given) -> tuple[MatterRow, AdjustmentRow]:
    closing = Closing(context.division, context.department, given.stated.category, given.adjusted_on, given.period)
    facts = {"provided_on": given.provided_on.isoformat()}  # so that the procedure does not ask for the list
    return await open_adjustment(session, context.rulebook, closing, at=context.now, facts=facts)


async def _task_of(session: AsyncSession, matter: MatterRow) -> TaskRow | None:
    found: TaskRow | None = await session.scalar(
        select(TaskRow)
        .where(TaskRow.subject_id == matter.id, TaskRow.kind == ADJUSTMENT_LIST.kind, TaskRow.state == "open")
        .with_for_update()
    )
    return found


async def _late_after(session: AsyncSession, task: TaskRow | None) -> date | None:
    """As the row has it: a moved calendar or an extension counts."""
    period = await session.get(PeriodRow, task.period_id) if task else None
    return period.late_after if period else None


async def _late(context: Context, given: Given, row: AdjustmentRow, late_after: date | None) -> _Late | None:
    try:
        notice: LateNotice | None = late_notice(
            context.rulebook, row.adjusted_on, given.provided_on, given.stated.persons_added
        )
    except MissingParameter:
        notice = None
    if late_after is None:
        return _Late(notice.days_late, notice.persons) if notice else None
    days = days_late(context.rulebook.calendar, late_after, given.provided_on)
    return _Late(days, notice.persons if notice else given.stated.persons_added) if days else None


async def _answer(session: AsyncSession, context: Context, given: Given, task: TaskRow, late: _Late | None) -> None:
    await answer_task(
        session,
        context.vault,
        task,
        "provided",
        by=given.uploaded_by,
        actor=given.actor,
        day=given.provided_on,
        now=context.now,
        days_late=late.days if late else 0,
        codes={"upload": str(context.upload)},
    )


def _write(context: Context, given: Given, row: AdjustmentRow, late: _Late | None) -> None:
    stated, no = given.stated, given.certificate_no
    row.list_on, row.certificate_on = given.list_on, stated.day
    sealed = context.vault.seal("adjustment", "certificate", row.matter_id, {"no": no}) if no else None
    row.certificate_sealed = sealed
    row.households_added, row.persons_added = stated.households_added, stated.persons_added
    row.households_removed, row.persons_removed = stated.households_removed, stated.persons_removed
    row.provided_on, row.provided_at, row.carrier = given.provided_on, context.now, given.carrier.value
    row.upload_id, row.days_late = context.upload, late.days if late else 0


def _tell(session: AsyncSession, context: Context, given: Given, matter: MatterRow, late: _Late | None) -> None:
    """What its pages show, and the entries: certified, provided, and late if it was."""
    counts = {name: value for name, value in vars(given.stated).items() if isinstance(value, int)}
    days, persons = (late.days, late.persons) if late else (0, 0)
    matter.facts = {
        **matter.facts,
        **counts,
        "provided_on": given.provided_on.isoformat(),
        "certificate_on": given.stated.day.isoformat(),
        "carrier": given.carrier.value,
        "rows": given.rows,
        "days_late": days,
        "persons_affected": persons,
    }
    move_to(matter, MatterStatus.PROVIDED, context.now)
    matter.last_act_on = max(matter.last_act_on, given.provided_on)
    _record(session, context, given, matter, "certified", {"certificate_on": given.stated.day.isoformat()}, "A-31")
    _record(session, context, given, matter, "provided", {"rows": given.rows, "carrier": given.carrier.value}, "A-30")
    if late is not None:
        codes = {"days_late": days, "persons_affected": persons, "from": given.provided_on.isoformat()}
        _record(session, context, given, matter, "late_notice", codes, "A-30")


def _record(
    session: AsyncSession,
    context: Context,
    given: Given,
    matter: MatterRow,
    action: str,
    codes: dict[str, Any],
    clause: str,
) -> None:
    record_in(
        session,
        matter,
        action,
        at=context.now,
        day=given.provided_on,
        actor=given.actor,
        codes=codes,
        grounds=[clause],
    )


async def _share(session: AsyncSession, context: Context, given: Given, matter: MatterRow) -> None:
    """The list is at the same time the month's sharing with the bureau: nothing is handed in twice."""
    provided = Provided(
        source=f"adjustment/{matter.id}",
        division=context.division,
        month=given.provided_on,
        direction=Direction.IN,
        partner=context.department,
        carrier=given.carrier,
        provided_on=given.provided_on,
        person_times={given.stated.category.value: given.rows},
        provided_by=given.uploaded_by,
        upload=context.upload,
        origin=matter.id,
        asks_receipt=False,
    )
    await record_sharing(session, provided, at=context.now, actor=given.actor)


async def _find(session: AsyncSession, context: Context, given: Given, matter: MatterRow, late: _Late) -> None:
    codes = {
        "department": context.department.value,
        "category": given.stated.category.value,
        "days_late": late.days,
        "persons_affected": late.persons,
        "provided_on": given.provided_on.isoformat(),
    }
    await open_finding(
        session,
        FindingKind.LATE_NOTICE,
        context.division,
        given.provided_on,
        matter.id,
        codes,
        ["A-30", "C-11"],
        context.now,
    )
