"""集中复核汇总表 of a county's month (W08): numbers, days and who signed, out of the review's own record."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.exchange.lists_out import division_name
from api.exchange.matters import check_may_view
from api.exchange.reviews import the_review
from api.identity import CurrentUser
from api.services import Services
from notifications.review_summary import ReviewPart, ReviewSignature, ReviewSummaryPaper, with_total
from notifications.templating import long_date
from policy.clock import today
from policy.joint_review import ReviewChange, ReviewMark
from policy.organisations import office_on
from policy.review_steps import REVIEW_DEDUP, REVIEW_SUMMARY, SELF_CHECK
from policy.terms import Department
from store import lists
from store.matters import MatterRow
from store.rulebook import load_rulebook

LEFT_OUT = tuple(mark.value for mark in ReviewMark if not mark.counts)
CHANGES = tuple(change.value for change in ReviewChange)
CHECKED = {"confirmed": "核实无误", "differences": "有差异"}
BUREAU = Department.MEDICAL_INSURANCE
Task = Mapping[str, Any]


async def review_summary(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> ReviewSummaryPaper:
    """The paper as the review stands today, signed or not; nobody who is aided is in it. Raises Refusal 403, 404."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await the_review(session, matter_id)
        tasks = await lists.tasks_of(session, matter.id)
        return await _paper(session, matter, tasks, today(services.clock), services.options.demo)


async def _paper(
    session: AsyncSession, matter: MatterRow, tasks: list[dict[str, Any]], day: date, demonstration: bool
) -> ReviewSummaryPaper:
    rulebook = await load_rulebook(session, matter.division, day)
    place = await division_name(session, matter.division)
    latest = {(task["kind"], task["department"]): task for task in tasks}
    month, signed = matter.month, latest.get((REVIEW_SUMMARY.kind, BUREAU.value))
    assert month is not None
    due = next((task["nominal"] for task in tasks if task["nominal"]), None)
    signed_on = signed["done_on"] if signed and signed["outcome"] == "signed" else None
    made_on = signed_on or day
    departments = [Department(code) for code in matter.facts.get("reviewed_by", [])]
    offices = {one: office_on(rulebook, place, one, made_on) for one in (*departments, BUREAU)}
    parts = [_part(matter, one, offices[one], latest.get((SELF_CHECK.kind, one.value))) for one in departments]
    checks = [
        _signature(offices[one], SELF_CHECK.label, latest.get((SELF_CHECK.kind, one.value))) for one in departments
    ]
    dedup = _signature(offices[BUREAU], REVIEW_DEDUP.label, latest.get((REVIEW_DEDUP.kind, BUREAU.value)))
    return ReviewSummaryPaper(
        demonstration=demonstration,
        heading=f"{place}{month.year}年{month.month}月",
        facts=(
            ("数据月份", f"{month.year}年{month.month}月"),
            ("复核期限", long_date(due) if due else "未规定"),
            ("汇总", f"{long_date(signed_on)}签署" if signed_on else "尚未签署"),
        ),
        parts=with_total(parts),
        signatures=(*checks, dedup, _signature(offices[BUREAU], REVIEW_SUMMARY.label, signed if signed_on else None)),
        unit=offices[BUREAU],
        made_on=made_on,
    )


def _part(matter: MatterRow, department: Department, office: str, check: Task | None) -> ReviewPart:
    """What was left out is known once the bureau has compared the rows; who confirmed nothing has nothing left out."""
    counts = matter.facts.get("counts", {}).get(department.value, {})
    marks = matter.facts.get("marks")
    said = {} if marks is None else dict.fromkeys((*CHANGES, *LEFT_OUT), 0) | marks.get(department.value, {})
    answered = check is not None and check["outcome"] is not None
    return ReviewPart(
        office=office,
        counts=tuple(counts.get(name, 0) for name in CHANGES),
        checked=CHECKED[check["outcome"]] if check is not None and answered else "未反馈",
        returned_on=check["done_on"] if check is not None and answered else None,
        kept=tuple(said[name] for name in CHANGES if said),
        left_out=tuple(said[name] for name in LEFT_OUT if said),
        remark=_remark(matter, department, check),
    )


def _remark(matter: MatterRow, department: Department, check: Task | None) -> str:
    if department.value in matter.facts.get("left_open", []):
        return "汇总时未反馈"
    late = check["days_late"] if check is not None else None
    return f"超期{late}个工作日" if late else ""


def _signature(office: str, what: str, task: Task | None) -> ReviewSignature:
    if task is None or task["outcome"] is None:
        return ReviewSignature(office, what, "", None)
    return ReviewSignature(office, what, task["answered_by_name"] or "", task["done_on"])
