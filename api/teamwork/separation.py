"""Which step of a case bars certain people from another one: both who acts and for whom count (I2; R-SEPARATION)."""

import uuid
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from policy.separation import FILING, barred_by
from store.applications import ApplicationRow
from store.matters import MatterRow
from store.tasks import TaskRow


async def barring_step(
    session: AsyncSession, people: Collection[uuid.UUID], kind: str, subject: ApplicationRow | MatterRow
) -> str | None:
    """The step that one of `people` has done, or had done by a substitute, and that may not be the same person's as `kind`.

    A substitution so neither lets one person do two steps that must be two, nor makes one person's step another's.
    """
    barred = barred_by(kind)
    if FILING in barred and isinstance(subject, ApplicationRow) and subject.filed_by in people:
        return FILING
    return await session.scalar(
        select(TaskRow.kind)
        .where(
            TaskRow.subject_id == subject.id,
            TaskRow.kind.in_(barred),
            or_(TaskRow.answered_by.in_(people), TaskRow.acted_for.in_(people)),
        )
        .limit(1)
    )
