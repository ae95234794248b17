"""Matters of the exchange as their readers see them: where each stands, what it waits for, what happened."""

import uuid
from datetime import date
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_allowed, not_found
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from api.timeline_text import timeline_text
from policy.access import Action, may
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.step_clause import grounds_here
from store import lists
from store.accounts import AccountRow
from store.matters import MatterRow
from store.paging import Page, decode, page, row_id
from store.rulebook import load_law
from store.timekeeping import load_timekeeping
from store.timeline import TimelineRow

PROCEDURE_LABELS = {
    Procedure.SHARING_CYCLE: "月度信息共享",
    Procedure.ADJUSTMENT: "动态调整名单",
    Procedure.ADJUSTMENT_PERIOD: "本期动态调整",
    Procedure.SETTLEMENT_REVIEW: "结算核处",
    Procedure.ANOMALY: "异常数据核实",
    Procedure.REVIEW: "集中复核",
    Procedure.PUSH: "高额费用推送",
    Procedure.RECOGNITION: "认定反馈",
    Procedure.SETTLEMENT_REQUEST: "结算信息申请",
    Procedure.COMPARISON: "省级名单比对",
    Procedure.RECTIFICATION: "督促整改",
    Procedure.PROBLEM: "重大问题报告",
}


def check_may_view(user: CurrentUser) -> None:
    """Raises Refusal 403."""
    if not may(user.post, Action.VIEW_MATTERS):
        raise not_allowed("您的岗位不办理部门间信息共享")


async def view_matter(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """One matter with its tasks and its timeline. Raises Refusal 404."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        row = await session.get(MatterRow, matter_id)
        if row is None:
            raise not_found()
        time = await load_timekeeping(session, today(services.clock))
        tasks = [task_view(task, time) for task in await lists.tasks_of(session, row.id)]
        return {**brief(row), "tasks": tasks, "timeline": await timeline_of(session, row.id)}


def brief(row: MatterRow) -> dict[str, Any]:
    """A matter in a list."""
    return json_object(
        {
            "id": row.id,
            "procedure": row.procedure,
            "procedure_label": PROCEDURE_LABELS[Procedure(row.procedure)],
            "key": row.key,
            "division": row.division,
            "department": row.department,
            "month": f"{row.month:%Y-%m}" if row.month else None,
            "status": row.status,
            "status_label": MatterStatus(row.status).label,
            "status_at": row.status_at,
            "opened_on": row.opened_on,
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "parent": row.parent_id,
            "facts": row.facts,
        }
    )


async def timeline_of(session: AsyncSession, subject_id: uuid.UUID) -> list[dict[str, Any]]:
    """What happened, oldest first, with who did it; each clause as it is called in the place, as of the day of the entry."""
    found = await session.execute(
        select(TimelineRow, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.username == TimelineRow.actor)
        .where(TimelineRow.subject_id == subject_id)
        .order_by(TimelineRow.id)
    )
    entries = found.all()
    law = await load_law(session)
    rulebooks = {entry.division: law.rulebook(entry.division, entry.day) for entry, _ in entries}
    return [
        json_object(
            {
                "at": entry.at,
                "day": entry.day,
                "tag": entry.tag,
                "actor": entry.actor,
                "actor_name": name or ("系统" if entry.actor == "system" else entry.actor),
                "text": timeline_text(entry.tag, entry.codes),
                "codes": entry.codes,
                "grounds": grounds_here(rulebooks[entry.division], entry.grounds, entry.day),
            }
        )
        for entry, name in entries
    ]


async def list_matters(
    services: Services,
    user: CurrentUser,
    *,
    procedure: str = "",
    month: date | None = None,
    division: str = "",
    state: Literal["", "open", "closed"] = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The matters that the reader's department takes part in, latest first. Raises Refusal, paging.BadCursor."""
    check_may_view(user)
    asked = select(MatterRow).order_by(MatterRow.id.desc()).limit(limit + 1)
    if procedure:
        asked = asked.where(MatterRow.procedure == procedure)
    if month:
        asked = asked.where(MatterRow.month == month)
    if division:
        asked = asked.where(MatterRow.division >= division, MatterRow.division < division + ":")
    if state:
        asked = asked.where(MatterRow.closed_at.is_(None) if state == "open" else MatterRow.closed_at.is_not(None))
    after = decode(cursor, 1)
    if after:
        asked = asked.where(MatterRow.id < row_id(after[0]))
    async with services.database.transaction(user.scope) as session:
        rows = [brief(row) for row in await session.scalars(asked)]
    return page(rows, limit, ("id",))
