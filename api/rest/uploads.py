"""Tables that offices hand in, as programs do it: the file, what became of its rows, the receipt, the empty form."""

import uuid
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from api.idempotency import KeyHeader
from api.identity import CurrentUser, User
from api.rest.dependencies import At, Cursor, Limit
from api.rest.files import ENVELOPE
from api.services import Services
from api.table_uploads import Handed, take_in_table
from api.upload_decisions import commit_upload, discard_upload
from api.upload_forms import empty_form
from api.upload_view import kind_of, list_uploads, receipt_of, view_upload
from api.uploads import read_form

router = APIRouter(tags=["uploads"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = {
    "type": "object",
    "required": ["file", "kind"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "kind": {"type": "string"},
        "division": {"type": "string"},
        "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
        "preview": {"type": "string", "enum": ["true", "false"]},
        "continues": {"type": "string", "format": "uuid"},
    },
}
BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}}


@router.post("/uploads", status_code=202, openapi_extra=BODY)
async def upload(request: Request, services: At, user: User, key: KeyHeader = None) -> JSONResponse:
    """Takes a table in, to be read after the answer. 200 for the very same file of before: the upload of that time.

    With `preview=true` it is only looked at, until `commit` or `discard`. `continues` names the upload of whose receipt it
    is the corrected one; a receipt of ours says so itself.
    """
    form = await read_form(request, services.options.largest_file + ENVELOPE)
    taken = await take_in_table(services, user, Handed.of(form), key)
    return JSONResponse(taken.body(), 200 if taken.duplicate else 202, {"Location": f"/api/v1/uploads/{taken.id}"})


@router.get("/uploads")
async def listing(
    services: At,
    user: User,
    kind: Annotated[str, Query(max_length=40, pattern=r"^\w*$")] = "",
    month: Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The uploads of one's department, latest first."""
    found = await list_uploads(services, user, kind=kind, month=month, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


@router.get("/uploads/templates/{kind}.xlsx")
async def form_of(services: At, user: User, kind: str) -> Response:
    """The empty form of a kind, with drop-down lists for the reader's place and a sheet that explains it."""
    return await form_to_save(services, user, kind)


@router.get("/uploads/{upload_id}")
async def show(
    services: At, user: User, upload_id: uuid.UUID, after: Annotated[int, Query(ge=0, le=10**10)] = 0
) -> dict[str, Any]:
    """What became of a table: its counts, and why rows were not accepted (`after`: behind that row; `more_after` leads on)."""
    return await view_upload(services, user, upload_id, after=after)


@router.post("/uploads/{upload_id}/commit", status_code=202)
async def commit(services: At, user: User, upload_id: uuid.UUID, key: KeyHeader = None) -> dict[str, Any]:
    """Takes in a table that was looked at. Said twice, it is done once."""
    return await commit_upload(services, user, upload_id, key)


@router.post("/uploads/{upload_id}/discard")
async def discard(services: At, user: User, upload_id: uuid.UUID, key: KeyHeader = None) -> dict[str, Any]:
    """Throws away a table that was looked at; nothing of it was taken in."""
    return await discard_upload(services, user, upload_id, key)


@router.get("/uploads/{upload_id}/receipt.xlsx")
async def receipt(services: At, user: User, upload_id: uuid.UUID) -> Response:
    """The returned rows in the layout in which they came, each with its reasons; logged."""
    return workbook(await receipt_of(services, user, upload_id), "错误回执.xlsx")


async def form_to_save(services: Services, user: CurrentUser, kind: str) -> Response:
    return workbook(await empty_form(services, user, kind), f"{kind_of(kind).label}（模板）.xlsx")


def workbook(content: bytes, name: str) -> Response:
    """A workbook to be saved, never kept by the browser."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)
