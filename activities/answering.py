"""A task answered by something that came in (a list, a corrected row), as the counter would have written it.

In the name of whoever handed it in; what was typed stays with what came in, unless the answer needs it as its `fields`.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from policy.step_clause import grounds_of_step
from policy.steps import step
from store.outbox import wake
from store.rulebook import load_rulebook
from store.tasks import TaskRow
from store.timeline import record
from store.vault import Vault


async def answer_task(
    session: AsyncSession,
    vault: Vault,
    task: TaskRow,
    outcome: str,
    *,
    by: uuid.UUID,
    actor: str,
    day: date,
    now: datetime,
    days_late: int = 0,
    fields: Mapping[str, Any] | None = None,
    codes: Mapping[str, Any] | None = None,
) -> None:
    """The answer, its timeline entry, and the procedure woken. The caller holds the subject and the open task."""
    asked = step(task.kind)
    if asked.outcome(outcome) is None:
        raise ValueError(f"{task.kind} knows no outcome {outcome}")
    task.state, task.outcome, task.done_on = "answered", outcome, day
    task.answered_at, task.answered_by, task.days_late = now, by, days_late
    sealed: dict[str, Any] = {"fields": dict(fields or {}), "comment": None, "paper_reason": None}
    task.answer_sealed = vault.seal("task", "answer", task.id, sealed)
    record(
        session,
        subject_id=task.subject_id,
        division=task.division,
        at=now,
        day=day,
        tag=f"counter:{task.kind}:{outcome}",
        actor=actor,
        codes={
            "task": str(task.id),
            "outcome": outcome,
            "days_late": days_late,
            "level": task.level,
            **(codes or {}),
        },
        grounds=grounds_of_step(await load_rulebook(session, task.division, day), asked, day),
    )
    await wake(session, task, at=now)
