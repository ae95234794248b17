"""拨款批次: the list of the county, and one batch with what this person may do with it now."""

import uuid
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal, wrong_fields
from api.forms import Form, Wrong, wrongs
from api.money import batches
from api.money.gathering import gather
from api.money.lines import Said, approve_at_finance, approve_batch
from api.money.papers import payment_file, request_paper
from api.money.releasing import release
from api.money.views import MONEY_KINDS, list_batches, view_batch
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.filters import Filters
from api.pages.posted import FromForm, Posted
from api.rest.disbursements import handed_out
from policy.access import Action, may
from policy.fields import Field, Kind
from policy.payment_terms import DisbursementState
from policy.problems import Problem

router = APIRouter(prefix="/disbursements")
HERE = "disbursements"
CONTRACT = Field(
    "contract", "委托经办合同编号", Kind.LINE, required=False, help="委托经办机构办理的填写", clause="A-52"
)
REASON = Field("reason", "退回理由", Kind.TEXT)
SHOWN_AGAIN = (403, 409, 422, 429)
"""Refusals that are told on the batch's own page."""


@router.get("")
async def listing(desk: AtDesk, state: str = "", cursor: str = "") -> Response:
    chosen = {"state": state if state in set(DisbursementState) else ""}
    found = await list_batches(desk.services, desk.signed_in, chosen["state"], cursor=cursor or None)
    return desk.page(
        "disbursements/list.html",
        HERE,
        batches=found.items,
        next_page=found.next,
        states=list(DisbursementState),
        filters=Filters("/disbursements", chosen),
        may_prepare=may(desk.signed_in.post, Action.PREPARE_DISBURSEMENT),
    )


@router.post("")
async def prepare(desk: AtDesk, posted: FromForm) -> Response:
    """Gathers all that is open."""
    posted.demand_fresh()
    made = await batches.prepare(desk.services, desk.signed_in, None, posted.once)
    return see_other(f"/disbursements/{made['id']}")


@router.get("/{batch_id}")
async def show(desk: AtDesk, batch_id: uuid.UUID) -> Response:
    return await _page(desk, batch_id)


@router.post("/{batch_id}/lines")
async def take_out(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    async def act() -> None:
        remove = [uuid.UUID(payment) for payment in posted.typed.get("remove", [])]
        gathering = bool(posted.text("gather"))
        add = await _all_open(desk) if gathering else []
        if not add and not remove:
            zh = "没有可以补入的待申请款项" if gathering else "请先勾选要移出的款项"
            raise wrong_fields(
                [Problem("", zh, "there is nothing to add" if gathering else "tick what is to be taken out")]
            )
        await batches.change(desk.services, desk.signed_in, batch_id, add, remove)

    return await _then(desk, posted, batch_id, act)


@router.post("/{batch_id}/submit")
async def submit(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    async def act() -> None:
        await batches.submit(desk.services, desk.signed_in, batch_id, posted.text("contract") or None)

    return await _then(desk, posted, batch_id, act)


@router.post("/{batch_id}/cancel")
async def cancel(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    async def act() -> None:
        await batches.cancel(desk.services, desk.signed_in, batch_id)

    return await _then(desk, posted, batch_id, act)


@router.post("/{batch_id}/send-back")
async def send_back(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    async def act() -> None:
        await batches.send_back(desk.services, desk.signed_in, batch_id, posted.text("reason"))

    return await _then(desk, posted, batch_id, act)


@router.post("/{batch_id}/approve")
async def approve(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    async def act() -> Sequence[Said]:
        return await approve_batch(desk.services, desk.signed_in, batch_id)

    return await _then(desk, posted, batch_id, act)


@router.post("/{batch_id}/finance-approve")
async def finance_approve(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    async def act() -> Sequence[Said]:
        return await approve_at_finance(desk.services, desk.signed_in, batch_id)

    return await _then(desk, posted, batch_id, act)


@router.post("/{batch_id}/release")
async def releasing(desk: AtDesk, posted: FromForm, batch_id: uuid.UUID) -> Response:
    """The password is read as it was typed, and is never shown again."""
    password = posted.typed.pop("password", [""])[-1]

    async def act() -> None:
        sign_in = desk.request.app.state.sign_in
        await release(desk.services, sign_in, desk.signed_in, batch_id, password, posted.once)

    return await _then(desk, posted, batch_id, act)


@router.get("/{batch_id}/releases/{no}/payment.{form}")
async def bank_file(desk: AtDesk, batch_id: uuid.UUID, no: int, form: str) -> Response:
    return handed_out(
        await payment_file(desk.services, desk.signed_in, batch_id, no, "csv" if form == "csv" else "xlsx")
    )


@router.get("/{batch_id}/request.{form}")
async def paper(desk: AtDesk, batch_id: uuid.UUID, form: str) -> Response:
    return handed_out(await request_paper(desk.services, desk.signed_in, batch_id, "pdf" if form == "pdf" else "xlsx"))


async def _then(desk: Desk, posted: Posted, batch_id: uuid.UUID, act: Any) -> Response:
    """Does it and leads back to the batch; what was refused, as a whole or line by line, is told on its page."""
    posted.demand_fresh()
    try:
        said = await act()
    except Refusal as refusal:
        if refusal.status not in SHOWN_AGAIN:
            raise
        problems = wrongs(refusal.problems) or (Wrong("", refusal.zh, refusal.en, refusal.clause),)
        return await _page(desk, batch_id, Form("batch", posted.typed, problems), status=refusal.status)
    refused = [one for one in said or () if one.refusal is not None]
    if refused:
        return await _page(desk, batch_id, refused=refused)
    return see_other(f"/disbursements/{batch_id}")


async def _page(
    desk: Desk,
    batch_id: uuid.UUID,
    form: Form | None = None,
    refused: Sequence[Said] = (),
    status: int = 200,
) -> Response:
    user = desk.signed_in
    batch = await view_batch(desk.services, user, batch_id)
    async with desk.services.database.transaction(user.scope) as session:
        await desk.learn(session, {batch["division"]})
    return desk.page(
        "disbursements/batch.html",
        HERE,
        status=status,
        batch=batch,
        form=form or Form("batch"),
        refused=refused,
        contract_field=CONTRACT,
        reason_field=REASON,
        may={
            "prepare": may(user.post, Action.PREPARE_DISBURSEMENT),
            "approve": may(user.post, Action.APPROVE_DISBURSEMENT),
            "review": may(user.post, Action.REVIEW_DISBURSEMENT),
            "release": may(user.post, Action.RELEASE_PAYMENT),
        },
        waiting=_waiting(batch),
    )


def _waiting(batch: dict[str, Any]) -> dict[str, int]:
    """How many lines wait for each step; `to_release`: approved by finance and not released."""
    inside = [line for line in batch["items"] if line["line_state"] == "in"]
    counts = {kind: sum(1 for line in inside if line["waits_for"] == kind) for kind in MONEY_KINDS}
    unreleased = [line for line in inside if line["attempt_state"] == "open" and not line["release"]]
    return {**counts, "to_release": sum(1 for line in unreleased if line["waits_for"] == "transfer")}


async def _all_open(desk: Desk) -> list[uuid.UUID]:
    """Every payment of the county whose request is open and that lies in no batch."""
    user = desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        found = await gather(session, user.id, None)
        return [line["payment"] for line in found.lines]
