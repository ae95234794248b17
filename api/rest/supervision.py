"""Monitoring: findings, orders to put them right, major problems, agreements, joint reviews, provincial comparisons."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.exchange import agreements, comparisons, problems, review_paper, reviews, supervision
from api.exchange.findings import STATES, counted, list_findings
from api.exchange.handing_out import pdf_of
from api.exchange.matters import list_matters
from api.exchange.months import MonthQuery, month_of
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At, Cursor, Limit
from notifications.typesetting import PDF
from policy.agreement import SharedData
from policy.joint_review import ReviewMark
from policy.procedures import Procedure
from policy.provincial_comparison import DifferenceCause, Side
from policy.supervision import FindingKind, ProblemTopic
from policy.terms import Department, Level, normal_division

router = APIRouter(tags=["supervision"])
Division = Annotated[str, Query(max_length=12, pattern=r"^\d*$")]
Words = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
Chosen = Annotated[list[uuid.UUID], Field(min_length=1, max_length=500)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrderBody(Body):
    findings: Annotated[list[uuid.UUID], Field(min_length=1, max_length=supervision.LONGEST_LIST)]
    text: Words
    due_on: date


class ProblemBody(Body):
    topic: ProblemTopic
    to: Level
    text: Words


class AgreementBody(Body):
    """`data_lists`: by partner, the kinds of data that may be given to it: nothing else may."""

    number: Annotated[str, Field(min_length=1, max_length=200)]
    data_lists: dict[Department, list[SharedData]]
    duties: Words
    signed_on: date
    starts_on: date
    ends_on: date | None = None


class EndBody(Body):
    last_day: date


class MarkBody(Body):
    rows: Chosen
    mark: ReviewMark


class CauseBody(Body):
    items: Chosen
    cause: DifferenceCause
    note: Annotated[str, Field(max_length=1000)] = ""


@router.get("/findings")
async def findings(
    services: At,
    user: User,
    month: MonthQuery = None,
    division: Division = "",
    kind: FindingKind | None = None,
    state: Annotated[str, Query(pattern=f"^({'|'.join(STATES)})?$")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What monitoring has found, latest first."""
    found = await list_findings(
        services,
        user,
        month=month_of(month) if month else None,
        division=normal_division(division) or "",
        kind=kind.value if kind else "",
        state=state,
        cursor=cursor,
        limit=limit,
    )
    return {"items": found.items, "next": found.next}


@router.get("/findings/counts")
async def finding_counts(
    services: At, user: User, month: Annotated[str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")], division: Division = ""
) -> dict[str, Any]:
    """How many of each kind; `found` is null for what nothing measures yet."""
    return {"items": await counted(services, user, month_of(month), normal_division(division) or "")}


@router.post("/rectifications", status_code=201)
async def issue_order(services: At, user: User, body: OrderBody, key: KeyHeader = None) -> dict[str, Any]:
    """督促整改: one order on findings of one county."""
    wanted = supervision.WantedOrder(tuple(body.findings), body.text, body.due_on)
    return await supervision.order(services, user, wanted, key)


@router.get("/rectifications")
async def orders(
    services: At, user: User, division: Division = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    return await _matters(services, user, Procedure.RECTIFICATION, None, division, cursor, limit)


@router.get("/rectifications/{matter_id}")
async def one_order(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    """Its findings, its words, each round's reply and verification."""
    return await supervision.view_order(services, user, matter_id)


@router.post("/problems", status_code=201)
async def report_problem(services: At, user: User, body: ProblemBody, key: KeyHeader = None) -> dict[str, Any]:
    """重大问题报告: upward, to the city or the province."""
    return await problems.report(services, user, problems.WantedReport(body.topic, body.to, body.text), key)


@router.get("/problems")
async def reports(
    services: At, user: User, division: Division = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    return await _matters(services, user, Procedure.PROBLEM, None, division, cursor, limit)


@router.get("/problems/{matter_id}")
async def one_report(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    return await problems.view_report(services, user, matter_id)


@router.post("/agreements", status_code=201)
async def enter_agreement(services: At, user: User, body: AgreementBody, key: KeyHeader = None) -> dict[str, Any]:
    wanted = agreements.WantedAgreement(
        body.number,
        {department: tuple(kinds) for department, kinds in body.data_lists.items()},
        body.duties,
        body.signed_on,
        body.starts_on,
        body.ends_on,
    )
    return await agreements.enter(services, user, wanted, key)


@router.get("/agreements")
async def agreement_list(services: At, user: User, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """The register, and `lacking`: the partners with which the caller's division shares without one today."""
    found = await agreements.list_agreements(services, user, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next, "lacking": await agreements.lacking(services, user)}


@router.post("/agreements/{agreement_id}/end", status_code=204)
async def end_agreement(
    services: At, user: User, agreement_id: uuid.UUID, body: EndBody, key: KeyHeader = None
) -> None:
    await agreements.end(services, user, agreement_id, body.last_day, key)


@router.get("/reviews")
async def review_list(
    services: At,
    user: User,
    month: MonthQuery = None,
    division: Division = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """集中复核 by the month that the data belong to."""
    return await _matters(services, user, Procedure.REVIEW, month, division, cursor, limit)


@router.get("/reviews/{matter_id}")
async def one_review(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    """Its rows stand here for the county itself; above it there are counts only."""
    return await reviews.view_review(services, user, matter_id)


@router.get(
    "/reviews/{matter_id}/summary.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "PDF/A-2b"}},
)
async def review_summary(services: At, user: User, matter_id: uuid.UUID) -> Response:
    """集中复核汇总表: counts, what was left out, and who signed; to be signed and sealed by every department."""
    paper = await review_paper.review_summary(services, user, matter_id)
    return await pdf_of(paper, "集中复核汇总表")


@router.post("/reviews/{matter_id}/marks")
async def mark_rows(
    services: At, user: User, matter_id: uuid.UUID, body: MarkBody, key: KeyHeader = None
) -> dict[str, Any]:
    """剔重核对: what the bureau says of these rows."""
    return await reviews.mark_rows(services, user, matter_id, body.rows, body.mark, key)


@router.get("/comparisons")
async def comparison_list(
    services: At,
    user: User,
    month: MonthQuery = None,
    division: Division = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """省级名单比对 by month."""
    return await _matters(services, user, Procedure.COMPARISON, month, division, cursor, limit)


@router.get("/comparisons/confirmed")
async def confirmed_list(
    services: At, user: User, month: Annotated[str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
) -> dict[str, Any]:
    """A county's own part of the list that its city has confirmed."""
    return {"items": await comparisons.confirmed_here(services, user, month_of(month))}


@router.get("/comparisons/{matter_id}")
async def one_comparison(services: At, user: User, matter_id: uuid.UUID, side: Side | None = None) -> dict[str, Any]:
    return await comparisons.view_comparison(services, user, matter_id, side)


@router.post("/comparisons/{matter_id}/causes")
async def explain(
    services: At, user: User, matter_id: uuid.UUID, body: CauseBody, key: KeyHeader = None
) -> dict[str, Any]:
    """One cause for one or many differences."""
    wanted = comparisons.WantedCause(tuple(body.items), body.cause, body.note)
    return await comparisons.explain(services, user, matter_id, wanted, key)


async def _matters(
    services: At, user: User, procedure: Procedure, month: str | None, division: str, cursor: str | None, limit: int
) -> dict[str, Any]:
    found = await list_matters(
        services,
        user,
        procedure=procedure.value,
        month=month_of(month) if month else None,
        division=normal_division(division) or "",
        cursor=cursor,
        limit=limit,
    )
    return {"items": found.items, "next": found.next}
