"""The hands of an upload: reads the table, decides row after row, closes with counts that add up. Safe to repeat.

A row is decided in a transaction of its own, with its fate; so a killed attempt loses at most the row it was at, and the
next one goes on behind it. Two attempts at once wait for each other at the upload's row.
"""

import asyncio
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.imports.deciding import as_kept, decide
from activities.imports.kinds import Context, Counts, Kind
from activities.imports.registry import KINDS
from exchange.confined import sheets_of
from exchange.tables import SheetRow, Table, find_table
from exchange.troubles import TableTrouble
from policy.clock import Clock, today
from policy.terms import Department, UploadState
from store.database import WHOLE, Database
from store.disclosure import Cell, Look, disclose, log_look
from store.files import FileStore
from store.rulebook import load_rulebook
from store.uploads import UploadLineRow, UploadRow, decided_rows, tallies
from store.vault import Vault

CHUNK = 25
"""Rows after which the server hears that the work goes on."""
BEAT = 5.0
"""Seconds between two words to the server while a file is being read."""
FINISHED = (UploadState.DONE.value, UploadState.REFUSED.value)


T = TypeVar("T")


@dataclass
class TableToTakeIn:
    upload_id: str


@dataclass(frozen=True)
class _Work:
    kind: Kind
    context: Context
    table: Table


class Uploads:
    def __init__(self, database: Database, clock: Clock, vault: Vault, files: FileStore) -> None:
        self._database, self._clock, self._vault, self._files = database, clock, vault, files

    @activity.defn
    async def take_in(self, upload: TableToTakeIn) -> str:
        """Takes in the table of an upload; returns its last state. Heartbeats with the number of rows decided."""
        key = uuid.UUID(upload.upload_id)
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, key, with_for_update=True)
            if row.state in FINISHED:
                return row.state
            row.state = UploadState.WORKING.value
            kind, context, content = await self._open(session, row)
        try:
            table = find_table(await _heard_of(sheets_of(content)), kind.columns)
        except TableTrouble as trouble:
            return await self._refuse(key, trouble)
        await self._decide_all(_Work(kind, context, table))
        return await self._close(_Work(kind, context, table))

    async def _open(self, session: AsyncSession, row: UploadRow) -> tuple[Kind, Context, bytes]:
        now, day = self._clock.now(), today(self._clock)
        look = Look("system:uploads", "upload", row.id, row.division, "upload.take_in", now)
        cells = {"fields": Cell("upload", "fields", row.id, row.fields_sealed)}
        fields: dict[str, Any] = disclose(session, self._vault, look, cells)["fields"]
        log_look(session, look, ["file"])
        content = await asyncio.to_thread(self._files.get, row.id)
        context = Context(
            upload=row.id,
            kind=row.kind,
            division=row.division,
            department=Department(row.department),
            month=row.month,
            fields=fields,
            rulebook=await load_rulebook(session, row.division, day),
            vault=self._vault,
            now=now,
            today=day,
        )
        return KINDS[row.kind], context, content

    async def _decide_all(self, work: _Work) -> None:
        rows = work.table.rows
        async with self._database.transaction(WHOLE) as session:
            upload = await session.get_one(UploadRow, work.context.upload, with_for_update=True)
            if upload.rows_in is None:
                upload.rows_in = len(rows)
            decided = await decided_rows(session, upload.id)
        for done, row in enumerate(rows, start=1):
            if row.number not in decided:
                await self._decide(work, row)
            if done % CHUNK == 0:
                activity.heartbeat(done)

    async def _decide(self, work: _Work, row: SheetRow) -> None:
        context = replace(work.context, now=self._clock.now())
        async with self._database.transaction(WHOLE) as session:
            await session.get_one(UploadRow, context.upload, with_for_update={"key_share": True})
            if await session.get(UploadLineRow, (context.upload, row.number)) is not None:
                return  # another attempt was faster
            fate = await decide(session, work.kind, context, work.table, row)
            session.add(
                UploadLineRow(
                    upload_id=context.upload,
                    row_number=row.number,
                    division=context.division,
                    department=context.department.value,
                    fate=fate.outcome.value,
                    reasons=[as_kept(work.kind, reason) for reason in fate.reasons],
                    decided_at=context.now,
                )
            )

    async def _close(self, work: _Work) -> str:
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, work.context.upload, with_for_update=True)
            if row.state in FINISHED:
                return row.state
            tally = (await tallies(session, [row.id]))[row.id]
            row.accepted, row.returned, row.duplicate = tally.accepted, tally.returned, tally.duplicate
            _finish(row, UploadState.DONE, self._clock.now())
            if work.kind.after is not None:
                counts = Counts(tally.decided, tally.accepted, tally.returned, tally.duplicate)
                await work.kind.after(session, work.context, counts)
            return row.state

    async def _refuse(self, key: uuid.UUID, trouble: TableTrouble) -> str:
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(UploadRow, key, with_for_update=True)
            if row.state not in FINISHED:
                row.problem = {"code": trouble.code, "zh": trouble.zh, "en": trouble.en}
                _finish(row, UploadState.REFUSED, self._clock.now())
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
