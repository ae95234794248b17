"""对接密钥: keys of partner systems, made and revoked by an administrator; a new one is shown once and never again."""

import uuid
from typing import Any

from fastapi import APIRouter, Response

from activities.imports.registry import KINDS
from api.errors import Refusal
from api.forms import Form, Wrong, wrongs
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm
from api.partners.keys import IDENTITIES, Wanted, demand_administrator, list_keys, make_key, revoke_key
from api.teamwork.staff import staff_of
from policy.terms import Role

router = APIRouter(prefix="/partners")
HERE = "partners"
FORM = "partner"
FETCHING = "获取对象身份"
"""What a key for `identities` is for."""


@router.get("")
async def listing(desk: AtDesk) -> Response:
    return await _page(desk, Form(FORM))


@router.post("")
async def make(desk: AtDesk, posted: FromForm) -> Response:
    """The page with the new key on it: it is in no address and is not stored by the browser."""
    if posted.stale:
        return await _page(desk, Form(FORM, posted.typed, (Wrong("", posted.stale.zh, posted.stale.en),)), status=422)
    wanted = Wanted(posted.text("name"), posted.text("account"), tuple(posted.typed.get("kinds", [])))
    if not wanted.name:
        problem = Wrong("name", "请填写对接系统的名称", "name the system")
        return await _page(desk, Form(FORM, posted.typed, (problem,)), status=422)
    try:
        made = await make_key(desk.services, desk.signed_in, wanted)
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        found = wrongs(refusal.problems) or (Wrong("account", refusal.zh, refusal.en),)
        return await _page(desk, Form(FORM, posted.typed, found), status=422)
    return await _page(desk, Form(FORM), made=made)


@router.post("/{key_id}/revoke")
async def revoke(desk: AtDesk, posted: FromForm, key_id: uuid.UUID) -> Response:
    posted.demand_fresh()
    await revoke_key(desk.services, desk.signed_in, key_id)
    return see_other("/partners")


async def _page(desk: Desk, form: Form, made: dict[str, Any] | None = None, status: int = 200) -> Response:
    demand_administrator(desk.signed_in)
    keys = await list_keys(desk.services, desk.signed_in)
    staff = await staff_of(desk.services, desk.signed_in)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {key["division"] for key in keys})
    return desk.page(
        "partners/list.html",
        HERE,
        status,
        keys=keys,
        form=form,
        made=made,
        kinds={code: kind.label for code, kind in KINDS.items()} | {IDENTITIES: FETCHING},
        accounts=[one for one in staff if one["active"] and one["role"] == Role.CASEWORKER.value],
    )
