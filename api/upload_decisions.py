"""A table that was looked at: taken in after all, or thrown away. Both once; said again, they change nothing."""

import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.registry import KINDS
from api.errors import Refusal, not_allowed, not_found
from api.identity import CurrentUser
from api.services import Services
from policy.access import may
from policy.procedures import Procedure
from policy.terms import UploadState
from store.outbox import start
from store.uploads import UploadRow

TAKEN_IN = (UploadState.RECEIVED.value, UploadState.WORKING.value, UploadState.DONE.value, UploadState.REFUSED.value)


async def commit_upload(services: Services, user: CurrentUser, upload: uuid.UUID) -> dict[str, Any]:
    """Queues the table to be taken in. Raises Refusal 409 while it is being looked at, and when it was thrown away."""
    async with services.database.transaction(user.scope) as session:
        row = await _locked(session, user, upload)
        if row.state == UploadState.CHECKED.value:
            row.preview, row.state, row.progress = False, UploadState.RECEIVED.value, None
            # An id of its own: the procedure that has looked at the table may just be ending, and would not hear of it.
            key, argument = f"{upload}/commit", {"upload_id": str(upload)}
            await start(session, Procedure.UPLOAD, key, argument, at=services.clock.now())
        elif row.preview or row.state not in TAKEN_IN:
            raise _not_now()
        return {"id": str(upload), "state": row.state}


async def discard_upload(services: Services, user: CurrentUser, upload: uuid.UUID) -> dict[str, Any]:
    """Throws the table away: no row of it was taken in. Raises Refusal 409 unless it was looked at and not confirmed."""
    async with services.database.transaction(user.scope) as session:
        row = await _locked(session, user, upload)
        if row.state == UploadState.CHECKED.value:
            row.state, row.finished_at = UploadState.DISCARDED.value, services.clock.now()
        elif row.state != UploadState.DISCARDED.value:
            raise _not_now()
        return {"id": str(upload), "state": row.state}


async def _locked(session: AsyncSession, user: CurrentUser, upload: uuid.UUID) -> UploadRow:
    row = await session.get(UploadRow, upload, with_for_update=True)
    if row is None or row.kind not in KINDS:
        raise not_found()
    if not may(user.post, KINDS[row.kind].action):
        raise not_allowed("您的岗位不能报送这种表格")
    return row


def _not_now() -> Refusal:
    return Refusal(
        409,
        "upload-not-checked",
        "本次报送不在待确认状态，请刷新后再看",
        "this upload does not wait for a confirmation",
    )
