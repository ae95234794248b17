"""督促整改: an order from above on one or more findings of a county, and how it stands (W17, C-25)."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.exchange.findings import check_may_supervise, finding_view, orders_of
from api.exchange.matters import brief, timeline_of
from api.exchange.serials import next_key
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.problems import Problem
from policy.procedures import Procedure
from policy.supervision import may_order
from policy.terms import Department, Level
from store import lists
from store.disclosure import Cell, Look, disclose
from store.findings import FindingRow
from store.matters import MatterRow, Opening, open_matter
from store.rectifications import OrderedFindingRow, RectificationRow, findings_of
from store.reference import DivisionRow
from store.tasks import TaskRow
from store.timekeeping import load_timekeeping
from store.timeline import record

LONGEST_LIST = 50


@dataclass(frozen=True)
class WantedOrder:
    """Which findings of one county, what is asked for, by when."""

    findings: tuple[uuid.UUID, ...]
    text: str
    due_on: date


async def order(services: Services, user: CurrentUser, wanted: WantedOrder, key: str | None = None) -> dict[str, Any]:
    """Issues the order; {id, number}. Raises Refusal 409 with the number of the order that already asks for it (B-29)."""
    once = Once(services, user, key, "rectifications", asdict(wanted))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        now, day = services.clock.now(), today(services.clock)
        findings = await _named(session, wanted.findings)
        county = findings[0].division
        if not may_order(user.post, user.division, county):
            raise not_allowed("督促整改由省级、市级医疗保障审核人发出")
        check_day(wanted.due_on, day, "/due_on")
        await _check_not_asked(session, findings)
        opening = Opening(
            procedure=Procedure.RECTIFICATION,
            key=await next_key(session, Procedure.RECTIFICATION, user.division, day.year),
            division=county,
            departments=(Department.MEDICAL_INSURANCE,),
            status=MatterStatus.ORDER_ISSUED,
            department=Department.MEDICAL_INSURANCE,
            facts={
                "kinds": list(dict.fromkeys(finding.kind for finding in findings)),
                "level": user.post.level.value,
                "due_on": wanted.due_on.isoformat(),
                "round": 1,
            },
        )
        matter, _fresh = await open_matter(session, opening, at=now, day=day)
        session.add(
            RectificationRow(
                matter_id=matter.id,
                division=county,
                level=user.post.level.value,
                due_on=wanted.due_on,
                round=1,
                ordered_on=day,
                text_sealed=services.vault.seal("rectification", "text", matter.id, wanted.text.strip()),
                issued_by=user.id,
                issued_at=now,
            )
        )
        await session.flush()
        for finding in findings:
            session.add(OrderedFindingRow(matter_id=matter.id, finding_id=finding.id, division=county, open=True))
        record(
            session,
            subject_id=matter.id,
            division=county,
            at=now,
            day=day,
            tag=f"matter:{matter.procedure}:{MatterStatus.ORDER_ISSUED.value}",
            actor=user.username,
            codes={"due_on": wanted.due_on.isoformat(), "findings": len(findings)},
            grounds=["C-25"],
        )
        answer = {"id": str(matter.id), "number": matter.number}
        await once.keep(session, 201, answer)
        return answer


def check_day(due_on: date, day: date, pointer: str) -> None:
    """Raises Refusal 422 for a day that has passed."""
    if due_on < day:
        raise wrong_fields([Problem(pointer, "整改期限不能早于今天", "the day lies in the past", "C-25")])


async def view_order(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """The order with its findings, its words, each round's reply and verification. Raises Refusal 404."""
    check_may_supervise(user)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        row = await session.get(RectificationRow, matter_id)
        if matter is None or row is None:
            raise not_found()
        findings = await findings_of(session, matter_id)
        orders = await orders_of(session, [finding.id for finding in findings])
        county = await session.get_one(DivisionRow, matter.division)
        time = await load_timekeeping(session, today(services.clock))
        tasks = [task_view(task, time) for task in await lists.tasks_of(session, matter_id)]
        words = await _words(services, session, user, row)
        return {
            **brief(matter),
            **json_object({"due_on": row.due_on, "round": row.round, "level": row.level, "ordered_on": row.ordered_on}),
            "division_name": county.name,
            "level_label": Level(row.level).label,
            "text": words.pop("text"),
            "answers": words,
            "findings": [finding_view(finding, county.name, orders.get(finding.id)) for finding in findings],
            "tasks": tasks,
            "timeline": await timeline_of(session, matter_id),
        }


async def _words(services: Services, session: AsyncSession, user: CurrentUser, row: RectificationRow) -> dict[str, Any]:
    """The order's own words, and by task what was answered."""
    cells = {"text": Cell("rectification", "text", row.matter_id, row.text_sealed)}
    answered = await session.scalars(
        select(TaskRow).where(TaskRow.subject_id == row.matter_id, TaskRow.answer_sealed.is_not(None))
    )
    for task in answered:
        cells[str(task.id)] = Cell("task", "answer", task.id, task.answer_sealed)
    look = Look(str(user.id), "matter", row.matter_id, row.division, "rectification.view", services.clock.now())
    opened = disclose(session, services.vault, look, cells)
    return {name: content if name == "text" else content["fields"] for name, content in opened.items()}


async def _named(session: AsyncSession, wanted: Sequence[uuid.UUID]) -> Sequence[FindingRow]:
    """The findings, locked in their order, all of one county and none of them settled. Raises Refusal."""
    rows = await session.scalars(
        select(FindingRow).where(FindingRow.id.in_(wanted)).order_by(FindingRow.id).with_for_update()
    )
    found = rows.all()
    if not found or len(found) < len(set(wanted)):
        raise not_found()
    if len({finding.division for finding in found}) > 1:
        zh, en = "一份督促整改只能针对同一个县（市、区）的问题", "the findings of one county only"
        raise wrong_fields([Problem("/findings", zh, en, "C-25")])
    if any(finding.settled_at for finding in found):
        raise Refusal(409, "finding-settled", "所选问题已经整改销号", "a finding has been put right already")
    return found


async def _check_not_asked(session: AsyncSession, findings: Sequence[FindingRow]) -> None:
    orders = await orders_of(session, [finding.id for finding in findings])
    first = next((orders[finding.id] for finding in findings if finding.id in orders), None)
    if first is not None:
        raise Refusal(
            409,
            "asked-already",
            f"该问题已由{first.number}号督促整改，不重复要求同一单位报送",
            f"order {first.number} asks the same office about it already",
            clause="B-29",
            order=str(first.id),
            number=first.number,
        )
