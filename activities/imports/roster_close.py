"""The end of a roster: the rows that were not accepted with their reasons, the counts, and what is in force from now on."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.roster_anomalies import Closing, return_rows
from activities.imports.roster_force import Force
from activities.imports.roster_receipt import Receipt
from activities.imports.whole import WholeTable
from exchange.rosters.columns import COLUMNS
from exchange.rosters.reasons import bit, reasons_in
from exchange.rosters.roster import End, Reconciled
from policy.exchange_terms import Carrier, Direction
from policy.row_origin import Origin
from policy.terms import RowFate, UploadState
from store.roster_changes import Written
from store.rosters import RosterSnapshotRow
from store.sharings import Provided, record_sharings
from store.uploads import UploadForecastRow, UploadRow

_LABELS = {column.name: column.label for column in COLUMNS}
_AGAIN = bit("duplicate-in-batch")
LINES = 1000
_KEEP = text(
    """
insert into upload_row (upload_id, sheet, row_number, division, department, fate, reasons, origin, decided_at)
select l.*, cast(:at as timestamptz) from jsonb_to_recordset(cast(:lines as jsonb))
    as l (upload_id uuid, sheet integer, row_number integer, division text, department text, fate text, reasons jsonb, origin text)
on conflict do nothing
"""
)
_TELL = text(
    """
update roster_load l set before = c.before, added = c.added, ended = c.ended, changed = c.changed, updated = c.updated,
       unchanged = c.unchanged, held = c.held, known = c.known, in_force = c.in_force
  from jsonb_populate_recordset(null::roster_load, cast(:counts as jsonb)) as c where l.upload_id = c.upload_id
"""
)


@dataclass
class Outcome:
    """What a roster has come to so far. `refused`: rows that the tables do not take, with their reasons as bits."""

    table: WholeTable
    found: Reconciled
    before: Force
    receipt: Receipt
    snapshot: uuid.UUID
    added: int = 0
    known: int = 0
    ended: int = 0
    """Periods that were given an end; somebody in force by the last roster may have had none left."""
    kept: list[End] = field(default_factory=list)
    """Of those missing or changing: who stays, because the row about them was refused."""
    refused: dict[int, int] = field(default_factory=dict)

    def took(self, written: Written) -> None:
        self.added += written.added
        self.known += written.known
        self.ended += written.ended
        self.kept += [End(*one) for one in written.kept]
        self.refused |= {row: bit(code) for row, code in written.refused.items()}

    @property
    def returned(self) -> dict[int, int]:
        return self.found.returned | self.refused

    @property
    def in_force(self) -> int:
        return self.found.after - len(self.refused) + len(self.kept)

    @property
    def accepted(self) -> int:
        return self.found.accepted - len(self.refused)

    @property
    def by_category(self) -> dict[str, int]:
        """The accepted rows."""
        refused = Counter(start.category for start in self.found.starts if start.row in self.refused)
        counts = {category: rows - refused[category] for category, rows in self.found.by_category.items()}
        return {category: rows for category, rows in counts.items() if rows}


async def forecast(session: AsyncSession, table: WholeTable, found: Reconciled) -> None:
    """Of a roster that is only looked at: what would go back, as far as the roster itself says it."""
    lines = [
        {name: value for name, value in line.items() if name != "origin"}
        for line in _lines(table, found, found.returned, {})
        if line["fate"] != RowFate.ACCEPTED.value
    ]
    for start in range(0, len(lines), LINES):
        await session.execute(insert(UploadForecastRow), lines[start : start + LINES])
    await session.execute(
        update(UploadRow).where(UploadRow.id == table.context.upload).values(state=UploadState.CHECKED.value)
    )


async def close(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    """In one transaction. The uploads are locked last, and for this moment only."""
    now = outcomes[0].table.clock.now()
    closing = [_closing(outcome) for outcome in outcomes]
    lines = [line for one in closing for line in one.lines]
    for start in range(0, len(lines), LINES):
        await session.execute(_KEEP, {"lines": json.dumps(lines[start : start + LINES]), "at": now})
    await return_rows(session, closing)
    session.add_all([_snapshot(outcome, now) for outcome in outcomes])
    counts = [{"upload_id": str(outcome.table.context.upload), **_counts(outcome)} for outcome in outcomes]
    await session.execute(_TELL, {"counts": json.dumps(counts)})
    of = {outcome.table.context.upload: outcome for outcome in outcomes}
    asked = select(UploadRow).where(UploadRow.id.in_(of)).order_by(UploadRow.id).with_for_update()
    shared = []
    for row in await session.scalars(asked, execution_options={"populate_existing": True}):
        outcome = of[row.id]
        row.accepted, row.returned = outcome.accepted, len(outcome.returned)
        row.duplicate = len(outcome.found.duplicates)
        row.state, row.finished_at = UploadState.DONE.value, now
        if outcome.accepted:
            shared.append(_shared(outcome, row))
    await record_sharings(session, shared, at=now)


def _closing(outcome: Outcome) -> Closing:
    table, found, receipt = outcome.table, outcome.found, outcome.receipt
    lines = list(_lines(table, found, outcome.returned, receipt.origins))
    return Closing(table, found, receipt.new.on, lines)


def _snapshot(outcome: Outcome, now: datetime) -> RosterSnapshotRow:
    context, standing = outcome.table.context, outcome.before.standing
    return RosterSnapshotRow(
        id=outcome.snapshot,
        division=context.division,
        department=context.department.value,
        upload_id=context.upload,
        listed_on=outcome.receipt.first.on,
        rows=outcome.in_force,
        periods=standing.periods + outcome.added,
        ended=standing.ended + outcome.ended,
        taken_at=now,
    )


def _shared(outcome: Outcome, row: UploadRow) -> Provided:
    """A roster is at the same time its department's sharing of the month in which it comes (C-02): nothing is handed in twice.

    A batch is shared once: with its first upload of which something was accepted, or by the first row that is corrected alone.
    """
    context = outcome.table.context
    return Provided(
        source=f"upload/{context.batch}",
        division=context.division,
        month=context.today,
        direction=Direction.IN,
        partner=context.department,
        carrier=Carrier(row.carrier),
        provided_on=context.today,
        person_times=outcome.by_category,
        provided_by=row.uploaded_by,
        upload=context.upload,
    )


def _counts(outcome: Outcome) -> dict[str, int]:
    found = outcome.found
    return {
        "before": found.before,
        "added": outcome.added,
        "ended": len(found.ends) - len(outcome.kept),
        "changed": found.changed,
        "updated": found.updated,
        "unchanged": found.unchanged,
        "held": found.held,
        "known": outcome.known,
        "in_force": outcome.in_force,
    }


def _lines(
    table: WholeTable, found: Reconciled, returned: dict[int, int], origins: Mapping[int, Origin]
) -> Iterator[dict[str, Any]]:
    """The rows that have a row of their own: returned, repeated, under suspicion, or standing for an earlier one."""
    masks = dict.fromkeys(origins, 0) | found.suspected | dict.fromkeys(found.duplicates, _AGAIN) | returned
    again = set(found.duplicates)
    for row, mask in sorted(masks.items()):
        fate = RowFate.RETURNED if row in returned else RowFate.DUPLICATE if row in again else RowFate.ACCEPTED
        yield {
            "upload_id": str(table.context.upload),
            "sheet": found.sheet,
            "row_number": row,
            "division": table.context.division,
            "department": table.context.department.value,
            "fate": fate.value,
            "reasons": [
                {
                    "cell": reason.cell,
                    "label": _LABELS.get(reason.cell, ""),
                    "code": reason.code,
                    "zh": reason.zh,
                    "en": reason.en,
                    "clause": reason.clause,
                }
                for reason in reasons_in(mask)
            ],
            "origin": str(origins[row]) if row in origins else None,
        }
