"""动态调整: what a department has adjusted, its lists with their rows, and the rows that came back to it."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from activities.imports.registry import KINDS
from api.errors import Refusal
from api.exchange import anomalies
from api.exchange.adjustments import Closed, close_adjustment, view_adjustment
from api.exchange.facts import facts_in_words
from api.exchange.lists_out import may_have_lists
from api.exchange.matters import list_matters
from api.exchange.settlement_reviews import view_settlement_review
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm, Posted
from policy.access import Action, may
from policy.adjustment_steps import PROVIDED
from policy.exchange_terms import AnomalyState
from policy.fields import Choice, Field, Kind, read_fields
from policy.procedures import Procedure
from policy.terms import Category, Department

router = APIRouter()
HERE = "matters"
CLOSING = (
    Field(
        "category",
        "对象类别",
        Kind.CHOICE,
        choices=tuple(Choice(category.value, category.label) for category in PROVIDED),
        clause="A-67",
    ),
    Field("adjusted_on", "调整完成日期", Kind.DATE, help="自该日起5个工作日内提供名单和证明", clause="A-30"),
)
WORDS = (Field("reason", "理由", Kind.TEXT),)
CELLS = frozenset(column.name for kind in KINDS.values() for column in kind.columns)
"""What of a form may be a cell that is typed anew, by the names of the columns."""
Doing = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Returned:
    """A row that came back, on the page of its matter that begins behind `cursor`."""

    matter_id: uuid.UUID
    row_id: uuid.UUID
    cursor: str


@router.get("/adjustments")
async def listing(desk: AtDesk, cursor: str = "") -> Response:
    return await _list(desk, Form("close"), cursor)


@router.post("/adjustments")
async def close(desk: AtDesk, posted: FromForm) -> Response:
    """An adjustment closed at any time: its list falls due."""
    posted.demand_fresh()
    values, problems = read_fields(CLOSING, answer_fields(CLOSING, Form("close", posted.typed)))
    wrong = wrongs(problems, "/fields/")
    if not wrong:
        closed = Closed(Category(values["category"]), date.fromisoformat(values["adjusted_on"]))
        try:
            made = await close_adjustment(desk.services, desk.signed_in, closed, posted.once)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            wrong = wrongs(refusal.problems) or (Wrong("", refusal.zh, refusal.en, refusal.clause),)
        else:
            return see_other(f"/adjustments/{made['id']}")
    return await _list(desk, Form("close", posted.typed, wrong), "", 422)


@router.get("/adjustments/{matter_id}")
async def show(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    found = await view_adjustment(desk.services, desk.signed_in, matter_id)
    await _learn(desk, found)
    return desk.page(
        "adjustments/adjustment.html",
        HERE,
        matter=found,
        own_list=found["adjustment"],
        facts=facts_in_words(found["facts"]),
        open_tasks=[task for task in found["tasks"] if task["state"] == "open"],
        timeline=found["timeline"],
        shows_outcome=desk.signed_in.post.department is not Department.FINANCE,
        may_provide=may(desk.signed_in.post, Action.UPLOAD_IDENTITY)
        and desk.signed_in.post.department.value == found["department"],
        may_have_lists=may_have_lists(desk.signed_in),
    )


@router.get("/anomalies/{matter_id}")
async def show_anomalies(desk: AtDesk, matter_id: uuid.UUID, cursor: str = "") -> Response:
    return await _anomalies(desk, matter_id, {}, cursor=cursor)


@router.post("/anomalies/{matter_id}/rows/{row_id}/correct")
async def correct(
    desk: AtDesk, posted: FromForm, matter_id: uuid.UUID, row_id: uuid.UUID, cursor: str = ""
) -> Response:
    """The cells as they stand in the form."""
    posted.demand_fresh()
    typed = {name: posted.text(name) for name in posted.typed if name in CELLS}

    async def act(_values: dict[str, Any]) -> None:
        correction = anomalies.Correction(typed)
        await anomalies.correct(desk.services, desk.signed_in, matter_id, row_id, correction, posted.once)

    return await _then(desk, posted, Returned(matter_id, row_id, cursor), (), act)


@router.post("/anomalies/{matter_id}/rows/{row_id}/confirm")
async def confirm(
    desk: AtDesk, posted: FromForm, matter_id: uuid.UUID, row_id: uuid.UUID, cursor: str = ""
) -> Response:
    posted.demand_fresh()

    async def act(values: dict[str, Any]) -> None:
        statement = anomalies.Statement(values["reason"])
        await anomalies.confirm(desk.services, desk.signed_in, matter_id, row_id, statement, posted.once)

    return await _then(desk, posted, Returned(matter_id, row_id, cursor), WORDS, act)


@router.post("/anomalies/{matter_id}/rows/{row_id}/withdraw")
async def withdraw(
    desk: AtDesk, posted: FromForm, matter_id: uuid.UUID, row_id: uuid.UUID, cursor: str = ""
) -> Response:
    posted.demand_fresh()

    async def act(values: dict[str, Any]) -> None:
        statement = anomalies.Statement(values["reason"])
        await anomalies.withdraw(desk.services, desk.signed_in, matter_id, row_id, statement, posted.once)

    return await _then(desk, posted, Returned(matter_id, row_id, cursor), WORDS, act)


@router.get("/settlement-reviews/{matter_id}")
async def show_settlement(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    found = await view_settlement_review(desk.services, desk.signed_in, matter_id)
    await _learn(desk, found)
    return desk.page(
        "adjustments/settlement.html",
        HERE,
        matter=found,
        open_tasks=[task for task in found["tasks"] if task["state"] == "open"],
        timeline=found["timeline"],
    )


async def _then(desk: Desk, posted: Posted, row: Returned, fields: tuple[Field, ...], act: Doing) -> Response:
    """Does it and leads back to the rows; what is wrong is told at its row, with all that was typed."""
    values, problems = read_fields(fields, answer_fields(fields, Form("row", posted.typed)))
    wrong, status = wrongs(problems, "/fields/"), 422
    if not wrong:
        try:
            await act(values)
        except Refusal as refusal:
            if refusal.status not in (403, 409, 422):
                raise
            status = refusal.status
            wrong = wrongs(refusal.problems, "/values/") or (Wrong("", refusal.zh, refusal.en, refusal.clause),)
    if wrong:
        forms = {str(row.row_id): Form("row", posted.typed, wrong)}
        return await _anomalies(desk, row.matter_id, forms, status, row.cursor)
    return see_other(f"/anomalies/{row.matter_id}{_page(row.cursor)}")


def _page(cursor: str) -> str:
    """Of the rows that came back, behind which one the page begins."""
    return f"?{urlencode({'cursor': cursor})}" if cursor else ""


async def _anomalies(
    desk: Desk, matter_id: uuid.UUID, forms: Mapping[str, Form], status: int = 200, cursor: str = ""
) -> Response:
    found = await anomalies.view_anomalies(desk.services, desk.signed_in, matter_id, cursor=cursor or None)
    await _learn(desk, found)
    mine = desk.signed_in.post.department.value == found["department"]
    return desk.page(
        "adjustments/anomalies.html",
        HERE,
        status,
        matter=found,
        open_tasks=[task for task in found["tasks"] if task["state"] == "open"],
        timeline=found["timeline"],
        forms=forms,
        empty=Form("row"),
        behind=_page(cursor),
        upload=next((row["upload"] for row in found["rows"] if row["upload"] and mine), None),
        words=WORDS,
        returned=AnomalyState.RETURNED.value,
        may_answer=mine and may(desk.signed_in.post, Action.UPLOAD_IDENTITY),
    )


async def _list(desk: Desk, form: Form, cursor: str, status: int = 200) -> Response:
    page = await list_matters(
        desk.services, desk.signed_in, procedure=Procedure.ADJUSTMENT.value, cursor=cursor or None
    )
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {matter["division"] for matter in page.items})
    return desk.page(
        "adjustments/list.html",
        HERE,
        status,
        matters=page.items,
        next_page=page.next,
        form=form,
        fields=CLOSING,
        may_close=may(desk.signed_in.post, Action.UPLOAD_IDENTITY),
    )


async def _learn(desk: Desk, found: Mapping[str, Any]) -> None:
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {found["division"], *(task["office"]["division"] for task in found["tasks"])})
