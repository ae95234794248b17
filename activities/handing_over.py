"""A file that goes to another township, with all that belongs to it: wrong township, or a household that has moved."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from policy.terms import ancestors
from store.applications import ApplicationRow, PaperRow, PublicityRow, RefusalRow, RemedyRow
from store.case_acts import CaseActRow
from store.decisions import DecisionRow
from store.files import FileRow
from store.outbox import wake
from store.tasks import PeriodRow, TaskRow
from store.timeline import record

MOVED = "moved"
BELONGING = (PaperRow, PublicityRow, RefusalRow, RemedyRow, DecisionRow, FileRow)


async def hand_to(session: AsyncSession, application: ApplicationRow, division: str, day: date, now: datetime) -> None:
    """Puts the case under `division`. The number stays; timeline and rungs are never rewritten, its new office reads them.

    Answered tasks keep the office that answered them; what still waits for an office that no longer sees the case is closed.
    """
    if application.division == division:
        return
    await _close_left_behind(session, application, division, day, now)
    before, application.division, application.registered_in = application.division, division, division
    application.last_act_on = max(application.last_act_on, day)
    for table in BELONGING:
        await session.execute(update(table).where(table.application_id == application.id).values(division=division))
    await session.execute(update(CaseActRow).where(CaseActRow.subject_id == application.id).values(division=division))
    await session.execute(update(TaskRow).where(TaskRow.subject_id == application.id).values(division=division))
    await session.execute(update(PeriodRow).where(PeriodRow.subject_id == application.id).values(division=division))
    record(
        session,
        subject_id=application.id,
        division=division,
        at=now,
        day=day,
        tag="procedure:application:moved",
        codes={"from": before, "to": division},
        grounds=["A-38"],
    )


async def _close_left_behind(
    session: AsyncSession, application: ApplicationRow, division: str, day: date, now: datetime
) -> None:
    """Questions beside the main step, to the township that the file leaves or to what lies above it alone."""
    rows = await session.scalars(
        select(TaskRow)
        .where(TaskRow.subject_id == application.id, TaskRow.state == "open")
        .where(TaskRow.office.not_in(ancestors(division)))
        .order_by(TaskRow.id)
        .with_for_update()
    )
    for task in rows:
        task.state, task.closed_reason = "closed", MOVED
        record(
            session,
            subject_id=application.id,
            division=division,
            at=now,
            day=day,
            tag=f"desk:{task.kind}:closed",
            codes={"task": str(task.id), "reason": MOVED},
        )
        await wake(session, task, at=now)
