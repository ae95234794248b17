"""联络员名册 (C-19, C-34): the register, who has named nobody, and the list that is reported upward."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.exchange import liaison_register, liaisons
from api.exchange.handing_out import Form, handed_out
from api.exchange.liaison_out import liaison_list
from api.exchange.liaison_register import Asked
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At, Cursor, Limit
from policy.liaison import LiaisonState
from policy.terms import Department, Level, normal_division

router = APIRouter(prefix="/liaisons", tags=["supervision"])
Division = Annotated[str, Query(max_length=12, pattern=r"^\d*$")]
PartOfAName = Annotated[str, Query(max_length=20, pattern=r"^(\d{0,12}|[\u4e00-\u9fff]{1,20})$")]
"""Of a division's name, or its code; never of a person's."""
Name = Annotated[str, Field(max_length=50)]
Office = Annotated[str, Field(max_length=100)]
Telephone = Annotated[str, Field(max_length=30)]


class LiaisonBody(BaseModel):
    """Both days of a substitution are included."""

    model_config = ConfigDict(extra="forbid")

    lead_office: Office
    liaison: Name
    liaison_phone: Telephone
    cooperating_office: Office = ""
    specialist: Name = ""
    specialist_phone: Telephone = ""
    substitute: Name = ""
    substitute_phone: Telephone = ""
    substitute_from: date | None = None
    substitute_until: date | None = None
    starts_on: date
    ends_on: date | None = None

    @property
    def wanted(self) -> liaisons.WantedLiaison:
        return liaisons.WantedLiaison(**self.model_dump(exclude={"department"}))


class EntryBody(LiaisonBody):
    department: Department


class LastDayBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    last_day: date


def _asked(
    division: str,
    department: Department | None,
    level: Level | None,
    state: str = LiaisonState.VALID.value,
    q: str = "",
) -> Asked:
    return Asked(
        normal_division(division),
        department.value if department else "",
        level.value if level else "",
        "" if state == "all" else state,
        q,
    )


@router.get("")
async def register(
    services: At,
    user: User,
    division: Division = "",
    department: Department | None = None,
    level: Level | None = None,
    state: Annotated[str, Query(pattern=f"^({'|'.join(LiaisonState)}|all)$")] = LiaisonState.VALID.value,
    q: PartOfAName = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Those of the caller's area and above it; names and numbers whole in the caller's own area and, for its department, one
    level up and down, else masked. `state`: valid, coming, ended, all."""
    asked = _asked(division, department, level, state, q)
    found = await liaison_register.list_liaisons(services, user, asked, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


@router.get("/missing")
async def missing(
    services: At, user: User, division: Division = "", department: Department | None = None
) -> dict[str, Any]:
    """缺少联络员: offices of the caller's area that must name somebody and have nobody today."""
    code = department.value if department else ""
    found = await liaison_register.missing(services, user, division=normal_division(division), department=code)
    return {"items": found, "next": None}


@router.get("/list.{form}")
async def list_out(
    services: At, user: User, form: Form, division: Division = "", level: Level | None = None
) -> Response:
    """专项工作人员名单 of the caller's own department, as xlsx or PDF; logged."""
    asked = _asked(division, None, level)
    return await handed_out(await liaison_list(services, user, asked), "联络员名单", form)


@router.post("", status_code=201)
async def enter(services: At, user: User, body: EntryBody, key: KeyHeader = None) -> dict[str, Any]:
    """In the caller's own division, for its own department or, by the bureau's supervisor, for one without accounts."""
    return await liaisons.enter(services, user, body.department, body.wanted, key)


@router.get("/{liaison_id}")
async def one(services: At, user: User, liaison_id: uuid.UUID) -> dict[str, Any]:
    """An entry with the history of its office."""
    return await liaison_register.view_liaison(services, user, liaison_id)


@router.post("/{liaison_id}/changes", status_code=201)
async def change(
    services: At, user: User, liaison_id: uuid.UUID, body: LiaisonBody, key: KeyHeader = None
) -> dict[str, Any]:
    """A new entry that ends this one the day before; {id} of the new one."""
    return await liaisons.change(services, user, liaison_id, body.wanted, key)


@router.post("/{liaison_id}/end", status_code=204)
async def end(services: At, user: User, liaison_id: uuid.UUID, body: LastDayBody, key: KeyHeader = None) -> None:
    await liaisons.end(services, user, liaison_id, body.last_day, key)
