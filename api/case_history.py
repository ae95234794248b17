"""What happened in a case: its timeline, and what was typed at each step."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_personal import case_look
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.wording import usernames_in, with_category, with_names
from api.timeline_text import timeline_text
from policy.access import Action, may
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.disclosure import Cell, disclose
from store.reference import DivisionRow
from store.tasks import TaskRow
from store.timeline import TimelineRow


async def _names_of(session: AsyncSession, named: Collection[str]) -> dict[str, str]:
    """Of accounts, and of townships (a file that moves says from and to as well): their names by what stands in the codes."""
    found = await session.execute(select(AccountRow.username, AccountRow.name).where(AccountRow.username.in_(named)))
    places = await session.execute(select(DivisionRow.code, DivisionRow.name).where(DivisionRow.code.in_(named)))
    return {row.username: row.name for row in found} | {row.code: f"{row.name}（{row.code}）" for row in places}


async def timeline_view(
    session: AsyncSession,
    user: CurrentUser,
    row: ApplicationRow,
    tasks: Sequence[Mapping[str, Any]],
    known: Mapping[str, str],
) -> list[dict[str, Any]]:
    """All of it; a department that was asked about the case sees what concerns its own tasks.

    `known` are the categories of suspensions: code to label.
    """
    own = {str(task["id"]) for task in tasks if task["department"] == user.post.department.value}
    entries = await session.execute(
        select(TimelineRow, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.username == TimelineRow.actor)
        .where(TimelineRow.subject_id == row.id)
        .order_by(TimelineRow.id)
    )
    found = entries.all()
    people = set().union(*(usernames_in(entry.codes) for entry, _ in found))
    names = await _names_of(session, people) if people else {}
    return [
        {
            "at": entry.at,
            "day": entry.day,
            "tag": entry.tag,
            "actor": entry.actor,
            "actor_name": name or ("系统" if entry.actor == "system" else entry.actor),
            "text": timeline_text(entry.tag, with_category(with_names(entry.codes, names), known)),
            "codes": entry.codes,
            "grounds": entry.grounds,
        }
        for entry, name in found
        if not user.view.identity_only or entry.codes.get("task") in own
    ]


async def records_view(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> list[dict[str, Any]]:
    """What was typed at each step (survey, opinions, reasons), for those who may read the applicant's papers.

    A department that was asked sees the question and its own answers.
    """
    if not may(user.post, Action.READ_FILE) and not user.view.identity_only:
        return []
    found = await session.scalars(
        select(TaskRow).where(TaskRow.subject_id == row.id, TaskRow.outcome.is_not(None)).order_by(TaskRow.answered_at)
    )
    tasks = [task for task in found if not user.view.identity_only or _concerns(task, user)]
    cells = {f"answer {task.id}": Cell("task", "answer", task.id, task.answer_sealed) for task in tasks}
    opened = disclose(session, services.vault, case_look(services, user, row, purpose), cells)
    return [
        {
            "task": task.id,
            "kind": task.kind,
            "outcome": task.outcome,
            "day": task.done_on,
            "recalled": task.recalled_at is not None,
        }
        | (opened[f"answer {task.id}"] or {})
        for task in tasks
    ]


def _concerns(task: TaskRow, user: CurrentUser) -> bool:
    return task.department == user.post.department.value or task.outcome == "ask_civil_affairs"
