"""支付: one payment with its attempts and bookings, and what is claimed back of it 追回."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.errors import Refusal, not_found
from api.forms import Form, Wrong, answer_fields, wrongs
from api.money import recoveries
from api.money.payment_view import view_payment
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm, Posted
from policy.access import Action, may
from policy.fields import Field, Kind, read_fields
from store.applications import ApplicationRow
from store.payments import RecoveryRow

router = APIRouter()
CLAIM = (
    Field("amount", "追回金额", Kind.MONEY),
    Field("reason", "追回原因", Kind.TEXT),
    Field("decided_on", "决定日期", Kind.DATE),
)
RECEIPT = (Field("received_on", "到账日期", Kind.DATE),)
Doing = Callable[[dict[str, Any]], Awaitable[Any]]


@router.get("/payments/{payment_id}")
async def show(desk: AtDesk, payment_id: uuid.UUID) -> Response:
    return await _page(desk, payment_id, Form("claim"))


@router.post("/payments/{payment_id}/recoveries")
async def propose(desk: AtDesk, posted: FromForm, payment_id: uuid.UUID) -> Response:
    async def act(values: dict[str, Any]) -> None:
        claim = recoveries.Claim(Decimal(values["amount"]), values["reason"], date.fromisoformat(values["decided_on"]))
        await recoveries.propose(desk.services, desk.signed_in, payment_id, claim, posted.once)

    return await _then(desk, posted, payment_id, CLAIM, act)


@router.post("/recoveries/{recovery_id}/approve")
async def approve(desk: AtDesk, posted: FromForm, recovery_id: uuid.UUID) -> Response:
    return await _decide(desk, posted, recovery_id, approved=True)


@router.post("/recoveries/{recovery_id}/refuse")
async def refuse(desk: AtDesk, posted: FromForm, recovery_id: uuid.UUID) -> Response:
    return await _decide(desk, posted, recovery_id, approved=False)


@router.post("/recoveries/{recovery_id}/receive")
async def receive(desk: AtDesk, posted: FromForm, recovery_id: uuid.UUID) -> Response:
    async def act(values: dict[str, Any]) -> None:
        received_on = date.fromisoformat(values["received_on"])
        await recoveries.receive(desk.services, desk.signed_in, recovery_id, received_on)

    return await _then(desk, posted, await _payment_of(desk, recovery_id), RECEIPT, act)


async def _decide(desk: Desk, posted: Posted, recovery_id: uuid.UUID, *, approved: bool) -> Response:
    async def act(_values: dict[str, Any]) -> None:
        await recoveries.decide(desk.services, desk.signed_in, recovery_id, approved=approved)

    return await _then(desk, posted, await _payment_of(desk, recovery_id), (), act)


async def _then(desk: Desk, posted: Posted, payment_id: uuid.UUID, fields: tuple[Field, ...], act: Doing) -> Response:
    """Reads the form, does it and leads back to the payment; what is wrong is told there, with all that was typed."""
    posted.demand_fresh()
    values, problems = read_fields(fields, answer_fields(fields, Form("claim", posted.typed)))
    wrong = wrongs(problems, "/fields/")
    status = 422
    if not wrong:
        try:
            await act(values)
        except Refusal as refusal:
            if refusal.status not in (403, 409, 422):
                raise
            status = refusal.status
            wrong = wrongs(refusal.problems) or (Wrong("", refusal.zh, refusal.en, refusal.clause),)
    if wrong:
        return await _page(desk, payment_id, Form("claim", posted.typed, wrong), status)
    return see_other(f"/payments/{payment_id}")


async def _payment_of(desk: Desk, recovery_id: uuid.UUID) -> uuid.UUID:
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        found = await session.scalar(select(RecoveryRow.payment_id).where(RecoveryRow.id == recovery_id))
    if found is None:
        raise not_found()
    return found


async def _page(desk: Desk, payment_id: uuid.UUID, form: Form, status: int = 200) -> Response:
    user = desk.signed_in
    payment = await view_payment(desk.services, user, payment_id)
    async with desk.services.database.transaction(user.scope) as session:
        number = await session.scalar(
            select(ApplicationRow.number).where(ApplicationRow.id == uuid.UUID(payment["application"]))
        )
    return desk.page(
        "payments/payment.html",
        "cases",
        status=status,
        payment=payment,
        number=number,
        form=form,
        claim_fields=CLAIM,
        receipt_fields=RECEIPT,
        may={
            "propose": may(user.post, Action.PROPOSE_RECOVERY) and payment["status"] == "confirmed",
            "approve": may(user.post, Action.APPROVE_RECOVERY),
            "receive": may(user.post, Action.RECEIVE_RECOVERY),
        },
    )
