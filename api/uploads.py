"""Files handed in: read in memory within a limit counted while they stream, known by their first bytes, kept sealed."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from io import BytesIO

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.errors import Refusal, not_allowed, too_large
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.access import Action, may
from store.files import FileRow

MAGIC = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
ACCEPTED = "PDF、JPG、PNG、TIFF"


@dataclass(frozen=True)
class Kept:
    """A file as kept; `name` is what the person called it and goes nowhere but back to the page."""

    id: uuid.UUID
    sha256: str
    size: int
    media_type: str
    name: str

    def body(self) -> dict[str, str | int]:
        return {"file": str(self.id), "sha256": self.sha256, "size": self.size, "media_type": self.media_type}


class _Memory(BytesIO):
    _rolled = False  # what Starlette asks before writing: never on disk


class _InMemory(MultiPartParser):
    """Holds files in memory: what is handed in lies on disk sealed or not at all."""

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        part = self._current_part.file
        if part is not None:
            part.file.close()
            part.file = _Memory()


async def read_form(request: Request, largest: int) -> FormData:
    """A multipart form of at most `largest` bytes. Raises Refusal 413 as soon as more has come, 400 if malformed."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > largest:
        raise too_large(largest, "文件")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refusal(
            415, "multipart-needed", "请以表单方式（multipart/form-data）提交", "multipart/form-data is needed"
        )
    try:
        return await _InMemory(request.headers, _counted(request, largest)).parse()
    except MultiPartException:
        raise Refusal(400, "bad-request", "表单内容不完整或格式有误", "the form is malformed") from None


async def _counted(request: Request, largest: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            raise too_large(largest, "文件")
        yield chunk


async def keep_upload(services: Services, user: CurrentUser, upload: UploadFile, key: str | None = None) -> Kept:
    """Seals and stores one uploaded file. Raises Refusal for a wrong type, an empty or an oversized one."""
    if not may(user.post, Action.UPLOAD_FILE):
        raise not_allowed("您的岗位不能上传申请材料")
    content = await upload.read()
    name, media_type = upload.filename or "", _checked(content, services.options.largest_file)
    kept = Kept(uuid.uuid4(), hashlib.sha256(content).hexdigest(), len(content), media_type, name)
    once = Once(services, user, key, "files", [kept.sha256, name])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return replace(kept, id=uuid.UUID(earlier["file"]))
        await asyncio.to_thread(services.files.put, kept.id, content)
        session.add(
            FileRow(
                id=kept.id,
                division=user.division,
                origin="upload",
                media_type=media_type,
                size=kept.size,
                sha256=bytes.fromhex(kept.sha256),
                name_sealed=services.vault.seal("file", "name", kept.id, name),
                uploaded_by=user.id,
                created_at=services.clock.now(),
            )
        )
        await once.keep(session, 201, {"file": str(kept.id)})
    return kept


def _checked(content: bytes, largest: int) -> str:
    if not content:
        raise Refusal(422, "empty-file", "文件是空的，请重新选择", "the file is empty")
    if len(content) > largest:
        raise too_large(largest, "文件")
    for magic, media_type in MAGIC.items():
        if content.startswith(magic):
            return media_type
    raise Refusal(
        415,
        "unsupported-file",
        f"不支持这种文件，只能上传{ACCEPTED}（以文件内容为准，不看扩展名）",
        "unsupported file: PDF, JPG, PNG or TIFF by content",
    )
