"""Files: handing one in, reading one."""

import asyncio
import uuid
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.errors import not_allowed, not_found, wrong_fields
from api.idempotency import KeyHeader
from api.identity import CurrentUser, User
from api.rest.dependencies import At
from api.services import Services
from api.uploads import keep_upload, read_form
from policy.access import Action, may
from policy.problems import Problem
from store.applications import PublicityRow
from store.disclosure import Look, log_look
from store.files import FileRow

router = APIRouter(tags=["files"])
ENVELOPE = 16 * 1024
"""What a multipart body needs besides the file itself."""


@router.post("/files", status_code=201)
async def upload(request: Request, services: At, user: User, key: KeyHeader = None) -> dict[str, Any]:
    """Hands in one file as the form field `file`; its type is told by its content."""
    form = await read_form(request, services.options.largest_file + ENVELOPE)
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise wrong_fields([Problem("/file", "请选择文件（表单项 file）", "the form field `file` is needed")])
    return dict((await keep_upload(services, user, file, key)).body())


@router.get("/files/{file_id}")
async def read(services: At, user: User, file_id: uuid.UUID) -> Response:
    """The content of a file; each reading is logged."""
    row, content = await read_file(services, user, file_id)
    inert = {"Content-Security-Policy": "sandbox; default-src 'none'"} if row.origin == "upload" else {}
    # Browsers draw no PDF inside a sandbox; as a download it opens in the reader's own viewer.
    shown = "attachment" if row.media_type == "application/pdf" else "inline"
    return Response(content, media_type=row.media_type, headers={"Content-Disposition": shown, **inert})


async def read_file(services: Services, user: CurrentUser, file_id: uuid.UUID) -> tuple[FileRow, bytes]:
    """The row and the opened content. Raises Refusal 404 outside the area, 403 for a post that may not read it."""
    async with services.database.transaction(user.scope) as session:
        row = await session.get(FileRow, file_id)
        if row is None or row.origin == "payment_file":  # handed out by its batch alone
            raise not_found()
        if not await _may_read(session, user, row):
            raise not_allowed("您的岗位不能查看材料")
        look = Look(
            str(user.id),
            "application" if row.application_id else "file",
            row.application_id or row.id,
            row.division,
            "file.read",
            services.clock.now(),
        )
        log_look(session, look, [f"file {row.id}"])
        content = await asyncio.to_thread(services.files.get, row.id)
    return row, content


async def _may_read(session: AsyncSession, user: CurrentUser, row: FileRow) -> bool:
    """A poster, masked and hung up for everybody, is read by whoever may see the case."""
    if may(user.post, Action.READ_FILE):
        return True
    if not may(user.post, Action.VIEW_APPLICATIONS):
        return False
    return await session.scalar(select(PublicityRow.id).where(PublicityRow.poster_file == row.id)) is not None
