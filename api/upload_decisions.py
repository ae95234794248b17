"""A table that was looked at: taken in after all, or thrown away. Both once; said again, they change nothing."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.registry import KINDS
from api.errors import Refusal, not_allowed, not_found
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.access import may
from policy.procedures import Procedure
from policy.terms import UploadState
from store.outbox import start
from store.upload_fates import state_shown
from store.uploads import UploadRow, parts_of_upload, settle

TAKEN_IN = (UploadState.RECEIVED, UploadState.WORKING, UploadState.SPLIT, UploadState.DONE, UploadState.REFUSED)


async def commit_upload(
    services: Services, user: CurrentUser, upload: uuid.UUID, key: str | None = None
) -> dict[str, Any]:
    """Queues the table to be taken in. Raises Refusal 409 while it is being looked at, and when it was thrown away."""
    once = Once(services, user, key, "upload commit", str(upload))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        await _demand(session, user, upload)
        now = services.clock.now()
        settled = await settle(session, upload, UploadState.RECEIVED, user.id, now)
        row = await session.get_one(UploadRow, upload, populate_existing=True)
        parts = await parts_of_upload(session, upload)
        for waiting in parts or [row]:
            if settled and waiting.state == UploadState.RECEIVED:
                await _queue(session, waiting.id, now)
        if row.preview or row.state not in TAKEN_IN:
            raise _not_now(row)
        answer = {"id": str(upload), "state": state_shown(row, parts).value}
        await once.keep(session, 202, answer)
        return answer


async def discard_upload(
    services: Services, user: CurrentUser, upload: uuid.UUID, key: str | None = None
) -> dict[str, Any]:
    """Throws the table away: no row of it was taken in. Raises Refusal 409 unless it was looked at and not confirmed."""
    once = Once(services, user, key, "upload discard", str(upload))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        await _demand(session, user, upload)
        await settle(session, upload, UploadState.DISCARDED, user.id, services.clock.now())
        row = await session.get_one(UploadRow, upload, populate_existing=True)
        if row.state != UploadState.DISCARDED:
            raise _not_now(row)
        answer = {"id": str(upload), "state": row.state}
        await once.keep(session, 200, answer)
        return answer


async def _queue(session: AsyncSession, upload: uuid.UUID, now: datetime) -> None:
    """Under an id of its own: the procedure that has looked at the table may just be ending, and would not hear of it."""
    await start(session, Procedure.UPLOAD, f"{upload}/commit", {"upload_id": str(upload)}, at=now)


async def _demand(session: AsyncSession, user: CurrentUser, upload: uuid.UUID) -> None:
    row = await session.get(UploadRow, upload)
    if row is None or row.kind not in KINDS:
        raise not_found()
    if not may(user.post, KINDS[row.kind].action):
        raise not_allowed("您的岗位不能报送这种表格")


def _not_now(row: UploadRow) -> Refusal:
    if row.part_of is not None:
        zh = "这是同一文件中一个类别的名单，请在整个文件处确认或放弃"
        return Refusal(409, "upload-is-a-part", zh, "confirm or discard the whole file that it is a part of")
    return Refusal(
        409,
        "upload-not-checked",
        "本次报送不在待确认状态，请刷新后再看",
        "this upload does not wait for a confirmation",
    )
