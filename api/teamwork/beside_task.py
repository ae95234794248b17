"""What stands beside a task: what this person may do about it, and what others have done, with the words that go with it."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_found
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from api.teamwork.acting import office_of_task
from api.teamwork.standing_in import may_stand_in
from api.teamwork.suspending import running_suspension
from policy.access import Action, may
from policy.clock import today
from policy.suspension import categories, why_fixed
from policy.teamwork import may_direct, may_press
from policy.terms import Office
from store.accounts import AccountRow
from store.disclosure import Cell, Look, disclose
from store.extensions import ExtensionRow, SuspensionRow
from store.remarks import TaskActRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow

QUESTIONS = ("order_reply", "second_opinion")
"""Kinds of task about which nothing more is asked."""


async def beside_task(
    services: Services, session: AsyncSession, user: CurrentUser, task_id: uuid.UUID
) -> dict[str, Any]:
    """{may, colleagues, categories, acts, extension, suspension, stands_in_for}. Raises Refusal 404."""
    task = await session.get(TaskRow, task_id)
    if task is None:
        raise not_found()
    day = today(services.clock)
    absent = await may_stand_in(session, user, task, day)
    extension = await _extension(session, task)
    suspension = await running_suspension(session, task_id)
    rulebook = await load_rulebook(session, task.division, day)
    known = dict(categories(rulebook, day))
    never = ({} if known else {"suspend": False}) | ({"ask_time": False} if await _fixed(session, task) else {})
    words = _words(services, session, user, task, await _acts(session, task), extension, suspension)
    return json_object(
        {
            "may": _may(user, task, absent, extension, suspension) | never,
            "colleagues": await _colleagues(session, task),
            "categories": known,
            "stands_in_for": absent.name if absent else None,
            **words,
        }
    )


def _may(
    user: CurrentUser,
    task: TaskRow,
    absent: AccountRow | None,
    extension: ExtensionRow | None,
    suspension: SuspensionRow | None,
) -> dict[str, bool]:
    """What the person's post lets them try; the act itself looks again."""
    office = office_of_task(task)
    running = task.state == "open"
    directs = running and may_direct(user.post, user.division, office)
    presses = running and may_press(user.post, user.division, office)
    at_desk = Office(user.division, user.post) == office and task.assignee in (None, user.id)
    works = running and (at_desk or absent is not None)
    undecided = extension is not None and extension.decision is None
    return {
        "assign": directs,
        "hand_over": running and task.assignee == user.id,
        "suspend": directs and suspension is None,
        "resume": directs and suspension is not None,
        "urge": presses and suspension is None,
        "order": presses and task.kind not in QUESTIONS,
        "ask_time": works and suspension is None and not undecided and task.kind not in QUESTIONS,
        "decide_time": presses and undecided and extension is not None and extension.asked_by != user.id,
        "ask_opinion": works and task.kind not in QUESTIONS,
    }


async def _colleagues(session: AsyncSession, task: TaskRow) -> list[dict[str, str]]:
    """Who holds the post of the task and does not have it yet."""
    office = office_of_task(task)
    rows = await session.scalars(
        select(AccountRow)
        .where(
            AccountRow.division == office.division,
            AccountRow.level == office.post.level.value,
            AccountRow.department == office.post.department.value,
            AccountRow.role == office.post.role.value,
            AccountRow.active,
        )
        .order_by(AccountRow.username)
    )
    return [{"username": row.username, "name": row.name} for row in rows if row.id != task.assignee]


async def _extension(session: AsyncSession, task: TaskRow) -> ExtensionRow | None:
    """The latest request for more time in the task's period."""
    return await session.scalar(
        select(ExtensionRow).where(ExtensionRow.period_id == task.period_id).order_by(ExtensionRow.id.desc()).limit(1)
    )


async def _fixed(session: AsyncSession, task: TaskRow) -> bool:
    """Whether the task's term is nobody's to lengthen."""
    period = await session.get_one(PeriodRow, task.period_id)
    return why_fixed(period.basis, period.late_after) is not None


async def _acts(session: AsyncSession, task: TaskRow) -> list[tuple[TaskActRow, str]]:
    found = await session.execute(
        select(TaskActRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == TaskActRow.acted_by)
        .where(TaskActRow.task_id == task.id)
        .order_by(TaskActRow.id)
    )
    return [(act, name) for act, name in found.all()]


def _words(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    task: TaskRow,
    acts: list[tuple[TaskActRow, str]],
    extension: ExtensionRow | None,
    suspension: SuspensionRow | None,
) -> dict[str, Any]:
    """The acts with what was typed; typed words are None for those who neither work in the unit nor read the records."""
    opened: Mapping[str, Any] = {}
    if _reads(user, task):
        cells = {str(act.id): Cell("task_act", "words", act.id, act.words_sealed) for act, _ in acts}
        if extension:
            cells["asked"] = Cell("extension", "reason", extension.id, extension.reason_sealed)
            cells["decided"] = Cell("extension", "decision", extension.id, extension.decision_sealed)
        if suspension:
            cells["suspended"] = Cell("suspension", "reason", suspension.id, suspension.reason_sealed)
        look = Look(str(user.id), "task", task.id, task.division, "task.acts", services.clock.now())
        opened = disclose(session, services.vault, look, cells)
    return {
        "acts": [
            {"act": act.act, "by_name": name, "at": act.at, "words": opened.get(str(act.id))} for act, name in acts
        ],
        "extension": extension
        and {
            "days": extension.days,
            "decision": extension.decision,
            "reason": opened.get("asked"),
            "decision_reason": opened.get("decided"),
            "old": extension.old_due,
            "new": extension.new_due,
        },
        "suspension": suspension
        and {
            "category": suspension.category,
            "since": suspension.suspended_on,
            "reason": opened.get("suspended"),
        },
    }


def _reads(user: CurrentUser, task: TaskRow) -> bool:
    unit = (user.division, user.post.department.value) == (task.office, task.department)
    return unit or may_press(user.post, user.division, office_of_task(task)) or may(user.post, Action.READ_FILE)
