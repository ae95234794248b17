"""An upload whose file has a sheet per category is taken apart: its parts are queued as uploads of their own. Safe to repeat."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context
from activities.imports.parts import Part
from activities.imports.reading import facts_of
from exchange.tables import Tables
from policy.procedures import Procedure
from policy.terms import UploadState
from store.disclosure import Cell, Look, disclose
from store.outbox import start
from store.uploads import FINISHED, UploadRow, parts_of_upload
from store.vault import Vault

TAKEN_OVER = ("division", "department", "kind", "month", "sha256", "size", "uploaded_by", "created_at", "carrier")
"""What a part has as the whole file has it."""


async def take_apart(
    session: AsyncSession, vault: Vault, context: Context, tables: Tables, parts: Sequence[Part]
) -> str:
    """Ends the whole upload as one that has parts; returns its state."""
    row = await session.get_one(UploadRow, context.upload, with_for_update=True)
    if row.state in FINISHED:
        return row.state
    look = Look("system:uploads", "upload", row.id, row.division, "upload.take_apart", context.now)
    name = disclose(session, vault, look, {"name": Cell("upload", "name", row.id, row.name_sealed)})["name"]
    for part in parts:
        await _queue(session, vault, context, row, part, name)
    row.rows_in, row.sheets = tables.count, len(tables.sheets)
    row.facts_sealed = vault.seal("upload", "facts", row.id, facts_of(tables))
    row.state, row.finished_at = UploadState.SPLIT.value, context.now
    return row.state


async def _queue(session: AsyncSession, vault: Vault, context: Context, row: UploadRow, part: Part, name: str) -> None:
    key = (await session.execute(select(func.uuidv7()))).scalar_one()
    own = {
        "id": key,
        "part_of": row.id,
        "category": part.category.value,
        "sheets_taken": sorted(part.sheets),
        "state": UploadState.RECEIVED.value,
        "preview": row.preview,
        "name_sealed": vault.seal("upload", "name", key, name),
        "fields_sealed": vault.seal("upload", "fields", key, dict(context.fields)),
    }
    queued = insert(UploadRow).values(**own, **{name: getattr(row, name) for name in TAKEN_OVER})
    if await session.scalar(queued.on_conflict_do_nothing().returning(UploadRow.id)) is not None:
        await start(session, Procedure.UPLOAD, key, {"upload_id": str(key)}, at=context.now)


async def refuse_whole(session: AsyncSession, part: UploadRow, at: datetime) -> None:
    """A file of which every part was refused was refused itself, and may be handed in again."""
    assert part.part_of is not None
    whole = await session.get_one(UploadRow, part.part_of, with_for_update=True)
    parts = await parts_of_upload(session, whole.id)
    if whole.state == UploadState.SPLIT and all(one.state == UploadState.REFUSED.value for one in parts):
        whole.state, whole.finished_at = UploadState.REFUSED.value, at
        whole.problem = {
            "code": "all-parts-refused",
            "zh": "各类别的名单均未接收，原因见各名单",
            "en": "none of the lists could be taken in; each says why",
        }
