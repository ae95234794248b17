"""Payments: their attempts, and what is claimed back of them 追回."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.idempotency import KeyHeader
from api.identity import User
from api.money import recoveries
from api.money.payment_view import view_payment
from api.rest.amounts import Yuan
from api.rest.dependencies import At

router = APIRouter(tags=["payments"])


class ClaimBody(BaseModel):
    """`decided_on`: the day on which it was decided to claim the amount back."""

    model_config = ConfigDict(extra="forbid")

    amount: Yuan
    reason: Annotated[str, Field(min_length=1, max_length=4000)]
    decided_on: date


class Receipt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    received_on: date


@router.get("/payments/{payment_id}")
async def show(services: At, user: User, payment_id: uuid.UUID) -> dict[str, Any]:
    """One payment with its attempts, its bookings and its recoveries."""
    return await view_payment(services, user, payment_id)


@router.post("/payments/{payment_id}/recoveries", status_code=201)
async def propose(
    services: At, user: User, payment_id: uuid.UUID, body: ClaimBody, key: KeyHeader = None
) -> dict[str, Any]:
    claim = recoveries.Claim(body.amount, body.reason, body.decided_on)
    return await recoveries.propose(services, user, payment_id, claim, key)


@router.get("/payments/{payment_id}/recoveries")
async def listing(services: At, user: User, payment_id: uuid.UUID) -> dict[str, Any]:
    return {"items": await recoveries.of_payment(services, user, payment_id), "next": None}


@router.post("/recoveries/{recovery_id}/approve", status_code=204)
async def approve(services: At, user: User, recovery_id: uuid.UUID) -> None:
    await recoveries.decide(services, user, recovery_id, approved=True)


@router.post("/recoveries/{recovery_id}/refuse", status_code=204)
async def refuse(services: At, user: User, recovery_id: uuid.UUID) -> None:
    await recoveries.decide(services, user, recovery_id, approved=False)


@router.post("/recoveries/{recovery_id}/receive", status_code=204)
async def receive(services: At, user: User, recovery_id: uuid.UUID, body: Receipt) -> None:
    await recoveries.receive(services, user, recovery_id, body.received_on)
