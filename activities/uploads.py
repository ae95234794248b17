"""The hands of an upload: reads the table, decides row after row, closes with counts that add up. Safe to repeat.

A row is decided in a transaction of its own, with its fate; so a killed attempt loses at most the row it was at, and the
next one goes on behind it. Two attempts at once wait for each other at the upload's row. A table that is only looked at
goes the same way in portions, inside a savepoint that is undone (`activities/imports/forecasting.py`).
"""

import asyncio
import uuid
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.imports.continuing import corrections, join_batch
from activities.imports.deciding import Corrections, as_batch, as_kept, decide
from activities.imports.forecasting import forecast_portion, portions
from activities.imports.kinds import Context, Counts, Kind, Reason
from activities.imports.reading import Read, facts_of, read_file
from activities.imports.registry import KINDS
from activities.imports.table_anomalies import return_rows
from activities.imports.whole import SETTLED, Means, TakeWhole
from activities.taking_apart import refuse_whole, take_apart
from exchange.rows import SheetRow
from exchange.tables import Table
from exchange.troubles import TableTrouble
from policy.clock import Clock, today
from policy.terms import Department, UploadState
from store.database import WHOLE, Database
from store.disclosure import Cell, Look, disclose, log_look
from store.files import FileStore
from store.rulebook import Law, load_law
from store.upload_fates import tallies
from store.uploads import FINISHED, UploadLineRow, UploadRow, decided_rows
from store.vault import Vault

CHUNK = 25
"""Rows after which the server hears that the work goes on."""
BEAT = 5.0
"""Seconds between two words to the server while something is done at one go: a file read, a portion looked at, all that was
returned opened for its department."""

T = TypeVar("T")


@dataclass
class TableToTakeIn:
    upload_id: str


@dataclass(frozen=True)
class Work:
    """A table that has been read, with all that its rows are decided with."""

    kind: Kind
    context: Context
    read: Read
    corrections: Corrections


class Uploads:
    def __init__(self, database: Database, clock: Clock, vault: Vault, files: FileStore) -> None:
        self._database, self._clock, self._vault, self._files = database, clock, vault, files

    @activity.defn
    async def take_in(self, upload: TableToTakeIn) -> str:
        """Takes in the table of an upload, or looks at it; returns its state. Heartbeats with the number of rows done."""
        key = uuid.UUID(upload.upload_id)
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, key, with_for_update=True)
            if row.state in SETTLED:
                return row.state
            kind = KINDS[row.kind]
            if kind.whole is None:
                row.state = UploadState.WORKING.value
                context, content = await self._open(session, row, await load_law(session))
                sheets = row.sheets_taken
        if kind.whole is not None:
            return await self._take_whole(kind.whole, key)
        try:
            read = await _heard_of(read_file(kind, content, sheets))
            if (apart := await self._taken_apart(kind, context, read)) is not None:
                return apart
            work = await _heard_of(self._join(kind, context, read))
        except TableTrouble as trouble:
            return await self._refuse(key, trouble.code, trouble.zh, trouble.en)
        reasons = await _heard_of(self._look_at(work) if context.preview else self._begin(work))
        if reasons:
            zh, en = "；".join(reason.zh for reason in reasons), "; ".join(reason.en for reason in reasons)
            return await self._refuse(key, reasons[0].code, zh, en)
        if context.preview:
            return await self._checked(key)
        await self._decide_all(work)
        return await _heard_of(self._close(work))

    async def _take_whole(self, take: TakeWhole, upload: uuid.UUID) -> str:
        return await _heard_of(take(Means(self._database, self._files, self._clock, self._open), upload))

    async def _open(self, session: AsyncSession, row: UploadRow, law: Law) -> tuple[Context, bytes]:
        now, day = self._clock.now(), today(self._clock)
        look = Look("system:uploads", "upload", row.id, row.division, "upload.take_in", now)
        cells = {"fields": Cell("upload", "fields", row.id, row.fields_sealed)}
        fields: dict[str, Any] = disclose(session, self._vault, look, cells)["fields"]
        log_look(session, look, ["file"])
        content = await asyncio.to_thread(self._files.get, row.file)
        context = Context(
            upload=row.id,
            kind=row.kind,
            division=row.division,
            department=Department(row.department),
            month=row.month,
            fields=fields,
            rulebook=law.rulebook(row.division, day),
            vault=self._vault,
            now=now,
            today=day,
            batch=row.batch,
            preview=row.preview,
        )
        return context, content

    async def _taken_apart(self, kind: Kind, context: Context, read: Read) -> str | None:
        """The state of a first upload whose file has a list of each category; None for any other. Raises TableTrouble."""
        is_receipt = context.batch != context.upload or (read.mark is not None and read.mark.batch is not None)
        parts = () if kind.parts is None or is_receipt else kind.parts(context, read.tables)
        if not parts:
            return None
        async with self._database.transaction(WHOLE) as session:
            return await take_apart(session, self._vault, context, read.tables, parts)

    async def _join(self, kind: Kind, context: Context, read: Read) -> Work:
        """Finds the batch, and keeps what was read above the table. Raises TableTrouble."""
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, context.upload, with_for_update=True)
            await join_batch(session, row, read.mark)
            corrected = await corrections(session, self._files, kind, row, read.tables)
            if row.rows_in is None:
                row.rows_in, row.sheets = read.tables.count, len(read.tables.sheets)
                row.facts_sealed = self._vault.seal("upload", "facts", row.id, facts_of(read.tables))
            month = context.month
            if row.continues is not None:
                month = (await session.get_one(UploadRow, row.continues)).month
            context = replace(context, batch=row.batch, month=month)
            if kind.together is not None and row.continues is None:
                context = replace(context, beside=kind.together(as_batch(kind, read.tables, corrected)))
            return Work(kind, context, read, corrected)

    async def _begin(self, work: Work) -> Sequence[Reason]:
        """What is wrong with the table as a whole; what the kind wrote stays only if nothing is."""
        if work.kind.begin is None:
            return ()
        async with self._database.transaction(WHOLE) as session:
            await session.get_one(UploadRow, work.context.upload, with_for_update=True)
            batch = as_batch(work.kind, work.read.tables, work.corrections)
            async with session.begin_nested() as tried:
                reasons = await work.kind.begin(session, work.context, batch)
                if reasons:
                    await tried.rollback()
            if reasons and work.kind.refused is not None:
                await work.kind.refused(session, work.context, batch, reasons)
            return reasons

    async def _look_at(self, work: Work) -> Sequence[Reason]:
        """Every row decided and undone again, in portions. What is wrong with the table as a whole ends it."""
        async with self._database.transaction(WHOLE) as session:
            done = (await session.get_one(UploadRow, work.context.upload)).progress or 0
        batch = as_batch(work.kind, work.read.tables, work.corrections) if work.kind.begin else None
        for until, lines in portions(work.read.tables, done):
            context = replace(work.context, now=self._clock.now())
            async with self._database.transaction(WHOLE) as session:
                reasons = await forecast_portion(session, work.kind, context, batch, work.corrections, lines, until)
            if reasons:
                return reasons
            activity.heartbeat(until)
        return ()

    async def _decide_all(self, work: Work) -> None:
        async with self._database.transaction(WHOLE) as session:
            decided = await decided_rows(session, work.context.upload)
        for done, (table, row) in enumerate(work.read.tables.lines(), start=1):
            if row.key not in decided:
                await self._decide(work, table, row)
            if done % CHUNK == 0:
                activity.heartbeat(done)

    async def _decide(self, work: Work, table: Table, row: SheetRow) -> None:
        context = replace(work.context, now=self._clock.now())
        origin, corrects = work.corrections.get(row.key, (None, None))
        async with self._database.transaction(WHOLE) as session:
            await session.get_one(UploadRow, context.upload, with_for_update={"key_share": True})
            if await session.get(UploadLineRow, (context.upload, row.sheet, row.number)) is not None:
                return  # another attempt was faster
            fate = await decide(session, work.kind, context, table, row, corrects)
            session.add(
                UploadLineRow(
                    upload_id=context.upload,
                    sheet=row.sheet,
                    row_number=row.number,
                    division=context.division,
                    department=context.department.value,
                    fate=fate.outcome.value,
                    reasons=[as_kept(work.kind, reason) for reason in fate.reasons],
                    decided_at=context.now,
                    origin=str(origin) if origin else None,
                )
            )

    async def _close(self, work: Work) -> str:
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, work.context.upload, with_for_update=True)
            if row.state in FINISHED:
                return row.state
            tally = (await tallies(session, [row.id]))[row.id]
            row.accepted, row.returned, row.duplicate = tally.accepted, tally.returned, tally.duplicate
            _finish(row, UploadState.DONE, self._clock.now())
            if work.kind.goes_back:
                await return_rows(session, work.kind, replace(work.context, now=self._clock.now()), work.read.tables)
            if work.kind.after is not None:
                counts = Counts(tally.decided, tally.accepted, tally.returned, tally.duplicate)
                await work.kind.after(session, work.context, counts)
            return row.state

    async def _checked(self, key: uuid.UUID) -> str:
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, key, with_for_update=True)
            if row.state not in SETTLED:
                row.state = UploadState.CHECKED.value
            return row.state

    async def _refuse(self, key: uuid.UUID, code: str, zh: str, en: str) -> str:
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, key, with_for_update=True)
            if row.state not in SETTLED:
                row.problem = {"code": code, "zh": zh, "en": en}
                _finish(row, UploadState.REFUSED, self._clock.now())
                await session.flush()
                if row.part_of is not None:
                    await refuse_whole(session, row, self._clock.now())
            return row.state


async def _heard_of(work: Coroutine[Any, Any, T]) -> T:
    """What takes its time, with a word to the server every now and then."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            activity.heartbeat()
            await asyncio.wait({task}, timeout=BEAT)
        return task.result()
    finally:
        task.cancel()


def _finish(row: UploadRow, state: UploadState, at: datetime) -> None:
    row.state, row.finished_at = state.value, at
