"""The people of a unit: who they are, who is away, who has left."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.identity import User
from api.rest.dependencies import At
from api.teamwork import absences, staff
from policy.terms import normal_division

router = APIRouter(tags=["staff"])


class AbsenceBody(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    first_day: Annotated[date, Field(alias="from")]
    last_day: Annotated[date, Field(alias="to")]
    substitute: Annotated[str, Field(min_length=1, max_length=120)]


class LeaveBody(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    successor: Annotated[str | None, Field(max_length=120)] = None


@router.get("/staff")
async def listing(
    services: At, user: User, division: Annotated[str, Query(pattern=r"^\d{0,12}$")] = ""
) -> dict[str, Any]:
    """The caller's unit; an administrator may name a division of the area."""
    return {"items": await staff.staff_of(services, user, normal_division(division)), "next": None}


@router.post("/staff/{username}/absences", status_code=201)
async def enter_absence(services: At, user: User, username: str, body: AbsenceBody) -> dict[str, Any]:
    """In these days the substitute has the person's tasks and box, and answers for them."""
    return await absences.enter_absence(services, user, username, body.first_day, body.last_day, body.substitute)


@router.delete("/absences/{absence_id}", status_code=204)
async def end_absence(services: At, user: User, absence_id: uuid.UUID) -> Response:
    await absences.end_absence(services, user, absence_id)
    return Response(status_code=204)


@router.post("/staff/{username}/leave")
async def leave(services: At, user: User, username: str, body: LeaveBody | None = None) -> dict[str, Any]:
    """Closes the account and gives on all its open tasks; says how many."""
    return await staff.leave(services, user, username, body.successor if body else None)


@router.post("/staff/{username}/return")
async def come_back(services: At, user: User, username: str) -> dict[str, Any]:
    return await staff.come_back(services, user, username)
