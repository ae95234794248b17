"""监测与督促整改: what monitoring has found, orders to put it right, major problems reported upward."""

import uuid
from typing import Any

from fastapi import APIRouter, Response

from api.errors import wrong_fields
from api.exchange import problems, supervision
from api.exchange.findings import STATES, counted, list_findings
from api.exchange.matters import list_matters
from api.exchange.months import month_of
from api.pages.acting import done, ticked, typed_day, typed_text
from api.pages.desk import AtDesk, Desk
from api.pages.filters import Filters
from api.pages.matters import MONTH
from api.pages.posted import FromForm
from api.pages.refusals import Way
from policy.problems import Problem
from policy.procedures import Procedure
from policy.supervision import ABOVE, FindingKind, ProblemTopic, may_report, reports_to
from policy.terms import Department, Level, Role

router = APIRouter()
HERE = "findings"
STATE_LABELS = {"": "全部", "open": "未督促", "ordered": "整改中", "settled": "已销号"}
ORDER_LABELS = {"text": "整改要求", "due_on": "整改期限"}
REPORT_LABELS = {"text": "问题情况"}


@router.get("/findings")
async def findings(
    desk: AtDesk, month: str = "", division: str = "", kind: str = "", state: str = "", cursor: str = ""
) -> Response:
    chosen = {
        "month": month if MONTH.fullmatch(month) else "",
        "division": division if division.isdigit() else "",
        "kind": kind if kind in set(FindingKind) else "",
        "state": state if state in STATES else "",
    }
    first = month_of(chosen["month"]) if chosen["month"] else None
    user = desk.signed_in
    found = await list_findings(
        desk.services,
        user,
        month=first,
        division=chosen["division"],
        kind=chosen["kind"],
        state=chosen["state"],
        cursor=cursor or None,
    )
    orders = await list_matters(desk.services, user, procedure=Procedure.RECTIFICATION.value, limit=20)
    above = user.post.level in ABOVE and user.post.department is Department.MEDICAL_INSURANCE
    async with desk.services.database.transaction(user.scope) as session:
        await desk.learn(session, {order["division"] for order in orders.items})
    return desk.page(
        "supervision/findings.html",
        HERE,
        findings=found.items,
        next_page=found.next,
        counts=await counted(desk.services, user, first, chosen["division"]) if first else [],
        orders=orders.items,
        filters=Filters("/findings", chosen),
        kinds=list(FindingKind),
        states=STATE_LABELS,
        may_order=above and user.post.role is Role.SUPERVISOR,
    )


@router.post("/rectifications")
async def issue(desk: AtDesk, posted: FromForm) -> Response:
    async def do() -> str:
        wanted = supervision.WantedOrder(
            ticked(posted, "finding"),
            typed_text(posted, "text", ORDER_LABELS["text"]),
            typed_day(posted, "due_on", ORDER_LABELS["due_on"]),
        )
        issued = await supervision.order(desk.services, desk.signed_in, wanted, posted.once)
        return f"/rectifications/{issued['id']}"

    return await done(desk, posted, ORDER_LABELS, Way("/findings", "返回监测发现"), do)


@router.get("/rectifications/{matter_id}")
async def order(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    shown = await supervision.view_order(desk.services, desk.signed_in, matter_id)
    await _learn(desk, shown)
    return desk.page("supervision/order.html", HERE, order=shown, timeline=shown["timeline"])


@router.get("/major-problems")
async def reports(desk: AtDesk, cursor: str = "") -> Response:
    user = desk.signed_in
    found = await list_matters(desk.services, user, procedure=Procedure.PROBLEM.value, cursor=cursor or None)
    async with desk.services.database.transaction(user.scope) as session:
        await desk.learn(session, {item["division"] for item in found.items})
    return desk.page(
        "supervision/problems.html",
        "problems",
        problems=found.items,
        next_page=found.next,
        topics=list(ProblemTopic),
        levels=reports_to(user.post) if may_report(user.post) else (),
        topic_labels={topic.value: topic.label for topic in ProblemTopic},
        level_labels={level.value: level.label for level in Level},
    )


@router.post("/major-problems")
async def report(desk: AtDesk, posted: FromForm) -> Response:
    async def do() -> str:
        topic, to = posted.text("topic"), posted.text("to")
        if topic not in set(ProblemTopic) or to not in set(Level):
            raise wrong_fields([Problem("/topic", "请选择问题类别和报告对象", "choose the topic and the level")])
        text = typed_text(posted, "text", REPORT_LABELS["text"])
        wanted = problems.WantedReport(ProblemTopic(topic), Level(to), text)
        reported = await problems.report(desk.services, desk.signed_in, wanted, posted.once)
        return f"/major-problems/{reported['id']}"

    return await done(desk, posted, REPORT_LABELS, Way("/major-problems", "返回重大问题报告"), do)


@router.get("/major-problems/{matter_id}")
async def one_report(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    shown = await problems.view_report(desk.services, desk.signed_in, matter_id)
    await _learn(desk, shown)
    return desk.page("supervision/problem.html", "problems", problem=shown, timeline=shown["timeline"])


async def _learn(desk: Desk, shown: dict[str, Any]) -> None:
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {shown["division"], *(task["office"]["division"] for task in shown["tasks"])})
