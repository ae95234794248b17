"""High-cost pushes as their readers see them: which month, how many on which list, and at their own level who."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_allowed, not_found
from api.exchange.matters import brief, timeline_of
from api.exchange.persons import names_of
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.exchange_terms import Insurance, ListType
from policy.procedures import Procedure
from policy.terms import Category, Residence
from store import lists
from store.matters import MatterRow
from store.paging import Page, decode, encode, row_id
from store.push_list import pushes_by_day
from store.pushes import SUPPRESSED, PushItemRow, items_of
from store.recognitions import RecognitionRow
from store.timekeeping import load_timekeeping

NUMBERS = ("listed", "suppressed", "falling_back", "falling_into", "fallback", "still_heavy")


def demand_pushes(user: CurrentUser) -> None:
    """Raises Refusal 403."""
    if not may(user.post, Action.VIEW_PUSHES):
        raise not_allowed("您的岗位不办理高额费用推送")


async def list_pushes(
    services: Services,
    user: CurrentUser,
    *,
    month: date | None = None,
    division: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The months that the reader's department takes part in, counts only: the latest first, in each what is open by its day
    (`due`, the work target; `late` only after the day that the rule counts against).

    Raises Refusal, paging.BadCursor.
    """
    demand_pushes(user)
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        found = await pushes_by_day(session, month=month, division=division, cursor=cursor, limit=limit)
    items = [
        _with_numbers(brief(item["row"]))
        | json_object({"due": item["due"], "late": item["late_after"] is not None and item["late_after"] < day})
        for item in found.items
    ]
    return Page(items, found.next)


async def view_push(
    services: Services, user: CurrentUser, matter_id: uuid.UUID, *, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """One month with its tasks, its receipts and, in the division itself, who stands on the list; logged for each person.

    Receivers see what was pushed; the bureau also what was left out, with the reason. Raises Refusal 404.
    """
    demand_pushes(user)
    after = decode(cursor, 1)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        if matter is None or matter.procedure != Procedure.PUSH.value:
            raise not_found()
        time = await load_timekeeping(session, today(services.clock))
        tasks = [task_view(task, time) for task in await lists.tasks_of(session, matter.id)]
        rows = await items_of(session, matter.id, after=row_id(after[0]) if after else None, limit=limit + 1)
        shown = rows[:limit]
        return {
            **_with_numbers(brief(matter)),
            "acknowledged": matter.facts.get("acknowledged", {}),
            "receivers": matter.facts.get("receivers", []),
            "tasks": tasks,
            "items": await _items(services, session, user, shown),
            "next": encode([str(shown[-1].id)]) if len(rows) > limit else None,
            "timeline": await timeline_of(session, matter.id),
        }


def _with_numbers(matter: dict[str, Any]) -> dict[str, Any]:
    facts = matter["facts"]
    return {
        **matter,
        "pushed_on": facts.get("pushed_on"),
        "numbers": {name: facts.get(name) for name in NUMBERS},
        "zero": facts.get("pushed_on") is not None and facts.get("listed") == 0,
    }


async def _items(
    services: Services, session: AsyncSession, user: CurrentUser, rows: list[PushItemRow]
) -> list[dict[str, Any]]:
    if not rows:
        return []
    names = await names_of(services, session, user, [row.person_id for row in rows], "push.view", rows[0].division)
    cases = await _cases(session, rows)
    return [_item(row, names.get(row.person_id, {}), cases.get(row.recognition_id)) for row in rows]


async def _cases(session: AsyncSession, rows: list[PushItemRow]) -> dict[uuid.UUID | None, dict[str, Any]]:
    """Where the recognition of each stands, for those who see it."""
    found = await session.execute(
        select(RecognitionRow.id, RecognitionRow.matter_id, MatterRow.status)
        .join(MatterRow, MatterRow.id == RecognitionRow.matter_id)
        .where(RecognitionRow.id.in_({row.recognition_id for row in rows if row.recognition_id}))
    )
    return {key: {"matter": matter, "status": status} for key, matter, status in found}


def _item(row: PushItemRow, person: dict[str, Any], case: dict[str, Any] | None) -> dict[str, Any]:
    return json_object(
        {
            "id": row.id,
            "person": row.person_id,
            "name": person.get("name"),
            "id_number": person.get("id_number"),
            "list": row.list_type,
            "list_label": ListType(row.list_type).label,
            "category": row.category,
            "category_label": Category(row.category).label,
            "residence": row.residence,
            "residence_label": Residence(row.residence).label,
            "insurance": row.insurance,
            "insurance_label": Insurance(row.insurance).label,
            "burden": row.burden,
            "aid": row.aid,
            "after_aid": row.burden - row.aid,
            "threshold": row.threshold,
            "over": row.burden - row.threshold,
            "rule": row.rule,
            "fallback": row.fallback,
            "grounds": row.grounds,
            "state": row.state,
            "suppressed": row.state == SUPPRESSED,
            "previous_burden": row.previous_burden,
            "previous_month": f"{row.previous_month:%Y-%m}" if row.previous_month else None,
            "still_heavy": row.still_heavy,
            "pushed_on": row.pushed_on,
            "tracked": {
                "month": f"{row.tracked_month:%Y-%m}",
                "burden": row.tracked_burden,
                "over": row.tracked_over,
            },
            "recognition": case,
        }
    )
