"""Tables that were looked at and are not wanted: after some days nobody confirmed them, and then their files go.

What is done stands in the tables: an attempt that was killed anywhere is made good by the next one, two at once take
different uploads. The row stays, with who threw the table away and when; its content, what was read above the tables and what
would have become of its rows do not.
"""

import asyncio
from datetime import date, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from policy.clock import Clock, today
from policy.deadlines import SHANGHAI
from policy.rulebook import Rulebook
from policy.terms import UploadState
from store.database import WHOLE, Database
from store.files import FileStore
from store.rulebook import load_law
from store.uploads import UploadForecastRow, UploadRow, parts_of_upload

KEPT = "UPLOAD_KEEP_DAYS"
WAITING = (UploadState.CHECKED.value, UploadState.SPLIT.value)


async def sweep(database: Database, files: FileStore, clock: Clock) -> int:
    """Throws away what nobody confirmed in time, and removes the files of all that was thrown away; returns how many."""
    await _expire(database, clock)
    removed = 0
    while await _remove_one(database, files, clock):
        removed += 1
    return removed


def kept_until(rulebook: Rulebook, row: UploadRow, on: date) -> date | None:
    """The last day on which it may be confirmed; None where no number of days is set."""
    found = rulebook.find(KEPT, on)
    if found is None or found.value is None:
        return None
    return row.created_at.astimezone(SHANGHAI).date() + timedelta(days=int(found.value))


async def _expire(database: Database, clock: Clock) -> None:
    day = today(clock)
    async with database.transaction(WHOLE) as session:
        law = await load_law(session)
        waiting = await session.scalars(
            select(UploadRow)
            .where(UploadRow.preview, UploadRow.state.in_(WAITING), UploadRow.part_of.is_(None))
            .where(UploadRow.created_at < clock.now() - timedelta(days=1))
            .order_by(UploadRow.id)
            .with_for_update(skip_locked=True)
        )
        for row in waiting:
            last = kept_until(law.rulebook(row.division, day), row, day)
            if last is not None and last < day:
                await _throw_away(session, row, clock)


async def _throw_away(session: AsyncSession, row: UploadRow, clock: Clock) -> None:
    """With its parts, unless one of them is still being looked at."""
    parts = await parts_of_upload(session, row.id)
    if any(part.state in (UploadState.RECEIVED, UploadState.WORKING) for part in parts):
        return
    for one in (row, *(part for part in parts if part.state == UploadState.CHECKED)):
        one.state, one.finished_at, one.progress = UploadState.DISCARDED.value, clock.now(), None


async def _remove_one(database: Database, files: FileStore, clock: Clock) -> bool:
    """The file goes first: a row that says that it is gone is never wrong."""
    async with database.transaction(WHOLE) as session:
        row = await session.scalar(
            select(UploadRow)
            .where(
                UploadRow.state == UploadState.DISCARDED.value,
                UploadRow.file_removed_at.is_(None),
                UploadRow.part_of.is_(None),
            )
            .order_by(UploadRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        await asyncio.to_thread(files.remove, row.file)
        own = UploadRow.id.in_([row.id, *(part.id for part in await parts_of_upload(session, row.id))])
        await session.execute(
            delete(UploadForecastRow).where(UploadForecastRow.upload_id.in_(select(UploadRow.id).where(own)))
        )
        await session.execute(update(UploadRow).where(own).values(facts_sealed=None))
        thrown_away = own & (UploadRow.state == UploadState.DISCARDED.value)
        await session.execute(update(UploadRow).where(thrown_away).values(file_removed_at=clock.now()))
        return True
