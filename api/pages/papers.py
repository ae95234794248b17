"""文书: official papers as print pages, in the words and the look that `notifications/papers.py` gives them."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from api.case_view import view_case
from api.errors import not_allowed, not_found
from api.pages.case_papers import TITLES, Issuer, draw, papers_of
from api.pages.desk import NO_STORE, AtDesk, Desk
from api.pages.printing import STYLESHEET, printable
from api.pages.wording import MARKS, Wording
from api.parameter_name import parameter_name
from api.rest.files import read_file
from api.texts import CHINESE
from notifications.papers import (
    PAPER_STYLESHEET,
    CalculationLine,
    CalculationSheet,
    ParameterLine,
)
from policy.clock import today
from policy.money import on_paper
from policy.parameters import label as parameter_label

router = APIRouter()
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
    return printable(_sheet(desk, case), application_id)


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
    return printable(paper, application_id)


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
