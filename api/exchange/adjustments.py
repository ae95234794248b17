"""Adjustments at the counter: closed by the department at any time, and seen by those whom their lists are provided to."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.roster_change_opening import Closing, categories_of, open_adjustment, period_of
from api.errors import not_allowed, not_found, wrong_fields
from api.exchange.matters import brief, check_may_view, timeline_of
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.access import Action, PersonalView, may, personal_view
from policy.clock import today
from policy.exchange_terms import Carrier, RosterChange
from policy.masking import mask_id_number, mask_name
from policy.problems import Problem
from policy.terms import Category, Department, Level, RowFate
from store import lists
from store.adjustments import AdjustmentLineRow, AdjustmentRow, lines_of
from store.anomalies import matters_of_batch
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, record_in
from store.rulebook import load_rulebook
from store.timekeeping import load_timekeeping

MASKED = (PersonalView.MASKED, PersonalView.PAYEE_MASKED)


@dataclass(frozen=True)
class Closed:
    """What a department says: of which category, on which day."""

    category: Category
    adjusted_on: date


async def close_adjustment(
    services: Services, user: CurrentUser, closed: Closed, key: str | None = None
) -> dict[str, Any]:
    """Opens the list's matter: its certificate and list are due T-DYN after that day. Raises Refusal."""
    if not may(user.post, Action.UPLOAD_IDENTITY):
        raise not_allowed("动态调整由提供该类对象的县级部门经办人报告")
    once = Once(services, user, key, "adjustments", closed)
    now, day = services.clock.now(), today(services.clock)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        rulebook = await load_rulebook(session, user.division, day)
        if closed.category not in categories_of(rulebook, user.post.department, day):
            zh = f"“{closed.category.label}”不由本部门提供"
            raise wrong_fields([Problem("/category", zh, "is another department's", "J-05")])
        if closed.adjusted_on > day:
            zh = "调整完成日期不能晚于今天"
            raise wrong_fields([Problem("/adjusted_on", zh, "lies in the future", "A-30")])
        period = period_of(rulebook, closed.adjusted_on)
        closing = Closing(user.division, user.post.department, closed.category, closed.adjusted_on, period)
        matter, row = await open_adjustment(session, rulebook, closing, at=now)
        record_in(
            session,
            matter,
            "adjusted",
            at=now,
            day=closed.adjusted_on,
            actor=user.username,
            codes={"category": row.category, "adjusted_on": row.adjusted_on.isoformat()},
            grounds=["A-30"],
        )
        answer = {"id": str(matter.id), "key": matter.key, "status": matter.status}
        await once.keep(session, 201, answer)
        return answer


async def view_adjustment(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """One list: counts as certified and as found, rows, what went back, receipts, tasks, timeline. Raises Refusal 404.

    Rows are opened for whoever works with them, in their own county; the levels above see counts.
    """
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        row = await session.get(AdjustmentRow, matter_id)
        if matter is None or row is None:
            raise not_found()
        time = await load_timekeeping(session, today(services.clock))
        tasks = [task_view(task, time) for task in await lists.tasks_of(session, matter.id)]
        returned_to = await _anomaly_matters(session, user, row)
        return {
            **brief(matter),
            "adjustment": _shown(row) | {"certificate_no": _certificate_no(services, session, user, row)},
            "rows": await _rows(services, session, user, row),
            "anomalies": [brief(found) for found in returned_to],
            "tasks": tasks,
            "timeline": await timeline_of(session, matter.id),
        }


async def _anomaly_matters(session: AsyncSession, user: CurrentUser, row: AdjustmentRow) -> list[MatterRow]:
    """Finance is provided with the list and nothing else (A-30)."""
    if user.post.department is Department.FINANCE or row.upload_id is None:
        return []
    return list(await matters_of_batch(session, str(row.upload_id), Department(row.department)))


def _certificate_no(services: Services, session: AsyncSession, user: CurrentUser, row: AdjustmentRow) -> str | None:
    """附件4 as provided, for those who are provided with it."""
    if user.post.level is not Level.COUNTY or row.certificate_sealed is None:
        return None
    look = Look(str(user.id), "adjustment", row.matter_id, row.division, "adjustment.view", services.clock.now())
    cell = Cell("adjustment", "certificate", row.matter_id, row.certificate_sealed)
    return str(disclose(session, services.vault, look, {"certificate": cell})["certificate"]["no"])


def _shown(row: AdjustmentRow) -> dict[str, Any]:
    shown = (
        *("category", "period", "batch", "adjusted_on", "due_on", "list_on", "certificate_on", "provided_on"),
        *("provided_at", "carrier", "days_late", "upload_id", "marked_at"),
    )
    return json_object({name: getattr(row, name) for name in shown}) | {
        "category_label": Category(row.category).label,
        "carrier_label": Carrier(row.carrier).label if row.carrier else None,
        "certificate": row.counts,
    }


async def _rows(
    services: Services, session: AsyncSession, user: CurrentUser, row: AdjustmentRow
) -> list[dict[str, Any]]:
    """Masked for those who only oversee; nothing from above the county."""
    if user.post.level is not Level.COUNTY:
        return []
    masked = personal_view(user.post) in MASKED
    return [_line(services, session, user, line, masked) for line in await lines_of(session, row.matter_id)]


def _line(
    services: Services, session: AsyncSession, user: CurrentUser, line: AdjustmentLineRow, masked: bool
) -> dict[str, Any]:
    look = Look(str(user.id), "adjustment_row", line.id, line.division, "adjustment.view", services.clock.now())
    cell = Cell("adjustment_row", "row", line.id, line.sealed)
    values: dict[str, str] = disclose(session, services.vault, look, {"row": cell})["row"]
    name, number = values.get("name", ""), values.get("id_number", "")
    shown = {
        "sheet": line.sheet,
        "row": line.row_number,
        "name": mask_name(name) if masked else name,
        "id_number": mask_id_number(number) if masked else number,
        "change": line.change,
        "change_label": RosterChange(line.change).label if line.change else values.get("change", ""),
        "provided_on": line.provided_on,
    }
    return json_object(shown if user.post.department is Department.FINANCE else shown | _outcome(line))


def _outcome(line: AdjustmentLineRow) -> dict[str, Any]:
    """What became of the row: not for finance, which is provided with the list as it is (A-30)."""
    return {
        "fate": line.fate,
        "fate_label": RowFate(line.fate).label,
        "effective_on": line.effective_on,
        "reasons": [_reason(line, reason) for reason in line.reasons],
    }


def _reason(line: AdjustmentLineRow, reason: dict[str, Any]) -> dict[str, Any]:
    """With its cell and clause, as the receipt says it."""
    zh = f"第{line.row_number}行 {reason['label']}：{reason['zh']}".replace(" ：", "：")
    return {"cell": reason["cell"], "code": reason["code"], "clause": reason["clause"], "zh": zh, "en": reason["en"]}
