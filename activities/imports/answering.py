"""A table that answers tasks: each as the counter writes an answer (`api/commands.py`), in the name of who handed it in."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context
from policy.deadlines import days_late
from policy.steps import step
from store.accounts import AccountRow
from store.matters import MatterRow
from store.outbox import wake
from store.tasks import PeriodRow, TaskRow
from store.timeline import record
from store.uploads import UploadRow


async def open_tasks(session: AsyncSession, matter: MatterRow, kinds: Sequence[str]) -> dict[str, TaskRow]:
    """Those of the kinds that are open on the matter, locked. The caller holds the matter."""
    rows = await session.scalars(
        select(TaskRow)
        .where(TaskRow.subject_id == matter.id, TaskRow.state == "open", TaskRow.kind.in_(kinds))
        .order_by(TaskRow.id)
        .with_for_update()
    )
    return {row.kind: row for row in rows}


async def answer_by_table(
    session: AsyncSession,
    context: Context,
    matter: MatterRow,
    task: TaskRow,
    outcome: str,
    fields: Mapping[str, Any],
    codes: Mapping[str, Any] | None = None,
) -> None:
    """The answer of today, its entry in the timeline, and the procedure woken."""
    uploader = (
        await session.scalars(
            select(AccountRow)
            .join(UploadRow, UploadRow.uploaded_by == AccountRow.id)
            .where(UploadRow.id == context.upload)
        )
    ).one()
    late_after = await session.scalar(select(PeriodRow.late_after).where(PeriodRow.id == task.period_id))
    task.state, task.outcome, task.done_on = "answered", outcome, context.today
    task.answered_at, task.answered_by = context.now, uploader.id
    task.days_late = days_late(context.rulebook.calendar, late_after, context.today)
    sealed = {"fields": dict(fields), "comment": None, "paper_reason": None}
    task.answer_sealed = context.vault.seal("task", "answer", task.id, sealed)
    if step(task.kind).status:
        matter.last_act_on = max(matter.last_act_on, context.today)
    record(
        session,
        subject_id=matter.id,
        division=matter.division,
        at=context.now,
        day=context.today,
        tag=f"counter:{task.kind}:{outcome}",
        actor=uploader.username,
        codes={
            "task": str(task.id),
            "outcome": outcome,
            "days_late": task.days_late,
            "level": task.level,
            "upload": str(context.upload),
            **(codes or {}),
        },
        grounds=[step(task.kind).clause],
    )
    await wake(session, task, at=context.now)
