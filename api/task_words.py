"""What was written when a step of the exchange was answered: read where the step stands, and where its answer is acted on.

Of an application this stands in its records (`case_history.py`). Here it is for the county's offices alone: whatever is
typed may be about people, and above the county no single row is looked at without a reason (C-22).
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.identity import CurrentUser
from api.services import Services
from policy.fields import Kind
from policy.steps import step
from policy.terms import Level
from store.disclosure import Cell, Look, disclose
from store.tasks import TaskRow

WRITTEN = (Kind.TEXT, Kind.COUNT)


async def words_of(services: Services, session: AsyncSession, user: CurrentUser, row: TaskRow) -> list[dict[str, Any]]:
    """By what was answered last: of the task itself, and of the answer that sent a batch back to be corrected by it."""
    if row.subject_type != "matter" or user.post.level is not Level.COUNTY:
        return []
    tasks = [one for one in (await _sent_back(session, row), row) if one is not None and one.answer_sealed is not None]
    cells = {str(one.id): Cell("task", "answer", one.id, one.answer_sealed) for one in tasks}
    look = Look(str(user.id), "matter", row.subject_id, row.division, "task.words", services.clock.now())
    opened = disclose(session, services.vault, look, cells) if cells else {}
    said = [line for one in tasks for line in _lines(one, opened[str(one.id)])]
    return [line for line in said if line["text"]]


async def _sent_back(session: AsyncSession, row: TaskRow) -> TaskRow | None:
    """The receipt that disputed the batch which this task corrects."""
    sharing = row.detail.get("sharing")
    if row.state != "open" or sharing is None:
        return None
    asked = select(TaskRow).where(
        TaskRow.subject_id == row.subject_id, TaskRow.detail["sharing"].astext == sharing, TaskRow.outcome == "disputed"
    )
    found: TaskRow | None = await session.scalar(asked.order_by(TaskRow.answered_at.desc()).limit(1))
    return found


def _lines(task: TaskRow, answer: dict[str, Any]) -> list[dict[str, Any]]:
    of = step(task.kind)
    asked = next((outcome.fields for outcome in of.outcomes if outcome.name == task.outcome), ())
    fields = answer.get("fields") or {}
    lines = [(field.label, fields.get(field.name)) for field in asked if field.kind in WRITTEN]
    lines.append(("备注", answer.get("comment")))
    return [
        {"task": str(task.id), "step": of.label, "label": label, "text": None if text is None else str(text)}
        for label, text in lines
    ]
