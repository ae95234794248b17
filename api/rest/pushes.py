"""High-cost pushes (W09), recognitions (W10), and the settlements that civil affairs ask for (J-23)."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.months import MonthQuery, month_of
from api.exchange.pushes import list_pushes, view_push
from api.exchange.recognitions import list_recognitions, view_recognition
from api.exchange.settlement_requests import Wanted, ask_settlements, view_request
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At, Cursor, Limit
from policy.terms import normal_division

router = APIRouter(tags=["exchange"])


class RequestBody(BaseModel):
    """`recognition`: the id of the person's matter. `legal_basis`: the rule that the request rests on."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    recognition: uuid.UUID
    reason: Annotated[str, Field(min_length=2, max_length=500)]
    legal_basis: Annotated[str, Field(min_length=2, max_length=200)]


@router.get("/pushes")
async def pushes(
    services: At,
    user: User,
    month: MonthQuery = None,
    division: Annotated[str, Query(max_length=12, pattern=r"^\d*$")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Counts by month and division: the latest month first, in it what is open by its day (`due`). `month` is the month that the data belong to."""
    found = await list_pushes(
        services,
        user,
        month=month_of(month) if month else None,
        division=normal_division(division) or "",
        cursor=cursor,
        limit=limit,
    )
    return {"items": found.items, "next": found.next}


@router.get("/pushes/{matter_id}")
async def push(
    services: At, user: User, matter_id: uuid.UUID, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """One month, with the persons on its list for those who work with it; masked by role and logged."""
    return await view_push(services, user, matter_id, cursor=cursor, limit=limit)


@router.get("/recognitions")
async def recognitions(
    services: At,
    user: User,
    state: Literal["", "open", "closed"] = "",
    list_type: Annotated[Literal["", "falling_back", "falling_into"], Query(alias="list")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Latest first, each with what it waits for."""
    found = await list_recognitions(services, user, state=state, list_type=list_type, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


@router.get("/recognitions/{matter_id}")
async def recognition(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    """One person's case with its pushes, tasks and requests."""
    return await view_recognition(services, user, matter_id)


@router.post("/settlement-requests", status_code=201)
async def ask(services: At, user: User, body: RequestBody, key: KeyHeader = None) -> dict[str, Any]:
    """County civil affairs ask for the settlements of somebody under recognition; the bureau grants or refuses it."""
    return await ask_settlements(services, user, Wanted(body.recognition, body.reason, body.legal_basis), key)


@router.get("/settlement-requests/{request_id}")
async def request(services: At, user: User, request_id: uuid.UUID) -> dict[str, Any]:
    """The request and, once granted, costs and dates of the settlements; each look is logged."""
    return await view_request(services, user, request_id)
