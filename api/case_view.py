"""What a case looks like to a reader: masked by role, every opening of personal data logged. For programs and pages."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_history import records_view, timeline_view
from api.case_outcome import decision_of, payment_view, publicity_view, refusal_view
from api.case_personal import documents_view, open_case, personal_view
from api.errors import not_allowed, not_found
from api.identity import CurrentUser
from api.presentation import json_object, task_view, title
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.steps import step
from policy.suspension import categories
from policy.terms import ApplicationStatus, Category
from store import lists
from store.applications import ApplicationRow
from store.reference import DivisionRow
from store.timekeeping import load_timekeeping


async def view_case(
    services: Services, user: CurrentUser, application_id: uuid.UUID, *, purpose: str = "application.view"
) -> dict[str, Any]:
    """The whole case as this reader may see it. Raises Refusal 404 outside the area, 403 for a post that sees no cases."""
    async with services.database.transaction(user.scope) as session:
        row = await session.get(ApplicationRow, application_id)
        if row is None:
            raise not_found()
        if not may(user.post, Action.VIEW_APPLICATIONS):
            raise not_allowed("您的岗位不能查看案件")
        opened = open_case(services, session, user, row, purpose)
        time = await load_timekeeping(session, today(services.clock))
        tasks = await lists.tasks_of(session, row.id)
        whole = {
            **await _head(session, row, tasks),
            **personal_view(user, row, opened),
            "open_tasks": [task_view(task, time) for task in tasks if task["state"] == "open"],
            "documents": await documents_view(services, session, user, row, purpose),
            "decision": await decision_of(session, user, row),
            "publicity": await publicity_view(session, row),
            "payment": None if user.view.identity_only else await payment_view(session, row),
            "refusal": await refusal_view(services, session, user, row, purpose),
            "household_cases": await _household_cases(session, user, row),
            "timeline": await timeline_view(
                session, user, row, tasks, categories(time.rulebook(row.division), time.today)
            ),
            "records": await records_view(services, session, user, row, purpose),
        }
    return json_object(whole)


async def _head(session: AsyncSession, row: ApplicationRow, tasks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name = await session.scalar(select(DivisionRow.name).where(DivisionRow.code == row.division))
    under_way = [task for task in tasks if task["outcome"] and task["acknowledged_at"] is None]
    last = max(under_way, key=lambda task: task["answered_at"], default=None)
    return {
        "id": row.id,
        "number": row.number,
        "status": row.status,
        "status_label": ApplicationStatus(row.status).label,
        "in_transit": last is not None or row.moving_to is not None,
        "last_answer": _last_answer(last) if last else None,
        "division": row.division,
        "division_name": name or row.division,
        "category": row.category,
        "category_label": Category(row.category).label,
        "submitted_on": row.submitted_on,
        "filed_at": row.filed_at,
        "accepted_on": row.accepted_on,
        "pending_papers": row.pending_papers,
        "closed_at": row.closed_at,
        "opening": row.opening,
        "reopened_on": row.reopened_on,
        "direct": row.direct,
        "deceased_on": row.deceased_on,
        "moving_to": row.moving_to,
    }


def _last_answer(task: Mapping[str, Any]) -> dict[str, Any]:
    chosen = step(task["kind"]).outcome(task["outcome"])
    return {
        "task": task["id"],
        "kind": task["kind"],
        "title": title(task["kind"], task["detail"]),
        "outcome": task["outcome"],
        "label": chosen.label if chosen else task["outcome"],
        "by": task["answered_by"],
        "at": task["answered_at"],
    }


async def _household_cases(session: AsyncSession, user: CurrentUser, row: ApplicationRow) -> list[dict[str, Any]]:
    """The household's other cases inside the reader's area: ids, numbers and status only; none for a department asked."""
    if user.view.identity_only or row.household_id is None:
        return []
    found = await session.execute(
        select(ApplicationRow.id, ApplicationRow.number, ApplicationRow.status)
        .where(ApplicationRow.household_id == row.household_id, ApplicationRow.id != row.id)
        .order_by(ApplicationRow.id)
    )
    return [dict(case) for case in found.mappings()]
