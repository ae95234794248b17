"""Findings of the monitoring as its readers see them: per county and month, with what has been ordered about each."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_allowed
from api.identity import CurrentUser
from api.parameter_name import parameter_name
from api.presentation import json_object
from api.services import Services
from policy.access import Action, may
from policy.supervision import FindingKind
from policy.terms import Department
from store.findings import FindingRow
from store.matters import MatterRow
from store.paging import Page, decode, page, row_id
from store.rectifications import OrderedFindingRow
from store.reference import DivisionRow

STATES = ("open", "ordered", "settled")


def check_may_supervise(user: CurrentUser) -> None:
    """Raises Refusal 403."""
    if user.post.department is not Department.MEDICAL_INSURANCE or not may(user.post, Action.VIEW_MATTERS):
        raise not_allowed("监测和督促整改由医疗保障部门办理")


async def list_findings(
    services: Services,
    user: CurrentUser,
    *,
    month: date | None = None,
    division: str = "",
    kind: str = "",
    state: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Latest first. `state`: open (nothing ordered yet), ordered, settled. Raises Refusal, paging.BadCursor."""
    check_may_supervise(user)
    asked = select(FindingRow, DivisionRow.name).join(DivisionRow, DivisionRow.code == FindingRow.division)
    asked = asked.order_by(FindingRow.id.desc()).limit(limit + 1)
    for condition in _conditions(month, division, kind, state):
        asked = asked.where(condition)
    after = decode(cursor, 1)
    if after:
        asked = asked.where(FindingRow.id < row_id(after[0]))
    async with services.database.transaction(user.scope) as session:
        rows = (await session.execute(asked)).all()
        orders = await orders_of(session, [row.id for row, _name in rows])
    return page([finding_view(row, name, orders.get(row.id)) for row, name in rows], limit, ("id",))


async def counted(services: Services, user: CurrentUser, month: date, division: str) -> list[dict[str, Any]]:
    """How many of each kind the month has; a kind that nothing measures yet has no number."""
    check_may_supervise(user)
    asked = select(FindingRow.kind, func.count(), func.count(FindingRow.settled_at)).group_by(FindingRow.kind)
    for condition in _conditions(month, division, "", ""):
        asked = asked.where(condition)
    async with services.database.transaction(user.scope) as session:
        found = {kind: (number, settled) for kind, number, settled in await session.execute(asked)}
    return [
        {
            "kind": kind.value,
            "label": kind.label,
            "measured": kind.measured,
            "found": found.get(kind.value, (0, 0))[0] if kind.measured else None,
            "settled": found.get(kind.value, (0, 0))[1] if kind.measured else None,
        }
        for kind in FindingKind
    ]


def _conditions(month: date | None, division: str, kind: str, state: str) -> Sequence[ColumnElement[bool]]:
    ordered = select(OrderedFindingRow.finding_id).where(OrderedFindingRow.open)
    conditions: list[ColumnElement[bool]] = []
    if month:
        conditions.append(FindingRow.month == month)
    if division:
        conditions.append(FindingRow.division.startswith(division, autoescape=True))
    if kind:
        conditions.append(FindingRow.kind == kind)
    match state:
        case "settled":
            conditions.append(FindingRow.settled_at.is_not(None))
        case "ordered":
            conditions += [FindingRow.settled_at.is_(None), FindingRow.id.in_(ordered)]
        case "open":
            conditions += [FindingRow.settled_at.is_(None), FindingRow.id.not_in(ordered)]
    return conditions


async def orders_of(session: AsyncSession, findings: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, MatterRow]:
    """By finding, the order that names it and is open still."""
    found = await session.execute(
        select(OrderedFindingRow.finding_id, MatterRow)
        .join(MatterRow, MatterRow.id == OrderedFindingRow.matter_id)
        .where(OrderedFindingRow.finding_id.in_(findings), OrderedFindingRow.open)
    )
    return {row[0]: row[1] for row in found}


def finding_view(row: FindingRow, division_name: str, order: MatterRow | None) -> dict[str, Any]:
    kind = FindingKind(row.kind)
    state = "settled" if row.settled_at else "ordered" if order else "open"
    return json_object(
        {
            "id": row.id,
            "kind": row.kind,
            "label": kind.label,
            "division": row.division,
            "division_name": division_name,
            "month": f"{row.month:%Y-%m}" if row.month else None,
            "subject": row.subject_id,
            "about": row.about,
            "about_label": parameter_name(row.about) if row.about else "",
            "codes": row.codes,
            "grounds": row.grounds,
            "found_on": row.found_on,
            "state": state,
            "order": {"id": order.id, "number": order.number} if order else None,
            "settled_at": row.settled_at,
            "settled_by": row.settled_by,
        }
    )
