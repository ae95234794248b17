"""一户（人）一条救助链 of a person; from above the county its reason is asked for first, and recorded."""

import uuid

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.exchange.chain import chain_of
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.desk import AtDesk, Desk
from api.pages.posted import FromForm
from policy.access import Action
from policy.fields import Field, Kind, read_fields

router = APIRouter(prefix="/people")
REASON = (Field("reason", "查看理由", Kind.LINE, help="写入查询记录", clause="C-22"),)
NOT_YOURS = "您的岗位不能查看救助链"


@router.get("/{person_id}/chain")
async def show(desk: AtDesk, person_id: uuid.UUID) -> Response:
    desk.demand(Action.VIEW_CHAIN, NOT_YOURS)
    try:
        return await _chain(desk, person_id, None)
    except Refusal as refusal:
        if refusal.code != "reason-needed":
            raise
        return _asks(desk, person_id, Form("reason"))


@router.post("/{person_id}/chain")
async def show_with_reason(desk: AtDesk, posted: FromForm, person_id: uuid.UUID) -> Response:
    """The answer stands on the page that asked: the reason may name somebody, and stays out of addresses."""
    desk.demand(Action.VIEW_CHAIN, NOT_YOURS)
    form = Form("reason", posted.typed)
    if posted.stale:
        return _asks(desk, person_id, Form(form.id, form.typed, (Wrong("", posted.stale.zh, posted.stale.en),)))
    values, problems = read_fields(REASON, answer_fields(REASON, form))
    if problems:
        return _asks(desk, person_id, Form(form.id, form.typed, wrongs(problems)))
    return await _chain(desk, person_id, values["reason"])


async def _chain(desk: Desk, person_id: uuid.UUID, reason: str | None) -> Response:
    chain = await chain_of(desk.services, desk.signed_in, person_id, reason)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {chain["person"]["division"]})
    names = {person["id"]: person["name"] for person in (chain["person"], *chain["household"])}
    return desk.page("people/chain.html", "people", chain=chain, names=names)


def _asks(desk: Desk, person_id: uuid.UUID, form: Form) -> Response:
    status = 422 if form.problems else 200
    return desk.page("people/chain_reason.html", "people", status=status, person=person_id, fields=REASON, form=form)
