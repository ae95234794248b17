"""A roster taken in as a whole: compared in columns, its changes written some hundred persons at a time, then closed.

What is in force before, the file, and so the list of changes are the same for every attempt; a change that is written
already is found. So an attempt after a killed one goes through the whole list again and ends with the same counts.
"""

import asyncio
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.continuing import join_batch
from activities.imports.roster_close import Outcome, close, forecast
from activities.imports.roster_force import in_force
from activities.imports.roster_receipt import Listed, receipt_of
from activities.imports.roster_terms import Days, terms_of
from activities.imports.whole import WholeTable
from exchange.marks import check_mark
from exchange.rosters import engine
from exchange.rosters.roster import End, Reconciled, Start
from exchange.troubles import TableTrouble
from policy.terms import UploadState
from store.database import WHOLE
from store.registration import Somebody
from store.roster_changes import Coming, Going, Roster, Written, write_changes
from store.rosters import RosterLoadRow, hold_roster
from store.uploads import FINISHED, UploadRow

PORTION = 1000
"""Changes written in one transaction: so many persons are locked at once, for a fraction of a second."""
VERSION = 1
"""Of the template."""
MANY_LEAVE = "many_leave"


@dataclass(frozen=True)
class Portion:
    """Some persons' changes; all of one person's are in the same."""

    starts: list[Start]
    ends: list[End]


async def take_roster(table: WholeTable) -> None:
    """Ends with the upload done, checked (looked at only), or finished before. Raises TableTrouble."""
    context = table.context
    async with table.database.transaction(WHOLE) as guard:
        await hold_roster(guard, context.division, context.department.value)
        upload = await guard.get_one(UploadRow, context.upload)
        if upload.state in (*FINISHED, UploadState.CHECKED.value):
            return  # another attempt was faster
        force, standing = await in_force(guard, table)
        terms = await terms_of(guard, context)
        found = await engine.reconcile(table.content, force, terms, whole=context.batch == context.upload)
        table, listed_on = await _joined(table, found)
        if _too_many_leave(table, found):
            raise TableTrouble("too-many-leave", share=_share(table))
        if context.preview:
            await forecast(guard, table, found)
            return
        receipt = await receipt_of(guard, table, found, listed_on)
        outcome = Outcome(found, standing, receipt, await _begun(table, found))
        for portion in portions(found):
            await _write(table, outcome, portion)
        refused = [End(one.id_number, one.category) for one in found.starts if one.row in outcome.refused]
        after = await engine.settled(found.force, force, refused, outcome.kept) if refused else found.force
        await asyncio.to_thread(table.files.put, outcome.snapshot, after)
        await close(guard, table, outcome)


async def _joined(table: WholeTable, found: Reconciled) -> tuple[WholeTable, date]:
    """The batch that a corrected receipt continues, and the day on which the roster was provided."""
    context = table.context
    check_mark(found.mark, context.kind, VERSION)
    async with table.database.transaction(WHOLE) as session:
        row = await session.get_one(UploadRow, context.upload, with_for_update=True)
        await join_batch(session, row, found.mark)
        row.rows_in, row.sheets, row.progress = found.rows, 1, found.rows
        given = context.fields.get("provided_on")
        listed_on = date.fromisoformat(given) if given else found.listed_on or context.today
        context = replace(context, batch=row.batch)
    if listed_on > context.today:
        raise TableTrouble("listed-in-future")
    return replace(table, context=context), listed_on


def _too_many_leave(table: WholeTable, found: Reconciled) -> bool:
    share = table.context.rulebook.find("ROSTER_LEAVE_SHARE", table.context.today)
    if share is None or share.value is None or table.context.fields.get("confirmed") == MANY_LEAVE:
        return False
    return len(found.ends) > Decimal(share.value) * found.before


def _share(table: WholeTable) -> str:
    share = table.context.rulebook.find("ROSTER_LEAVE_SHARE", table.context.today)
    return f"{Decimal(share.value):.0%}" if share else ""


async def _begun(table: WholeTable, found: Reconciled) -> uuid.UUID:
    """The snapshot's id, with the row where progress is told; of an attempt after a killed one the same."""
    context = table.context
    row = insert(RosterLoadRow).values(
        upload_id=context.upload,
        division=context.division,
        department=context.department.value,
        snapshot_id=uuid.uuid4(),
        to_write=len(found.starts) + len(found.ends),
    )
    told = row.on_conflict_do_update(index_elements=[RosterLoadRow.upload_id], set_={"written": 0})
    async with table.database.transaction(WHOLE) as session:
        return (await session.scalars(told.returning(RosterLoadRow.snapshot_id))).one()


def portions(found: Reconciled) -> Iterator[Portion]:
    """By ID numbers: both changes of whoever changes category, and all rows of one number, are in the same."""
    people: dict[str, Portion] = {}
    for start in found.starts:
        people.setdefault(start.id_number, Portion([], [])).starts.append(start)
    for end in found.ends:
        people.setdefault(end.id_number, Portion([], [])).ends.append(end)
    numbers = sorted(people)
    for at in range(0, len(numbers), PORTION):
        some = [people[number] for number in numbers[at : at + PORTION]]
        yield Portion([one for each in some for one in each.starts], [one for each in some for one in each.ends])


async def _write(table: WholeTable, outcome: Outcome, portion: Portion) -> None:
    """Rows of a corrected receipt count from the day of the first roster, or from their own: they are written by that day."""
    leaving, arriving = {one.id_number for one in portion.ends}, {one.id_number for one in portion.starts}
    going, done = portion.ends, []
    async with table.database.transaction(WHOLE) as session:
        for listed, starts in outcome.receipt.listed(portion.starts).items():
            done.append(await _written(session, table, listed, starts, going, leaving, arriving))
            going = []
        await session.execute(
            update(RosterLoadRow)
            .where(RosterLoadRow.upload_id == table.context.upload)
            .values(written=RosterLoadRow.written + len(portion.starts) + len(portion.ends))
        )
    for written in done:
        outcome.took(written)


async def _written(
    session: AsyncSession,
    table: WholeTable,
    listed: Listed,
    starts: Sequence[Start],
    ends: Sequence[End],
    leaving: Collection[str],
    arriving: Collection[str],
) -> Written:
    context = table.context
    days = Days(context.rulebook, listed.on, goes_live=listed.goes_live)
    roster = Roster(context.upload, context.division, context.department.value, listed.on)
    coming = [
        Coming(
            one.row,
            Somebody(one.name, one.id_number),
            one.category,
            days.first(one.since, changes=one.id_number in leaving),
        )
        for one in starts
    ]
    going = [Going(one.id_number, one.category, days.last(changes=one.id_number in arriving)) for one in ends]
    return await write_changes(session, context.vault, roster, coming, going, table.clock.now())
