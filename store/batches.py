"""A batch of tables: the first upload and the corrected receipts that continue it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.row_origin import Origin, read_origin
from policy.terms import RowFate, UploadState
from store.uploads import UploadLineRow, UploadRow

_SETTLED = text(
    """
select u.batch_no as upload, a.sheet, a.row_number from matter m join anomaly a on a.matter_id = m.id join upload u on u.id = a.upload_id
 where m.procedure = 'anomaly' and starts_with(m.key, :batch) and a.settled_at is not null
"""
)


@dataclass(frozen=True)
class BatchCounts:
    """Summed over the uploads that were taken in; `outstanding`: rows returned and not corrected by a later upload."""

    uploads: int
    rows_in: int
    accepted: int
    returned: int
    duplicate: int
    outstanding: int


async def batch_of(session: AsyncSession, upload: uuid.UUID) -> uuid.UUID:
    """The first upload of the batch to which this one belongs: its own id, unless it is a corrected receipt."""
    return (await session.get_one(UploadRow, upload)).batch


async def uploads_of_batch(session: AsyncSession, batch: uuid.UUID) -> list[UploadRow]:
    """Those that were taken in, in their order."""
    found = await session.scalars(
        select(UploadRow)
        .where((UploadRow.id == batch) | (UploadRow.continues == batch), UploadRow.state == UploadState.DONE.value)
        .order_by(UploadRow.batch_no)
    )
    return list(found)


async def batch_counts(session: AsyncSession, batch: uuid.UUID) -> BatchCounts:
    uploads = await uploads_of_batch(session, batch)
    return BatchCounts(
        uploads=len(uploads),
        rows_in=sum(upload.rows_in or 0 for upload in uploads),
        accepted=sum(upload.accepted or 0 for upload in uploads),
        returned=sum(upload.returned or 0 for upload in uploads),
        duplicate=sum(upload.duplicate or 0 for upload in uploads),
        outstanding=len(await outstanding_rows(session, batch)),
    )


async def outstanding_rows(session: AsyncSession, batch: uuid.UUID) -> dict[Origin, UploadLineRow]:
    """The returned rows of the batch that are still to be corrected, by where they first stood: neither a later upload has
    corrected them, nor has the department settled them one by one (W11).
    """
    returned, settled = await _still_returned(session, batch), await _settled(session, batch)
    return {origin: line for origin, line in returned.items() if origin not in settled}


async def settled_rows(session: AsyncSession, batch: uuid.UUID) -> set[Origin]:
    """The returned rows of the batch that the department has settled one by one, and no later upload has corrected."""
    return set(await _still_returned(session, batch)) & await _settled(session, batch)


async def _still_returned(session: AsyncSession, batch: uuid.UUID) -> dict[Origin, UploadLineRow]:
    """Whichever upload of the batch said it last."""
    found = await session.execute(
        select(UploadRow.batch_no, UploadLineRow)
        .join(UploadLineRow, UploadLineRow.upload_id == UploadRow.id)
        .where((UploadRow.id == batch) | (UploadRow.continues == batch))
        .where((UploadLineRow.fate == RowFate.RETURNED.value) | (UploadLineRow.origin.is_not(None)))
        .order_by(UploadRow.batch_no, UploadLineRow.sheet, UploadLineRow.row_number)
    )
    latest: dict[Origin, UploadLineRow] = {}
    for batch_no, line in found:
        latest[first_place(batch_no, line)] = line
    return {origin: line for origin, line in latest.items() if line.fate == RowFate.RETURNED.value}


async def _settled(session: AsyncSession, batch: uuid.UUID) -> set[Origin]:
    found = await session.execute(_SETTLED, {"batch": str(batch)})
    return {Origin(one.upload, one.sheet, one.row_number) for one in found}


def first_place(batch_no: int, line: UploadLineRow) -> Origin:
    """Where a row stood when it was first provided: here, or where its origin says."""
    said = read_origin(line.origin) if line.origin else None
    return said or Origin(batch_no, line.sheet, line.row_number)


async def next_batch_no(session: AsyncSession, batch: uuid.UUID) -> int:
    """For the upload that continues the batch next; the batch's first upload is locked by the caller."""
    latest = await session.scalar(
        select(func.max(UploadRow.batch_no)).where((UploadRow.id == batch) | (UploadRow.continues == batch))
    )
    return (latest or 1) + 1
