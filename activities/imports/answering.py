"""A table that answers tasks: each with its lateness, in the name of who handed the table in."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.answering import answer_task
from activities.imports.kinds import Context
from policy.deadlines import days_late
from policy.steps import step
from store.accounts import AccountRow
from store.matters import MatterRow
from store.tasks import PeriodRow, TaskRow
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
    if step(task.kind).status:
        matter.last_act_on = max(matter.last_act_on, context.today)
    await answer_task(
        session,
        context.vault,
        task,
        outcome,
        by=uploader.id,
        actor=uploader.username,
        day=context.today,
        now=context.now,
        days_late=days_late(context.rulebook.calendar, late_after, context.today),
        fields=fields,
        codes={"upload": str(context.upload), **(codes or {})},
    )
