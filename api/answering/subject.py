"""What a task is about: an application, or a matter of the exchange."""

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.applications import ApplicationRow
from store.matters import MatterRow
from store.tasks import TaskRow

Subject = ApplicationRow | MatterRow


async def subject_of(session: AsyncSession, task_id: uuid.UUID) -> Subject | None:
    """The subject, locked before its task; None where the reader sees none."""
    for row in (ApplicationRow, MatterRow):
        found: Subject | None = await session.scalar(
            select(row).join(TaskRow, TaskRow.subject_id == row.id).where(TaskRow.id == task_id).with_for_update(of=row)
        )
        if found is not None:
            return found
    return None
