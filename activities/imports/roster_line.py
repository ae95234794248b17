"""One row of a roster that went back and has been corrected or confirmed: decided again by the engine that decides all rows.

It is read as a roster of one line that, like a corrected receipt, only adds: nobody leaves by it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Context, Fate, Reason, Row, returned
from activities.imports.roster_anomalies import TICKED
from activities.imports.roster_terms import Days, terms_of
from exchange.rosters import engine
from exchange.rosters.columns import COLUMNS
from exchange.rosters.reasons import bit, reasons_in
from exchange.rosters.roster import Reconciled, Start
from exchange.troubles import TableTrouble
from policy.deadlines import SHANGHAI
from store.disclosure import Cell, Look, disclose
from store.identities import IdentityPeriodRow
from store.people import PersonRow
from store.registration import Somebody, known_person
from store.roster_changes import Coming, Roster, write_changes
from store.rosters import went_live
from store.uploads import UploadRow

_SEPARATING = str.maketrans({",": "，", ";": "；", '"': "”", **dict.fromkeys(map(chr, range(32)), " ")})
"""In a cell that was typed on a page; no column of ours takes them for anything else."""
NOBODY_NAMED = bit("name-missing") | bit("id-missing")


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    """`row.typed` has its cells; `row.corrects` the day of the list on which it counts. Reads no file."""
    found = await _checked(session, context, row)
    if found is None:
        return _returned(NOBODY_NAMED)
    if found.returned:
        return _returned(next(iter(found.returned.values())))
    return _returned(*[await _written(session, context, row, start) for start in found.starts])


async def _checked(session: AsyncSession, context: Context, row: Row) -> Reconciled | None:
    """As it would be on a receipt handed in now; None for a line that a table would not count as a row."""
    terms = await terms_of(session, context)
    if row.confirmed:
        terms = replace(terms, townships=frozenset())
    held = await _in_force(session, context, unicodedata.normalize("NFKC", row.typed.get("id_number", "")))
    force = await engine.rebuilt(None, held) if held else None
    try:
        return await engine.reconcile(_as_roster(row), force, terms, whole=False)
    except TableTrouble as trouble:
        if trouble.code != "no-rows":
            raise
        return None


async def _in_force(session: AsyncSession, context: Context, number: str) -> Sequence[tuple[str, str, str]]:
    """What the person of that number holds here already, as the engine is told of it: number, registered name, category."""
    known = await known_person(session, context.vault, number)
    person = None if known is None else await session.get(PersonRow, known)
    if person is None:
        return ()
    held = await session.scalars(
        select(IdentityPeriodRow.category).where(
            IdentityPeriodRow.person_id.in_(select(func.one_person(person.id))),
            IdentityPeriodRow.division == context.division,
            IdentityPeriodRow.source_department == context.department.value,
            IdentityPeriodRow.ends_on.is_(None),
        )
    )
    categories = held.all()
    if not categories:
        return ()
    look = Look("system:rosters", "person", person.id, context.division, "anomaly.recheck", context.now)
    cells = {"person": Cell("person", "sealed", person.id, person.sealed)}
    who = disclose(session, context.vault, look, cells)["person"]
    return [(who["id_number"], who["name"], category) for category in categories]


async def _written(session: AsyncSession, context: Context, row: Row, start: Start) -> int:
    """The reason for which the tables do not take it, as a bit; 0 where they do."""
    listed_on = row.corrects.provided_on if row.corrects else context.today
    days = Days(context.rulebook, listed_on, goes_live=await _as_on_the_first(session, context, listed_on))
    roster = Roster(context.upload, context.division, context.department.value, listed_on)
    somebody = Somebody(start.name, start.id_number)
    coming = Coming(row.number, somebody, start.category, days.first(start.since, changes=False), row.confirmed)
    written = await write_changes(session, context.vault, roster, [coming], [], context.now)
    return sum(map(bit, written.refused.values()))


async def _as_on_the_first(session: AsyncSession, context: Context, listed_on: date) -> bool:
    """Whether the row counts as one of the roster with which the county went live: then its own day of entitlement does."""
    upload = await session.get_one(UploadRow, context.upload)
    return listed_on <= upload.provided_at.astimezone(SHANGHAI).date() and await went_live(session, context.upload)


def _as_roster(row: Row) -> bytes:
    """The line as a table, with the box that was ticked above it."""
    lines = [
        *([f"对象类别：{ticked}☑"] if (ticked := row.typed.get(TICKED)) else []),
        ",".join(column.label for column in COLUMNS),
        ",".join(row.typed.get(column.name, "").translate(_SEPARATING) for column in COLUMNS),
    ]
    return "\n".join(lines).encode()


def _returned(*masks: int) -> Fate:
    reasons = [reason for mask in masks for reason in reasons_in(mask)]
    if not reasons:
        return ACCEPTED
    return returned(*(Reason(one.code, one.zh, one.en, one.cell, one.clause) for one in reasons))
