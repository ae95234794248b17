"""Finding a person: by blind index, exactly, for a stated purpose, logged (C-22). Personal data stays out of addresses."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed
from api.exchange.chain import chain_of
from api.identity import CurrentUser, User
from api.presentation import json_object
from api.rest.dependencies import At
from api.services import Services
from policy.access import Action, PersonalView, may
from policy.identity_number import normal
from policy.masking import mask_id_number, mask_name
from policy.problems import Problem
from store.applications import ApplicationRow
from store.disclosure import Cell, Look, disclose, log_look
from store.people import PersonRow
from store.registration import LAST_FOUR, name_index, number_index

router = APIRouter(tags=["people"])
MOST = 50


class Search(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str | None, Field(max_length=100)] = None
    id_number: Annotated[str | None, Field(max_length=40)] = None
    last4: Annotated[str | None, Field(max_length=4)] = None
    purpose: Annotated[str, Field(min_length=2, max_length=200)]

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.name or self.id_number or self.last4):
            zh, en = "请填写姓名、身份证号码或后四位", "a name, an ID number or its end is needed"
            raise Refusal(422, "search-for-what", zh, en, [Problem("/name", zh, en)])
        return self


@router.post("/people/search")
async def search(services: At, user: User, wanted: Search) -> dict[str, Any]:
    """Exact matches within the caller's area. Everything asked for must match."""
    if not may(user.post, Action.SEARCH_PEOPLE):
        raise not_allowed("您的岗位不能查询人员")
    conditions = []
    if wanted.id_number:
        conditions.append(PersonRow.id_index == number_index(services.vault, wanted.id_number))
    if wanted.name:
        conditions.append(PersonRow.name_index == name_index(services.vault, wanted.name))
    if wanted.last4:
        conditions.append(PersonRow.last4_index == services.vault.blind(LAST_FOUR, normal(wanted.last4)))
    now = services.clock.now()
    async with services.database.transaction(user.scope) as session:
        people = await _found(session, conditions)
        merged = await _merged(session, people)
        if not people:  # that somebody is unknown here is an answer about them, too
            _log_in_vain(services, session, user, wanted.purpose, now)
        items = []
        for person in people:
            look = Look(str(user.id), "person", person.id, user.division, "people.search", now, wanted.purpose)
            opened = disclose(
                session, services.vault, look, {"person": Cell("person", "sealed", person.id, person.sealed)}
            )["person"]
            cases = await session.execute(
                select(ApplicationRow.id, ApplicationRow.number, ApplicationRow.status)
                .where(ApplicationRow.person_id == person.id)
                .order_by(ApplicationRow.id.desc())
            )
            full = user.view is PersonalView.FULL
            items.append(
                {
                    "id": person.id,
                    "name": opened["name"] if full else mask_name(opened["name"]),
                    "id_number": opened["id_number"] if full else mask_id_number(opened["id_number"]),
                    "division": person.division,
                    "merged": merged.get(person.id, []),
                    "applications": [dict(row) for row in cases.mappings()],
                }
            )
    return json_object({"items": items, "next": None})


async def _found(session: AsyncSession, conditions: Sequence[ColumnElement[bool]]) -> Sequence[PersonRow]:
    """Whoever matches; in place of a record that was merged, the person that it turned out to be (R-MERGE)."""
    matching = select(func.coalesce(PersonRow.merged_into, PersonRow.id)).where(*conditions)
    rows = await session.scalars(select(PersonRow).where(PersonRow.id.in_(matching)).order_by(PersonRow.id).limit(MOST))
    return rows.all()


async def _merged(session: AsyncSession, people: Sequence[PersonRow]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The records that were merged into each of them."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    wanted = select(PersonRow.id, PersonRow.merged_into).where(
        PersonRow.merged_into.in_([person.id for person in people])
    )
    for key, into in await session.execute(wanted.order_by(PersonRow.id)):
        if into is not None:
            found.setdefault(into, []).append(key)
    return found


def _log_in_vain(services: Services, session: AsyncSession, user: CurrentUser, words: str, now: datetime) -> None:
    """The entry of a search that found nobody: its subject is who searched, since there is no other."""
    sealed = services.vault.seal("access_log", "words", user.id, words)
    log_look(session, Look(str(user.id), "account", user.id, user.division, "people.search", now), [], sealed)


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Annotated[str, Field(min_length=2, max_length=200)]


@router.get("/people/{person_id}/chain")
async def chain(services: At, user: User, person_id: uuid.UUID) -> dict[str, Any]:
    """一户（人）一条救助链: identities, pushes, recognitions, applications, payments; masked by role, logged (C-05)."""
    return await chain_of(services, user, person_id)


@router.post("/people/{person_id}/chain")
async def chain_with_reason(services: At, user: User, person_id: uuid.UUID, why: Why) -> dict[str, Any]:
    """The same with a reason, which is recorded: from above the county only so. Nothing of it stands in an address."""
    return await chain_of(services, user, person_id, why.reason)
