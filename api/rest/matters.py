"""Matters of the exchange: lists, certificates, cycles, pushes, orders, each as one run of its procedure."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.exchange.matters import list_matters, view_matter
from api.exchange.months import MonthQuery, month_of
from api.identity import User
from api.rest.dependencies import At, Cursor, Limit
from policy.terms import normal_division

router = APIRouter(tags=["exchange"])


@router.get("/matters")
async def listing(
    services: At,
    user: User,
    procedure: Annotated[str, Query(max_length=40, pattern=r"^[a-z-]*$")] = "",
    month: MonthQuery = None,
    division: Annotated[str, Query(max_length=12, pattern=r"^\d*$")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Latest first. `month` is the month that the data belong to."""
    found = await list_matters(
        services,
        user,
        procedure=procedure,
        month=month_of(month) if month else None,
        division=normal_division(division) or "",
        cursor=cursor,
        limit=limit,
    )
    return {"items": found.items, "next": found.next}


@router.get("/matters/{matter_id}")
async def show(services: At, user: User, matter_id: uuid.UUID) -> dict[str, Any]:
    """One matter with its tasks and its timeline."""
    return await view_matter(services, user, matter_id)
