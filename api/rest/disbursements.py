"""Disbursement batches 拨款批次: from the county's bureau over its leader and finance to the bank."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.idempotency import KeyHeader
from api.identity import User
from api.money import batches
from api.money.gathering import MOST_LINES
from api.money.lines import approve_at_finance, approve_batch, told
from api.money.papers import Made, payment_file, request_paper
from api.money.releasing import release
from api.money.views import list_batches, view_batch
from api.rest.dependencies import At, Cursor, Limit
from policy.payment_terms import DisbursementState

router = APIRouter(prefix="/disbursements", tags=["disbursements"])
Payments = Annotated[list[uuid.UUID], Field(max_length=MOST_LINES)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Preparation(_Body):
    """`payments`: these and no others; left out, all that is open in the county."""

    payments: Payments | None = None


class Change(_Body):
    add: Payments = []
    remove: Payments = []


class Submission(_Body):
    """`contract`: the number of the contract with an outsourced agency (A-52)."""

    contract: Annotated[str | None, Field(max_length=200)] = None


class SendingBack(_Body):
    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class Review(_Body):
    """`lines`: by their numbers; left out, all that wait for finance's review."""

    lines: Annotated[list[int] | None, Field(max_length=MOST_LINES)] = None


class Release(_Body):
    """The password of whoever releases, once more; empty only within a few minutes of having given it."""

    password: Annotated[str, Field(max_length=200)] = ""


@router.post("", status_code=201)
async def prepare(services: At, user: User, body: Preparation | None = None, key: KeyHeader = None) -> JSONResponse:
    """Gathers open payables into a batch; says which were left out and why."""
    made = await batches.prepare(services, user, body.payments if body else None, key)
    return JSONResponse(made, 201, {"Location": f"/api/v1/disbursements/{made['id']}"})


@router.get("")
async def listing(
    services: At,
    user: User,
    state: Annotated[DisbursementState | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    found = await list_batches(services, user, state.value if state else "", cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


@router.get("/{batch_id}")
async def show(services: At, user: User, batch_id: uuid.UUID) -> dict[str, Any]:
    """One batch: all its lines in whatever state, with counts and sums."""
    return await view_batch(services, user, batch_id)


@router.post("/{batch_id}/lines")
async def change(services: At, user: User, batch_id: uuid.UUID, body: Change) -> dict[str, Any]:
    return await batches.change(services, user, batch_id, body.add, body.remove)


@router.post("/{batch_id}/submit")
async def submit(services: At, user: User, batch_id: uuid.UUID, body: Submission | None = None) -> dict[str, Any]:
    await batches.submit(services, user, batch_id, body.contract if body else None)
    return await view_batch(services, user, batch_id)


@router.post("/{batch_id}/cancel")
async def cancel(services: At, user: User, batch_id: uuid.UUID) -> dict[str, Any]:
    await batches.cancel(services, user, batch_id)
    return await view_batch(services, user, batch_id)


@router.post("/{batch_id}/send-back")
async def send_back(services: At, user: User, batch_id: uuid.UUID, body: SendingBack) -> dict[str, Any]:
    await batches.send_back(services, user, batch_id, body.reason)
    return await view_batch(services, user, batch_id)


@router.post("/{batch_id}/approve")
async def approve(services: At, user: User, batch_id: uuid.UUID) -> dict[str, Any]:
    """The leader's approval; each line is submitted to finance and tells how that went."""
    return told(await approve_batch(services, user, batch_id))


@router.post("/{batch_id}/finance-approve")
async def finance_approve(services: At, user: User, batch_id: uuid.UUID, body: Review | None = None) -> dict[str, Any]:
    """Finance's caseworker approves the lines; single ones are queried or returned as tasks of their own."""
    return told(await approve_at_finance(services, user, batch_id, body.lines if body else None))


@router.post("/{batch_id}/release")
async def releasing(
    request: Request, services: At, user: User, batch_id: uuid.UUID, body: Release, key: KeyHeader = None
) -> dict[str, Any]:
    """Finance's supervisor releases what has been approved; the payment file is made and kept."""
    return await release(services, request.app.state.sign_in, user, batch_id, body.password, key)


@router.get("/{batch_id}/releases/{no}/payment.{form}")
async def bank_file(services: At, user: User, batch_id: uuid.UUID, no: int, form: Literal["xlsx", "csv"]) -> Response:
    """The payment file; downloaded again it is the same file, and pays nobody twice."""
    return handed_out(await payment_file(services, user, batch_id, no, form))


@router.get("/{batch_id}/request.{form}")
async def paper(services: At, user: User, batch_id: uuid.UUID, form: Literal["pdf", "xlsx"]) -> Response:
    """拨款申请表."""
    return handed_out(await request_paper(services, user, batch_id, form))


def handed_out(made: Made) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return Response(made.content, media_type=made.media_type, headers=headers)
