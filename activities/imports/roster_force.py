"""What is in force before rosters are compared: the last snapshots, or the tables where they say more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.whole import WholeTable
from exchange.rosters import engine
from store.disclosure import Cell, Look, disclose_all, log_look
from store.identities import IdentityPeriodRow
from store.people import PersonRow
from store.rosters import RosterSnapshotRow, Standing, latest_snapshots, standings_without


@dataclass(frozen=True)
class Force:
    """The people in force as the engine keeps them (None: nobody), and how the tables stand."""

    people: bytes | None
    standing: Standing


async def in_force(session: AsyncSession, tables: Sequence[WholeTable]) -> list[Force]:
    """Of each roster's office, in their order.

    A notice, a correction or an import of another kind may have marked or ended periods since the last roster: then the tables
    are read, and the snapshot only says what else is known of each person.
    """
    offices = {(table.context.division, table.context.department.value): table.context.upload for table in tables}
    snapshots = await latest_snapshots(session, offices)
    standings = await standings_without(session, offices)
    return [
        await _force(session, table, snapshots.get(office), standings[office])
        for table, office in zip(tables, offices, strict=True)
    ]


async def _force(
    session: AsyncSession, table: WholeTable, snapshot: RosterSnapshotRow | None, standing: Standing
) -> Force:
    context = table.context
    look = Look("system:rosters", "upload", context.upload, context.division, "upload.take_in", context.now)
    people = None
    if snapshot is not None:
        log_look(session, look, ["snapshot"])
        people = await asyncio.to_thread(table.files.get, snapshot.id)
    if not _says_all(snapshot, standing):
        people = await engine.rebuilt(people, await _people(session, table, look))
    return Force(people, standing)


def _says_all(snapshot: RosterSnapshotRow | None, standing: Standing) -> bool:
    if snapshot is None:
        return standing.periods == 0
    return (snapshot.periods, snapshot.ended) == (standing.periods, standing.ended)


async def _people(session: AsyncSession, table: WholeTable, look: Look) -> list[tuple[str, str, str]]:
    """Number, name and category of everybody in force, as it was before this upload wrote anything."""
    context = table.context
    alias = select(PersonRow.id, func.coalesce(PersonRow.merged_into, PersonRow.id).label("person")).subquery()
    found = (
        await session.execute(
            select(PersonRow.id, PersonRow.sealed, IdentityPeriodRow.category)
            .join(alias, alias.c.id == IdentityPeriodRow.person_id)
            .join(PersonRow, PersonRow.id == alias.c.person)
            .where(
                IdentityPeriodRow.division == context.division,
                IdentityPeriodRow.source_department == context.department.value,
                IdentityPeriodRow.upload_id.is_distinct_from(context.upload),  # none: a recognition has brought it
                IdentityPeriodRow.ends_on.is_(None) | (IdentityPeriodRow.ended_by == context.upload),
            )
        )
    ).all()
    cells = [Cell("person", "sealed", person, sealed) for person, sealed, _category in found]
    opened = disclose_all(session, context.vault, look, ["id_number", "name"], cells)
    return [
        (somebody["id_number"], somebody["name"], category)
        for somebody, (_person, _sealed, category) in zip(opened, found, strict=True)
    ]
