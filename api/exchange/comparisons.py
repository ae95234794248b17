"""省级名单比对 (W18): the items of a city's comparison, and the cause of each difference."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.exchange.matters import brief, check_may_view, timeline_of
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.access import PersonalView
from policy.clock import today
from policy.comparison_steps import DIFFERENCE_CAUSES
from policy.exchange_terms import ListType, MatterStatus
from policy.masking import mask_id_number, mask_name
from policy.problems import Problem
from policy.procedures import Procedure
from policy.provincial_comparison import DifferenceCause, Side
from policy.terms import Department, Level
from store import lists
from store.comparisons import ComparisonItemRow, counts_of, items_of
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, record_in
from store.reference import DivisionRow
from store.timekeeping import load_timekeeping


@dataclass(frozen=True)
class WantedCause:
    """Why these persons stand on one list only; `note` is typed and kept sealed."""

    items: tuple[uuid.UUID, ...]
    cause: DifferenceCause
    note: str


async def view_comparison(
    services: Services, user: CurrentUser, matter_id: uuid.UUID, side: Side | None = None
) -> dict[str, Any]:
    """The comparison with its counts and, in the city itself, its items with masked names. Raises Refusal 404."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        if matter is None or matter.procedure != Procedure.COMPARISON.value:
            raise not_found()
        items = await items_of(session, matter.id, side)
        time = await load_timekeeping(session, today(services.clock))
        return {
            **brief(matter),
            "division_name": (await session.get_one(DivisionRow, matter.division)).name,
            "counts": await counts_of(session, matter.id),
            "items": _items(services, session, user, matter, items),
            "may_explain": user.post == DIFFERENCE_CAUSES.post and matter.status == MatterStatus.COMPARED.value,
            "causes": [
                {"code": cause.value, "label": cause.label, "sides": [one.value for one in cause.sides]}
                for cause in DifferenceCause
            ],
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, matter.id)],
            "timeline": await timeline_of(session, matter.id),
        }


async def confirmed_here(services: Services, user: CurrentUser, month: date) -> list[dict[str, Any]]:
    """A county's own part of the list that its city has confirmed: whom it has pushed, and whom it is still to list.

    With full names for the caseworker who loads their burdens. Raises Refusal 403.
    """
    if user.post.level is not Level.COUNTY or user.post.department is not Department.MEDICAL_INSURANCE:
        raise not_allowed("确认名单由县级医疗保障部门查看")
    async with services.database.transaction(user.scope) as session:
        rows = await session.scalars(
            select(ComparisonItemRow)
            .where(ComparisonItemRow.county == user.division, ComparisonItemRow.month == month)
            .where(ComparisonItemRow.confirmed_on.is_not(None))
            .order_by(ComparisonItemRow.id)
        )
        kept = rows.all()
        cells = {str(row.id): Cell("comparison_item", "person", row.id, row.person_sealed) for row in kept}
        if not cells:
            return []
        look = Look(
            str(user.id), "matter", kept[0].matter_id, user.division, "comparison.confirmed", services.clock.now()
        )
        known = disclose(session, services.vault, look, cells)
    whole = user.view is PersonalView.FULL
    return [_confirmed(row, known[str(row.id)], whole=whole) for row in kept]


async def explain(
    services: Services, user: CurrentUser, matter_id: uuid.UUID, wanted: WantedCause, key: str | None = None
) -> dict[str, Any]:
    """Gives one or many differences their cause; {explained, unexplained}. Raises Refusal."""
    if user.post != DIFFERENCE_CAUSES.post:
        raise not_allowed(f"名单差异由{DIFFERENCE_CAUSES.post.label}复核")
    note = wanted.note.strip()
    if wanted.cause.needs_words and not note:
        zh, en = "选择“其他”的，须说明情况", "say what the other cause is"
        raise wrong_fields([Problem("/note", zh, en, "J-22")])
    asked = [str(matter_id), sorted(map(str, wanted.items)), wanted.cause.value, note]
    once = Once(services, user, key, "comparison causes", asked)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        matter = await _open(session, matter_id)
        rows = await _chosen(session, matter_id, wanted)
        now = services.clock.now()
        for row in rows:
            row.cause, row.explained_by, row.explained_at = wanted.cause.value, user.id, now
            sealed = services.vault.seal("comparison_item", "note", row.id, note) if note else None
            row.note_sealed = sealed
        record_in(
            session,
            matter,
            "cause",
            at=now,
            day=today(services.clock),
            actor=user.username,
            codes={"rows": len(rows), "cause": wanted.cause.value},
            grounds=["J-22"],
        )
        await session.flush()
        answer = {"explained": len(rows), "unexplained": (await counts_of(session, matter_id))["unexplained"]}
        await once.keep(session, 200, answer)
        return answer


async def _open(session: AsyncSession, matter_id: uuid.UUID) -> MatterRow:
    matter = await session.get(MatterRow, matter_id, with_for_update=True)
    if matter is None or matter.procedure != Procedure.COMPARISON.value:
        raise not_found()
    if matter.status != MatterStatus.COMPARED.value:
        raise Refusal(409, "not-comparing", "目前不在复核差异环节", "the comparison is not at that step")
    return matter


async def _chosen(session: AsyncSession, matter_id: uuid.UUID, wanted: WantedCause) -> Sequence[ComparisonItemRow]:
    rows = (
        await session.scalars(
            select(ComparisonItemRow)
            .where(ComparisonItemRow.matter_id == matter_id, ComparisonItemRow.id.in_(wanted.items))
            .order_by(ComparisonItemRow.id)
            .with_for_update()
        )
    ).all()
    if len(rows) < len(set(wanted.items)):
        raise not_found()
    if any(Side(row.side) not in wanted.cause.sides for row in rows):
        zh, en = f"“{wanted.cause.label}”不适用于所选的差异", "the cause is not one of these differences"
        raise wrong_fields([Problem("/cause", zh, en, "J-22")])
    return rows


def _items(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    matter: MatterRow,
    items: Sequence[ComparisonItemRow],
) -> list[dict[str, Any]]:
    cells = {str(item.id): Cell("comparison_item", "person", item.id, item.person_sealed) for item in items}
    notes = {f"{item.id}/note": Cell("comparison_item", "note", item.id, item.note_sealed) for item in items}
    look = Look(str(user.id), "matter", matter.id, matter.division, "comparison.view", services.clock.now())
    known = disclose(session, services.vault, look, cells | notes) if items else {}
    return [_item(item, known[str(item.id)], known[f"{item.id}/note"]) for item in items]


def _confirmed(row: ComparisonItemRow, person: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    named = person if whole else {"name": mask_name(person["name"]), "id_number": mask_id_number(person["id_number"])}
    return json_object(
        {
            **named,
            "list_type": row.list_type,
            "list_label": ListType(row.list_type).label,
            "province_burden": row.province_burden,
            "listed_here": row.local_item is not None,
        }
    )


def _item(item: ComparisonItemRow, person: dict[str, Any], note: str | None) -> dict[str, Any]:
    return json_object(
        {
            "id": item.id,
            "name": mask_name(person["name"]),
            "id_number": mask_id_number(person["id_number"]),
            "county": item.county,
            "list_type": item.list_type,
            "list_label": ListType(item.list_type).label,
            "province_burden": item.province_burden,
            "local_burden": item.local_burden,
            "side": item.side,
            "side_label": Side(item.side).label,
            "cause": item.cause,
            "cause_label": DifferenceCause(item.cause).label if item.cause else None,
            "note": note,
            "explained_at": item.explained_at,
        }
    )
