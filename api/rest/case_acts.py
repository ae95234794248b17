"""Acts on a whole case beside its steps, an answer taken back, two records of one person merged."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.case_acts.acting import act_on_case, outlook
from api.case_acts.merge import merge_people
from api.case_acts.recall import recall_answer
from api.idempotency import KeyHeader
from api.identity import CurrentUser, User
from api.prefer import PreferHeader, wait_seconds, wait_until
from api.rest.applications import read_json
from api.rest.dependencies import At
from api.services import Services
from policy.case_acts import CASE_ACTS, CaseAct
from policy.fields import fields_schema

router = APIRouter(tags=["case acts"])
Endpoint = Callable[..., Awaitable[dict[str, Any]]]


class Recall(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Annotated[str | None, Field(max_length=4000)] = None


class Merge(BaseModel):
    """`into` is the person that this record turned out to be; `names_differ`: that the names do is known."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    into: uuid.UUID
    names_differ: bool = False
    reason: Annotated[str, Field(min_length=2, max_length=4000)]


def _endpoint(declared: CaseAct) -> Endpoint:
    async def endpoint(
        request: Request,
        services: At,
        user: User,
        application_id: uuid.UUID,
        prefer: PreferHeader = None,
        key: KeyHeader = None,
    ) -> dict[str, Any]:
        sent = await read_json(request)
        return await act_and_wait(services, user, application_id, declared.name, sent, wait_seconds(prefer), key)

    endpoint.__doc__ = f"{declared.label}（{declared.clause}）。"
    return endpoint


def _body(declared: CaseAct) -> dict[str, Any]:
    schema = fields_schema(declared.fields)
    schema["properties"] |= {name: {"type": "string" if name == "category" else "object"} for name in declared.parts}
    schema["properties"] |= {"done_on": {"type": "string", "format": "date"}, "paper_reason": {"type": "string"}}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


for _act in CASE_ACTS.values():
    router.add_api_route(
        f"/applications/{{application_id}}/{_act.name}",
        _endpoint(_act),
        methods=["POST"],
        name=_act.name,
        openapi_extra=_body(_act),
    )


@router.post("/tasks/{task_id}/recall")
async def recall(
    services: At, user: User, task_id: uuid.UUID, body: Recall, prefer: PreferHeader = None, key: KeyHeader = None
) -> dict[str, Any]:
    """Takes the last answer back, as long as nobody has taken up the next step (R-RECALL)."""
    return await recall_and_wait(services, user, task_id, body.reason, wait_seconds(prefer), key)


@router.post("/people/{person_id}/merge")
async def merge(services: At, user: User, person_id: uuid.UUID, body: Merge, key: KeyHeader = None) -> dict[str, Any]:
    """Two records of one person, entered under a wrong ID number, become one (R-MERGE)."""
    return await merge_people(services, user, person_id, body.into, body.reason, key, names_differ=body.names_differ)


async def act_and_wait(
    services: Services,
    user: CurrentUser,
    application_id: uuid.UUID,
    name: str,
    sent: Any,
    wait: float,
    key: str | None = None,
) -> dict[str, Any]:
    """Acts, and says how the case stands once its procedure has caught up, or the seconds have passed. Raises Refusal."""
    after = await act_on_case(services, user, application_id, name, sent, key)
    return await _caught_up(services, user, application_id, name, after, wait)


async def recall_and_wait(
    services: Services,
    user: CurrentUser,
    task_id: uuid.UUID,
    reason: str | None,
    wait: float,
    key: str | None = None,
) -> dict[str, Any]:
    after = await recall_answer(services, user, task_id, reason, key)
    return await _caught_up(services, user, uuid.UUID(after["subject"]["id"]), "recall", after, wait)


async def _caught_up(
    services: Services,
    user: CurrentUser,
    application_id: uuid.UUID,
    name: str,
    after: dict[str, Any],
    wait: float,
) -> dict[str, Any]:
    if not wait or after["settled"]:
        return after

    async def settled() -> bool:
        return bool((await outlook(services, user, application_id, name))["settled"])

    await wait_until(settled, wait)
    return await outlook(services, user, application_id, name)
