"""Recognitions as their readers see them: whose case stands where, what was pushed of them, and what was asked for."""

import uuid
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_found
from api.exchange.matters import brief, timeline_of
from api.exchange.persons import names_of
from api.exchange.pushes import demand_pushes
from api.exchange.settlement_requests import settlement_clause
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.clock import today
from policy.exchange_terms import ListType, MatterStatus
from policy.procedures import Procedure
from policy.terms import Category, Department
from store import lists
from store.matters import MatterRow
from store.paging import Page, decode, page, row_id
from store.pushes import PushItemRow
from store.recognitions import RecognitionRow, SettlementRequestRow
from store.rulebook import load_rulebook
from store.timekeeping import load_timekeeping

State = Literal["", "open", "closed"]


async def list_recognitions(
    services: Services,
    user: CurrentUser,
    *,
    state: State = "",
    list_type: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Latest first, with the names as far as the reader may know them. Raises Refusal, paging.BadCursor."""
    demand_pushes(user)
    asked = (
        select(RecognitionRow, MatterRow)
        .join(MatterRow, MatterRow.id == RecognitionRow.matter_id)
        .order_by(RecognitionRow.id.desc())
        .limit(limit + 1)
    )
    if state:
        closed = RecognitionRow.closed_on.is_not(None)
        asked = asked.where(closed if state == "closed" else ~closed)
    if list_type:
        asked = asked.where(RecognitionRow.list_type == list_type)
    after = decode(cursor, 1)
    if after:
        asked = asked.where(RecognitionRow.id < row_id(after[0]))
    async with services.database.transaction(user.scope) as session:
        rows = [(row[0], row[1]) for row in await session.execute(asked)]
        division = rows[0][0].division if rows else user.division
        people = [case.person_id for case, _ in rows]
        names = await names_of(services, session, user, people, "recognition.list", division)
        time = await load_timekeeping(session, today(services.clock))
        items = []
        for case, matter in rows:
            tasks = [task_view(task, time) for task in await lists.tasks_of(session, matter.id)]
            waiting = [task for task in tasks if task["state"] == "open"]
            items.append({**_summary(case, matter), **names.get(case.person_id, {}), "tasks": waiting})
    return page(items, limit, ("case",))


async def view_recognition(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """One person's case with every push, task and request, by the id of its matter. Raises Refusal 404."""
    demand_pushes(user)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        if matter is None or matter.procedure != Procedure.RECOGNITION.value:
            raise not_found()
        case = await session.scalar(select(RecognitionRow).where(RecognitionRow.matter_id == matter.id))
        if case is None:
            return {**brief(matter), "timeline": await timeline_of(session, matter.id)}  # from above: no person
        names = await names_of(services, session, user, [case.person_id], "recognition.view", case.division)
        time = await load_timekeeping(session, today(services.clock))
        return {
            **brief(matter),
            **_summary(case, matter),
            **names.get(case.person_id, {}),
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, matter.id)],
            "pushed": await _pushes(session, case),
            "requests": await _requests(session, case),
            "settlement_clause": settlement_clause(await load_rulebook(session, case.division, today(services.clock))),
            "timeline": await timeline_of(session, matter.id),
        }


def _summary(case: RecognitionRow, matter: MatterRow) -> dict[str, Any]:
    return json_object(
        {
            "id": matter.id,
            "case": case.id,
            "person": case.person_id,
            "division": case.division,
            "year": case.year,
            "list": case.list_type,
            "list_label": ListType(case.list_type).label,
            "round": case.round,
            "status": matter.status,
            "status_label": MatterStatus(matter.status).label,
            "screened_by": case.screened_by,
            "screened_by_label": Department(case.screened_by).label,
            "pushed_on": case.pushed_on,
            "last_pushed_on": case.last_pushed_on,
            "pushes": case.pushes,
            "burden": case.burden,
            "pushed_as": case.pushed_as,
            "pushed_as_label": Category(case.pushed_as).label,
            "candidate": case.candidate,
            "recognised": case.recognised,
            "decided_on": case.decided_on,
            "category": case.category,
            "category_label": Category(case.category).label if case.category else None,
            "fed_back_on": case.fed_back_on,
            "days_late": case.days_late,
            "marked_on": case.marked_on,
            "entitled_from": case.entitled_from,
            "closed_on": case.closed_on,
        }
    )


async def _pushes(session: AsyncSession, case: RecognitionRow) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(PushItemRow).where(PushItemRow.recognition_id == case.id).order_by(PushItemRow.month)
    )
    return [
        json_object(
            {
                "matter": row.matter_id,
                "month": f"{row.month:%Y-%m}",
                "pushed_on": row.pushed_on,
                "burden": row.burden,
                "threshold": row.threshold,
                "tracked_month": f"{row.tracked_month:%Y-%m}",
                "tracked_burden": row.tracked_burden,
                "tracked_over": row.tracked_over,
            }
        )
        for row in rows
    ]


async def _requests(session: AsyncSession, case: RecognitionRow) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(SettlementRequestRow)
        .where(SettlementRequestRow.recognition_id == case.id)
        .order_by(SettlementRequestRow.id)
    )
    return [
        json_object({"id": row.id, "state": row.state, "asked_on": row.asked_on, "decided_on": row.decided_on})
        for row in rows
    ]
