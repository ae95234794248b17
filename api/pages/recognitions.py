"""认定反馈: the department's inbox of persons, one person's case, and the settlements asked for it."""

import uuid
from typing import Any, Literal, cast

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.exchange.persons import works_with_lists
from api.exchange.recognitions import list_recognitions, view_recognition
from api.exchange.settlement_requests import Wanted, ask_settlements, view_request
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.filters import Filters
from api.pages.posted import FromForm
from policy.access import Action, may
from policy.exchange_terms import ListType
from policy.fields import Field, Kind, read_fields

router = APIRouter()
HERE = "recognitions"
STATES = {"": "全部", "open": "办理中", "closed": "已办结"}
REQUEST = (
    Field("reason", "申请理由", Kind.TEXT, help="写入查询记录"),
    Field("legal_basis", "法律依据", Kind.LINE, help="文件名称和条款"),
)


@router.get("/recognitions")
async def listing(desk: AtDesk, state: str = "open", list: str = "", cursor: str = "") -> Response:
    chosen = {"state": state if state in STATES else "", "list": list if list in {*ListType} else ""}
    found = await list_recognitions(
        desk.services,
        desk.signed_in,
        state=cast(Literal["", "open", "closed"], chosen["state"]),
        list_type=chosen["list"],
        cursor=cursor or None,
    )
    return desk.page(
        "pushes/recognitions.html",
        HERE,
        cases=found.items,
        next_page=found.next,
        states=STATES,
        lists=[*ListType],
        filters=Filters("/recognitions", chosen),
        may_feed_back=may(desk.signed_in.post, Action.UPLOAD_FEEDBACK),
    )


@router.get("/recognitions/{matter_id}")
async def show(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    return await _page(desk, matter_id, Form("settlements"))


@router.post("/recognitions/{matter_id}/settlement-requests")
async def ask(desk: AtDesk, posted: FromForm, matter_id: uuid.UUID) -> Response:
    form = Form("settlements", posted.typed)
    if posted.stale:
        return await _page(desk, matter_id, form, (Wrong("", posted.stale.zh, posted.stale.en),))
    values, problems = read_fields(REQUEST, answer_fields(REQUEST, form))
    if problems:
        return await _page(desk, matter_id, form, wrongs(problems))
    wanted = Wanted(matter_id, values["reason"], values["legal_basis"])
    try:
        made = await ask_settlements(desk.services, desk.signed_in, wanted, posted.once)
    except Refusal as refusal:
        return await _page(desk, matter_id, form, (Wrong("", refusal.zh, refusal.en, refusal.clause),))
    return see_other(f"/settlement-requests/{made['id']}")


@router.get("/settlement-requests/{request_id}")
async def request(desk: AtDesk, request_id: uuid.UUID) -> Response:
    """The settlements, once they have been granted; each look is logged."""
    return desk.page("pushes/request.html", HERE, request=await view_request(desk.services, desk.signed_in, request_id))


async def _page(desk: Desk, matter_id: uuid.UUID, form: Form, problems: tuple[Wrong, ...] = ()) -> Response:
    case: dict[str, Any] = await view_recognition(desk.services, desk.signed_in, matter_id)
    tasks = case.get("tasks", [])
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {case["division"], *(task["office"]["division"] for task in tasks)})
    user = desk.signed_in
    return desk.page(
        "pushes/recognition.html",
        HERE,
        status=422 if problems else 200,
        case=case,
        known="list" in case,
        open_tasks=[task for task in tasks if task["state"] == "open"],
        named=works_with_lists(user, case["division"]),
        timeline=case["timeline"],
        fields=REQUEST,
        form=Form(form.id, form.typed, problems),
        may_ask=may(user.post, Action.ASK_SETTLEMENTS) and not case["closed_at"] and "list" in case,
        may_see_chain=may(user.post, Action.VIEW_CHAIN),
    )
