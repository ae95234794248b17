"""Applications: filing one, looking at one, listing them."""

import json
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.case_view import view_case
from api.errors import not_allowed, wrong_fields
from api.filing.application import file_application, has_first_task
from api.filing.shape import Filing
from api.idempotency import KeyHeader
from api.identity import CurrentUser, User
from api.prefer import PreferHeader, wait_seconds, wait_until
from api.presentation import json_object
from api.rest.dependencies import At, Cursor, Limit
from api.searching import codes_only
from api.services import Services
from api.wrong_shape import shape_problem
from policy.access import Action, may
from policy.terms import ApplicationStatus, Category, normal_division
from store import lists
from store.paging import Page

router = APIRouter(tags=["applications"])
SHAPE = Filing.model_json_schema(ref_template="#/components/schemas/{model}")
PARTS: dict[str, Any] = SHAPE.pop("$defs")
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": SHAPE}}}}


@router.post("/applications", status_code=201, openapi_extra=BODY)
async def file(
    request: Request, services: At, user: User, prefer: PreferHeader = None, key: KeyHeader = None
) -> JSONResponse:
    """Files an application. Every wrong field is reported at once. Waits for the first task as `Prefer: wait=N` says."""
    filed = await file_application(services, user, await read_json(request), key)

    async def opened() -> bool:
        return await has_first_task(services, user, filed.id)

    await wait_until(opened, wait_seconds(prefer))
    return JSONResponse(filed.body(), 201, {"Location": f"/api/v1/applications/{filed.id}"})


@router.get("/applications/{application_id}")
async def show(services: At, user: User, application_id: uuid.UUID) -> dict[str, Any]:
    """One case, personal fields masked by role; each look is logged."""
    return await view_case(services, user, application_id)


@router.get("/applications")
async def listing(
    services: At,
    user: User,
    status: ApplicationStatus | None = None,
    division: Annotated[str, Query(max_length=12, pattern=r"^\d*$")] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Cases of the caller's area, latest first, without personal data."""
    found = await list_cases(services, user, status, division, q, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


async def list_cases(
    services: Services,
    user: CurrentUser,
    status: ApplicationStatus | None,
    division: str,
    q: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The page of cases that a reader may list. Raises Refusal, paging.BadCursor."""
    word = codes_only(q)
    if not may(user.post, Action.VIEW_APPLICATIONS):
        raise not_allowed("您的岗位不能查看案件")
    async with services.database.transaction(user.scope) as session:
        found = await lists.applications(
            session,
            status=status.value if status else "",
            division=normal_division(division),
            q=word,
            cursor=cursor,
            limit=limit,
        )
    return Page([_labelled(row) for row in found.items], found.next)


def _labelled(row: dict[str, Any]) -> dict[str, Any]:
    labels = {
        "status_label": ApplicationStatus(row["status"]).label,
        "category_label": Category(row["category"]).label,
    }
    return json_object(row | labels)


async def read_json(request: Request) -> Any:
    """The body as JSON. Raises Refusal where it is none."""
    try:
        return json.loads(await request.body())
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise wrong_fields([shape_problem("json_invalid", ())]) from None
