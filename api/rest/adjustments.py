"""Dynamic adjustments: closed by a department, provided by upload (kind `adjustment`), seen with their rows."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.adjustments import Closed, close_adjustment, view_adjustment
from api.exchange.anomalies import LONGEST, SHOWN, Correction, Statement, confirm, correct, view_anomalies, withdraw
from api.exchange.matters import list_matters
from api.exchange.months import MonthQuery, month_of
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At, Cursor, Limit
from policy.procedures import Procedure
from policy.terms import Category

router = APIRouter(tags=["exchange"])
Text = Annotated[str, Field(max_length=LONGEST)]


class Adjusted(BaseModel):
    """`adjusted_on`: the day on which the department closed its adjustment; T-DYN counts from it."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    adjusted_on: date


class Corrected(BaseModel):
    """The cells that are to be read instead, by the names of the columns: {"id_number": "…"}."""

    model_config = ConfigDict(extra="forbid")

    values: Annotated[dict[str, Text], Field(max_length=40)]


class Stated(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=4000)]


@router.post("/adjustments", status_code=201)
async def close(services: At, user: User, body: Adjusted, key: KeyHeader = None) -> JSONResponse:
    """A department has adjusted at any time: its list and certificate fall due."""
    made = await close_adjustment(services, user, Closed(body.category, body.adjusted_on), key)
    return JSONResponse(made, 201, {"Location": f"/api/v1/adjustments/{made['id']}"})


@router.get("/adjustments")
async def listing(
    services: At, user: User, month: MonthQuery = None, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The lists that the reader's department takes part in, latest first."""
    found = await list_matters(
        services,
        user,
        procedure=Procedure.ADJUSTMENT.value,
        month=month_of(month) if month else None,
        cursor=cursor,
        limit=limit,
    )
    return {"items": found.items, "next": found.next}


@router.get("/adjustments/{matter_id}")
async def show(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    """One list with its counts, its rows as far as the reader may see them, what went back, its receipts."""
    return await view_adjustment(services, user, matter_id)


@router.get("/anomalies/{matter_id}")
async def show_anomalies(
    services: At, user: User, matter_id: uuid.UUID, cursor: Cursor = None, limit: Limit = SHOWN
) -> dict[str, Any]:
    """The rows of a batch that came back to a department, with why and what became of each; `next` leads on."""
    return await view_anomalies(services, user, matter_id, cursor=cursor, limit=limit)


@router.post("/anomalies/{matter_id}/rows/{row_id}/correct", status_code=204)
async def correct_row(
    services: At, user: User, matter_id: uuid.UUID, row_id: uuid.UUID, body: Corrected, key: KeyHeader = None
) -> None:
    """Typed anew; it is checked again at once."""
    await correct(services, user, matter_id, row_id, Correction(body.values), key)


@router.post("/anomalies/{matter_id}/rows/{row_id}/confirm", status_code=204)
async def confirm_row(
    services: At, user: User, matter_id: uuid.UUID, row_id: uuid.UUID, body: Stated, key: KeyHeader = None
) -> None:
    """The department stands by it, with its reason; only where it may know better than the register."""
    await confirm(services, user, matter_id, row_id, Statement(body.reason), key)


@router.post("/anomalies/{matter_id}/rows/{row_id}/withdraw", status_code=204)
async def withdraw_row(
    services: At, user: User, matter_id: uuid.UUID, row_id: uuid.UUID, body: Stated, key: KeyHeader = None
) -> None:
    """Taken off the list, with its reason."""
    await withdraw(services, user, matter_id, row_id, Statement(body.reason), key)
