"""What became of the rows of tables that offices handed in: counted, forecast, and listed with their reasons."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from policy.terms import RowFate, UploadState
from store.paging import Page, decode, page, row_id
from store.uploads import UploadForecastRow, UploadLineRow, UploadRow, parts_of_uploads

SHEET_SPAN = 10_000_000
"""More rows than a sheet can have: `position` counts rows through all sheets by it."""
Line = UploadLineRow | UploadForecastRow


def position(sheet: int, number: int) -> int:
    """One number for a row among all sheets."""
    return (sheet - 1) * SHEET_SPAN + number


@dataclass(frozen=True)
class Tally:
    """How many rows met which fate so far."""

    accepted: int = 0
    returned: int = 0
    duplicate: int = 0

    @property
    def decided(self) -> int:
        return self.accepted + self.returned + self.duplicate

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.accepted + other.accepted, self.returned + other.returned, self.duplicate + other.duplicate)


def state_shown(row: UploadRow, parts: Sequence[UploadRow]) -> UploadState:
    """Of an upload with parts as if they were one: at work until all have been looked at, done when all have been taken in."""
    if row.state != UploadState.SPLIT:
        return UploadState(row.state)
    states = {UploadState(part.state) for part in parts}
    if states & {UploadState.RECEIVED, UploadState.WORKING}:
        return UploadState.WORKING
    return UploadState.CHECKED if UploadState.CHECKED in states else UploadState.DONE


def refused_rows(part: UploadRow) -> Tally:
    """A list that goes back as a whole: all its rows are returned."""
    return Tally(returned=(part.rows_in or 0) if part.state == UploadState.REFUSED else 0)


async def tallies(session: AsyncSession, uploads: Sequence[uuid.UUID]) -> dict[uuid.UUID, Tally]:
    """What became of the rows so far; of an upload with parts what became of theirs."""
    parts = await parts_of_uploads(session, uploads)
    own = await _tallies(session, [*uploads, *(part.id for some in parts.values() for part in some)])
    sums = {whole: sum((own[one.id] + refused_rows(one) for one in some), Tally()) for whole, some in parts.items()}
    return {upload: sums.get(upload, own[upload]) for upload in uploads}


async def _tallies(session: AsyncSession, uploads: Sequence[uuid.UUID]) -> dict[uuid.UUID, Tally]:
    """Counted from the rows themselves, until the upload is done: of a roster taken in as a whole not every row has one."""
    done = await session.execute(
        select(UploadRow.id, UploadRow.accepted, UploadRow.returned, UploadRow.duplicate).where(
            UploadRow.id.in_(uploads), UploadRow.state == UploadState.DONE.value
        )
    )
    known = {upload: Tally(*(count or 0 for count in counts)) for upload, *counts in done}
    return known | await _counted(session, [upload for upload in uploads if upload not in known])


async def _counted(session: AsyncSession, uploads: Sequence[uuid.UUID]) -> dict[uuid.UUID, Tally]:
    found: dict[uuid.UUID, dict[str, int]] = {upload: {} for upload in uploads}
    counted = await session.execute(
        select(UploadLineRow.upload_id, UploadLineRow.fate, func.count())
        .where(UploadLineRow.upload_id.in_(uploads))
        .group_by(UploadLineRow.upload_id, UploadLineRow.fate)
    )
    for upload, fate, count in counted:
        found[upload][fate] = count
    return {upload: Tally(**fates) for upload, fates in found.items()}


async def forecast(session: AsyncSession, row: UploadRow) -> Tally:
    """What the rows looked at so far would come to; of a list that goes back as a whole, what has become of them."""
    if row.state == UploadState.REFUSED:
        return refused_rows(row)
    asked = select(UploadForecastRow.fate, func.count().label("rows")).where(UploadForecastRow.upload_id == row.id)
    fates = {found.fate: found.rows for found in await session.execute(asked.group_by(UploadForecastRow.fate))}
    return Tally(accepted=(row.progress or 0) - sum(fates.values()), **fates)


async def listed(session: AsyncSession, *, kind: str, month: str = "", cursor: str | None, limit: int) -> Page:
    """The uploads that the reader may see, latest first, with what is known of their rows. Raises paging.BadCursor."""
    after = decode(cursor, 1)
    asked = select(UploadRow).where(UploadRow.part_of.is_(None)).order_by(UploadRow.id.desc()).limit(limit + 1)
    if kind:
        asked = asked.where(UploadRow.kind == kind)
    if month:
        asked = asked.where(UploadRow.month == month)
    if after:
        asked = asked.where(UploadRow.id < row_id(after[0]))
    rows = list(await session.scalars(asked))
    counted = await tallies(session, [row.id for row in rows])
    parts = await parts_of_uploads(session, [row.id for row in rows])
    items = [{"id": row.id, "row": row, "tally": counted[row.id], "parts": parts.get(row.id, [])} for row in rows]
    return page(items, limit, ["id"])


async def reasons_of(
    session: AsyncSession, *uploads: uuid.UUID, after: int = 0, limit: int | None = None
) -> list[UploadLineRow]:
    """The rows of one file that were not accepted, in its order, from the one behind the position `after` on."""
    at = (UploadLineRow.sheet - 1) * SHEET_SPAN + UploadLineRow.row_number
    lines = await session.scalars(
        select(UploadLineRow)
        .where(UploadLineRow.upload_id.in_(uploads), UploadLineRow.fate != RowFate.ACCEPTED.value, at > after)
        .order_by(UploadLineRow.sheet, UploadLineRow.row_number)
        .limit(limit)
    )
    return list(lines)


async def suspicions_of(session: AsyncSession, *uploads: uuid.UUID, limit: int) -> list[UploadLineRow]:
    """The first accepted rows of one file beside which something was said: it held nothing up, but is to be looked into."""
    lines = await session.scalars(
        select(UploadLineRow)
        .where(UploadLineRow.upload_id.in_(uploads), UploadLineRow.fate == RowFate.ACCEPTED.value)
        .where(func.jsonb_array_length(UploadLineRow.reasons) > 0)
        .order_by(UploadLineRow.sheet, UploadLineRow.row_number)
        .limit(limit)
    )
    return list(lines)


async def forecast_reasons_of(
    session: AsyncSession, *uploads: uuid.UUID, after: int = 0, limit: int | None = None
) -> list[UploadForecastRow]:
    """As `reasons_of`, of a table that was only looked at."""
    at = (UploadForecastRow.sheet - 1) * SHEET_SPAN + UploadForecastRow.row_number
    lines = await session.scalars(
        select(UploadForecastRow)
        .where(UploadForecastRow.upload_id.in_(uploads), at > after)
        .order_by(UploadForecastRow.sheet, UploadForecastRow.row_number)
        .limit(limit)
    )
    return list(lines)
