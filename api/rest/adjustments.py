"""Dynamic adjustments: closed by a department, provided by upload (kind `adjustment`), seen with their rows."""

import uuid
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.exchange.adjustments import Closed, close_adjustment, view_adjustment
from api.exchange.matters import list_matters
from api.exchange.months import MonthQuery, month_of
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At, Cursor, Limit
from policy.procedures import Procedure
from policy.terms import Category

router = APIRouter(prefix="/adjustments", tags=["exchange"])


class Adjusted(BaseModel):
    """`adjusted_on`: the day on which the department closed its adjustment; T-DYN counts from it."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    adjusted_on: date


@router.post("", status_code=201)
async def close(services: At, user: User, body: Adjusted, key: KeyHeader = None) -> JSONResponse:
    """A department has adjusted at any time: its list and certificate fall due."""
    made = await close_adjustment(services, user, Closed(body.category, body.adjusted_on), key)
    return JSONResponse(made, 201, {"Location": f"/api/v1/adjustments/{made['id']}"})


@router.get("")
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


@router.get("/{matter_id}")
async def show(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    """One list with its counts, its rows as far as the reader may see them, what went back, its receipts."""
    return await view_adjustment(services, user, matter_id)
