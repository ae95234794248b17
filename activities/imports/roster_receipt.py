"""A corrected receipt of a roster: which of its rows stand for rows that went back, and from which day each counts.

Where only data were wrong (the same name or the same number) that is the day of the first roster; a row that was given to
another person is a new one, with the day on which the receipt was handed in (processes 3.11).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.returning import first_place, numbered_uploads, same_person
from activities.imports.whole import WholeTable
from exchange.rosters.roster import Reconciled, Start
from policy.deadlines import SHANGHAI
from policy.row_origin import Origin, read_origin
from store.anomalies import AnomalyRow, anomalies_at, matters_of_batch
from store.batches import outstanding_rows, settled_rows
from store.disclosure import Cell, Look, disclose_all
from store.rosters import RosterSnapshotRow, went_live
from store.uploads import UploadRow


@dataclass(frozen=True)
class Listed:
    """On which day a row was provided, and whether nobody was in force before it: then its own day of entitlement counts."""

    on: date
    goes_live: bool


@dataclass(frozen=True)
class Receipt:
    """`origins`: which earlier row a row stands for. Of a roster that corrects nothing there are none."""

    new: Listed
    first: Listed
    origins: Mapping[int, Origin] = field(default_factory=dict)

    def listed(self, starts: Iterable[Start]) -> Mapping[Listed, list[Start]]:
        """Whoever comes, by the day on which they were provided; at least one day, with nobody."""
        found: dict[Listed, list[Start]] = {} if self.origins else {self.new: []}
        for one in starts:
            found.setdefault(self.first if one.row in self.origins else self.new, []).append(one)
        return found


async def receipt_of(session: AsyncSession, table: WholeTable, found: Reconciled, listed_on: date) -> Receipt:
    """`listed_on`: the day of a roster that is no receipt."""
    context = table.context
    if context.batch == context.upload:
        listed = Listed(listed_on, goes_live=found.before == 0)
        return Receipt(listed, listed)
    upload = await session.get_one(UploadRow, context.upload)
    own = upload.provided_at.astimezone(SHANGHAI).date()
    asked = select(RosterSnapshotRow.listed_on).where(RosterSnapshotRow.upload_id == context.batch)
    first = Listed(await session.scalar(asked) or own, await went_live(session, context.batch))
    return Receipt(Listed(own, goes_live=found.before == 0), first, await _origins(session, table, found))


async def _origins(session: AsyncSession, table: WholeTable, found: Reconciled) -> Mapping[int, Origin]:
    """Each row that went back is corrected once, by the first line that stands for it and names the same person.

    A row that the department has settled one by one meanwhile is stood for by a line that is as it was: it is not asked about
    again. A line that says something else is a new row.
    """
    waiting = set(await outstanding_rows(session, table.context.batch)) if found.origins else set()
    settled = await settled_rows(session, table.context.batch) if found.origins else set()
    unclaimed, claimed = waiting | settled, dict[int, Origin]()
    for row, said in sorted(found.origins.items()):
        origin = read_origin(said)
        if origin is not None and origin in unclaimed:
            claimed[row] = origin
            unclaimed.discard(origin)
    before = await _before(session, table, claimed)
    return {
        row: origin
        for row, origin in claimed.items()
        if _stands_for(before.get(origin), found.cells[row], settled=origin in settled)
    }


def _stands_for(before: Mapping[str, str] | None, now: Mapping[str, str], *, settled: bool) -> bool:
    if before is None:
        return not settled
    return all(before.get(name, "") == typed for name, typed in now.items()) if settled else same_person(before, now)


async def _before(
    session: AsyncSession, table: WholeTable, claimed: Mapping[int, Origin]
) -> Mapping[Origin, Mapping[str, str]]:
    """What stood in the rows when they first came; nothing of rows that went back by their receipt alone."""
    context = table.context
    matters = await matters_of_batch(session, str(context.batch), context.department) if claimed else ()
    uploads = await numbered_uploads(session, context)
    places = {place: origin for origin in claimed.values() if (place := first_place(uploads, origin))}
    rows: list[AnomalyRow] = list((await anomalies_at(session, matters, list(places))).values()) if matters else []
    look = Look("system:rosters", "upload", context.upload, context.division, "anomaly", context.now)
    cells = [Cell("anomaly", "row", row.id, row.sealed) for row in rows]
    opened = disclose_all(session, context.vault, look, ["row"], cells) if rows else []
    return {places[row.place]: values for row, values in zip(rows, opened, strict=True)}
