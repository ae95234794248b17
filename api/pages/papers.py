"""文书: official papers as print pages, in the words and the look that `notifications/papers.py` gives them."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse
from sqlalchemy import select

from activities.casework import NOTICE_PERIODS
from activities.correspondence import Correspondence
from activities.issuing import poster_paper, refusal_paper
from api.case_view import view_case
from api.errors import not_allowed, not_found, wrong_fields
from api.pages.case_papers import TITLES, Issuer, draw, papers_of
from api.pages.desk import NO_STORE, AtDesk, Desk
from api.pages.wording import MARKS, Wording
from api.parameter_name import parameter_name
from api.rest.files import read_file
from api.texts import CHINESE
from notifications.papers import (
    PAPER_STYLESHEET,
    CalculationLine,
    CalculationSheet,
    Paper,
    ParameterLine,
    render_paper,
)
from policy.access import Action, may
from policy.clock import today
from policy.deadlines import notice_last_day
from policy.money import on_paper
from policy.parameters import label as parameter_label
from policy.problems import Problem
from policy.terms import ApplicationStatus, Level
from store.applications import ApplicationRow, PublicityRow, RefusalRow
from store.disclosure import Look
from store.rulebook import load_rulebook

router = APIRouter()
STYLESHEET = "/static/paper.css"
NOTICE_LEVELS = {
    ApplicationStatus.TWP_PUBLICITY.value: Level.TOWNSHIP.value,
    ApplicationStatus.COUNTY_PUBLICITY.value: Level.COUNTY.value,
}
NOT_SHOWN = "（按岗位权限不显示）"


@router.get(STYLESHEET)
async def stylesheet() -> Response:
    return FileResponse(PAPER_STYLESHEET, media_type="text/css")


@router.get("/papers/{file_id}")
async def issued(desk: AtDesk, file_id: uuid.UUID) -> Response:
    """A paper as it was issued and kept; never made anew."""
    row, content = await read_file(desk.services, desk.signed_in, file_id)
    if row.origin != "paper":
        raise not_found()
    return Response(content, media_type=row.media_type, headers=NO_STORE)


@router.get("/cases/{application_id}/calculation")
async def calculation(desk: AtDesk, application_id: uuid.UUID) -> Response:
    """计算表 of the decision that counts: the approved one, else the newest. Not for finance: it repeats the costs."""
    if desk.signed_in.view.payment_only:
        raise not_allowed("您的岗位不能查看计算表")
    case = await view_case(desk.services, desk.signed_in, application_id, purpose="calculation sheet")
    if case["decision"] is None:
        raise not_found("本案尚未核算")
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {case["division"]})
    return _printable(_sheet(desk, case), application_id)


@router.get("/cases/{application_id}/papers/{name}")
async def drawn(desk: AtDesk, application_id: uuid.UUID, name: str) -> Response:
    """A paper that the record of the case can fill: receipt, list of missing papers, record of delivery."""
    if name not in TITLES:
        raise not_found()
    case = await view_case(desk.services, desk.signed_in, application_id, purpose=f"paper: {name}")
    if desk.law is None or name not in papers_of(case):
        raise not_found()
    rulebook = desk.law.rulebook(case["division"], today(desk.services.clock))
    paper = draw(name, case, Issuer(case["division_name"], rulebook))
    return _printable(paper, application_id)


@router.get("/cases/{application_id}/poster")
async def poster_to_post(desk: AtDesk, application_id: uuid.UUID, posted_on: str = "") -> Response:
    """公示 as it is to be put up, today or on the day that a paper entry names; kept as issued once that is answered."""
    user, services = desk.signed_in, desk.services
    if not may(user.post, Action.READ_FILE):
        raise not_allowed("您的岗位不能打印公示")
    now_day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, application_id)
        level = NOTICE_LEVELS.get(application.status) if application else None
        if application is None or level is None:
            raise not_found("本案目前没有待张贴的公示")
        day = _posting_day(posted_on, application.last_act_on, now_day)
        rulebook = await load_rulebook(session, application.division, now_day)
        key = NOTICE_PERIODS[level]
        last_day = notice_last_day(rulebook, key, day, pinned_on=application.submitted_on).nominal
        notice = PublicityRow(level=level, posted_on=day, last_day=last_day)
        now = services.clock.now()
        look = Look(str(user.id), "application", application.id, application.division, "poster to post", now)
        names = Correspondence(services.options.base_url, 0)
        paper = await poster_paper(session, services.vault, names, rulebook, application, notice, look)
    return _printable(paper, application_id)


@router.get("/cases/{application_id}/refusal-notice")
async def notice_to_issue(desk: AtDesk, application_id: uuid.UUID) -> Response:
    """附件5 as it would be issued today, without its number: read before the issuing is answered."""
    user, services = desk.signed_in, desk.services
    if not may(user.post, Action.READ_FILE):
        raise not_allowed("您的岗位不能预览告知书")
    day, now = today(services.clock), services.clock.now()
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, application_id)
        refusal = await session.scalar(select(RefusalRow).where(RefusalRow.application_id == application_id))
        if application is None or refusal is None or refusal.number_serial is not None:
            raise not_found("本案目前没有待制发的告知书")
        rulebook = await load_rulebook(session, application.division, day)
        look = Look(str(user.id), "application", application.id, application.division, "notice to issue", now)
        names = Correspondence(services.options.base_url, 0)
        paper = await refusal_paper(session, services.vault, names, rulebook, application, refusal, look, day)
    return _printable(paper, application_id)


def _posting_day(typed: str, not_before: date, now_day: date) -> date:
    """The day to print; today where none is named. Raises Refusal 422 for one that is no day of this notice."""
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else now_day
    except ValueError:
        raise wrong_fields(
            [Problem("/posted_on", "“张贴日”应为日期，如2025-03-12", "posted_on must be a date such as 2025-03-12")]
        ) from None
    if day > now_day:
        raise wrong_fields([Problem("/posted_on", "“张贴日”不能晚于今天", "posted_on lies in the future")])
    if day < not_before:
        zh = f"“张贴日”不能早于上一环节的{not_before.isoformat()}"
        raise wrong_fields([Problem("/posted_on", zh, f"the step before was on {not_before}")])
    return day


def _printable(paper: Paper, application_id: uuid.UUID) -> Response:
    page = render_paper(paper, stylesheet=STYLESHEET, back=f"/cases/{application_id}")
    return HTMLResponse(page, headers=NO_STORE)


def _sheet(desk: Desk, case: Mapping[str, Any]) -> CalculationSheet:
    decision = case["decision"]
    amount = decision["amount"]
    missing = [f"缺少参数：{parameter_name(key)}" for key in decision["missing"]]
    return CalculationSheet(
        demonstration=decision["demonstration"],
        case_number=case["number"],
        applicant_name=case["applicant"]["name"] if case["applicant"] else NOT_SHOWN,
        division_name=desk.name_of(case["division"]),
        category=case["category_label"],
        as_of=date.fromisoformat(decision["as_of"]),
        amount=Decimal(amount) if amount is not None else None,
        lines=tuple(
            CalculationLine(
                line["step"],
                line["formula"],
                on_paper(line["value"]),
                desk.cite(line["clause"]) if line["clause"] else None,
            )
            for line in decision["trace"]
        ),
        parameters=tuple(_parameter(parameter) for parameter in decision["parameters"]),
        remarks=(*(MARKS.get(mark, mark) for mark in decision["marks"]), *missing),
    )


def _parameter(parameter: Mapping[str, Any]) -> ParameterLine:
    return ParameterLine(
        parameter_label(parameter["key"]),
        Wording(CHINESE).worth(parameter),
        date.fromisoformat(parameter["effective_from"]),
        parameter["document"],
        MARKS.get(parameter["basis"], parameter["basis"]),
    )
