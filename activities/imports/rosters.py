"""Rosters taken in as wholes, some of them at one go: compared in columns, their changes written some hundred persons at a time,
then closed together.

What is in force before, the files, and so the lists of changes are the same for every attempt; a change that is written
already is found. So an attempt after a killed one goes through the whole list again and ends with the same counts.
"""

import asyncio
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.continuing import join_batch
from activities.imports.roster_close import Outcome, close, forecast
from activities.imports.roster_force import Force, in_force
from activities.imports.roster_receipt import receipt_of
from activities.imports.roster_terms import terms_of_all
from activities.imports.roster_writing import write
from activities.imports.whole import WholeTable
from exchange.marks import check_mark
from exchange.rosters import engine
from exchange.rosters.roster import End, Reconciled
from exchange.troubles import TableTrouble
from store.database import WHOLE
from store.uploads import UploadRow

VERSION = 1
"""Of the template."""
MANY_LEAVE = "many_leave"
_BEGIN = text(
    """
insert into roster_load (upload_id, division, department, snapshot_id, to_write)
select * from jsonb_to_recordset(cast(:loads as jsonb))
    as l (upload_id uuid, division text, department text, snapshot_id uuid, to_write integer)
    on conflict (upload_id) do update set written = 0
returning upload_id, snapshot_id
"""
)


@dataclass(frozen=True)
class Compared:
    """A roster that has been read and compared with what was in force before."""

    table: WholeTable
    before: Force
    found: Reconciled


@dataclass(frozen=True)
class Joined(Compared):
    """…which belongs to a batch, and was provided on a day. `snapshot`: under which it will be kept."""

    listed_on: date
    snapshot: uuid.UUID = field(default_factory=uuid.uuid4)


Troubles = Mapping[uuid.UUID, TableTrouble]


async def take_rosters(guard: AsyncSession, tables: Sequence[WholeTable]) -> Troubles:
    """Closes the uploads, or leaves them looked at; those that cannot be taken in as a whole are for the caller to refuse.

    They are of different offices, whose rosters nobody else is at until `guard` ends.
    """
    compared, troubles = await _compared(guard, tables)
    joined, more = await _joined(compared)
    outcomes = []
    for one in joined:
        if one.table.context.preview:
            await forecast(guard, one.table, one.found)
        else:
            receipt = await receipt_of(guard, one.table, one.found, one.listed_on)
            outcomes.append(Outcome(one.table, one.found, one.before, receipt, one.snapshot))
    if outcomes:
        await write(outcomes)
        await _keep(outcomes)
        await close(guard, outcomes)
    return troubles | more


async def _compared(
    guard: AsyncSession, tables: Sequence[WholeTable]
) -> tuple[list[Compared], dict[uuid.UUID, TableTrouble]]:
    terms = await terms_of_all(guard, [table.context for table in tables])
    forces = await in_force(guard, tables)
    asked = [
        engine.Roster(table.content, before.people, terms[context.upload], whole=context.batch == context.upload)
        for table, before in zip(tables, forces, strict=True)
        for context in [table.context]
    ]
    compared, troubles = [], {}
    for table, before, found in zip(tables, forces, await engine.reconcile_all(asked), strict=True):
        try:
            if isinstance(found, TableTrouble):
                raise found
            check_mark(found.mark, table.context.kind, VERSION)
        except TableTrouble as trouble:
            troubles[table.context.upload] = trouble
        else:
            compared.append(Compared(table, before, found))
    return compared, troubles


async def _joined(compared: Sequence[Compared]) -> tuple[list[Joined], dict[uuid.UUID, TableTrouble]]:
    """The batches that corrected receipts continue, the days on which the rosters were provided, and where progress is told."""
    if not compared:
        return [], {}
    joined, troubles = [], {}
    uploads = {one.table.context.upload: one for one in compared}
    async with compared[0].table.database.transaction(WHOLE) as session:
        asked = select(UploadRow).where(UploadRow.id.in_(uploads)).order_by(UploadRow.id).with_for_update()
        for row in await session.scalars(asked):
            one = uploads[row.id]
            try:
                await join_batch(session, row, one.found.mark)
                row.rows_in, row.sheets, row.progress = one.found.rows, 1, one.found.rows
                listed_on = _listed_on(one)
            except TableTrouble as trouble:
                troubles[row.id] = trouble
            else:
                table = replace(one.table, context=replace(one.table.context, batch=row.batch))
                joined.append(Joined(table, one.before, one.found, listed_on))
        snapshots = await _begun(session, [one for one in joined if not one.table.context.preview])
    return [replace(one, snapshot=snapshots.get(one.table.context.upload, one.snapshot)) for one in joined], troubles


def _listed_on(one: Compared) -> date:
    """Raises TableTrouble for a roster from the future, and for one that too many would leave by."""
    context = one.table.context
    given = context.fields.get("provided_on")
    listed_on = date.fromisoformat(given) if given else one.found.listed_on or context.today
    if listed_on > context.today:
        raise TableTrouble("listed-in-future")
    share = context.rulebook.find("ROSTER_LEAVE_SHARE", context.today)
    if share is None or share.value is None or context.fields.get("confirmed") == MANY_LEAVE:
        return listed_on
    if len(one.found.ends) > Decimal(share.value) * one.found.before:
        raise TableTrouble("too-many-leave", share=f"{Decimal(share.value):.0%}")
    return listed_on


async def _begun(session: AsyncSession, joined: Sequence[Joined]) -> Mapping[uuid.UUID, uuid.UUID]:
    """The snapshots' ids by upload; of an attempt after a killed one the same."""
    loads = [
        {
            "upload_id": str(one.table.context.upload),
            "division": one.table.context.division,
            "department": one.table.context.department.value,
            "snapshot_id": str(one.snapshot),
            "to_write": len(one.found.starts) + len(one.found.ends),
        }
        for one in joined
    ]
    found = await session.execute(_BEGIN, {"loads": json.dumps(loads)}) if loads else ()
    return {one.upload_id: one.snapshot_id for one in found}


async def _keep(outcomes: Sequence[Outcome]) -> None:
    """Who is in force from now on, once the tables have spoken."""
    kept = []
    for outcome in outcomes:
        found = outcome.found
        refused = [End(one.id_number, one.category) for one in found.starts if one.row in outcome.refused]
        force = found.force
        if refused:
            force = await engine.settled(force, outcome.before.people, refused, outcome.kept)
        kept.append((outcome.snapshot, force))
    await asyncio.to_thread(_put, outcomes[0].table, kept)


def _put(table: WholeTable, kept: Sequence[tuple[uuid.UUID, bytes]]) -> None:
    for snapshot, force in kept:
        table.files.put(snapshot, force)
