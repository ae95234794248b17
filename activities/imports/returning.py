"""Rows that go back to the department that handed them in open its matter (W11), whatever the table; those of a corrected
receipt settle the rows that they stand for, or bring them back once more.

Called once a table's rows have been decided, in the transaction that closes it. A table with thousands of returned rows
costs a few statements.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context
from policy.identity_number import normal
from policy.person_name import normal_name
from policy.row_origin import Origin
from policy.terms import RowFate
from store.anomalies import (
    Batch,
    Returned,
    anomalies_at,
    corrected_by_table,
    matters_of_batch,
    nudge,
    open_anomalies,
    place_of,
)
from store.batches import uploads_of_batch
from store.first_returns import open_first
from store.matters import locked_matter
from store.uploads import UploadRow


@dataclass(frozen=True)
class Line:
    """A row that was returned, or that stands for an earlier one. `reasons` as they are kept; `values` as it was typed."""

    sheet: int
    number: int
    fate: RowFate
    reasons: Sequence[Mapping[str, Any]]
    origin: Origin | None
    values: Mapping[str, str]


@dataclass(frozen=True)
class Decided:
    """What became of a table. `provided_on`: the day of its list, from which entitlement counts where only data were wrong."""

    context: Context
    provided_on: date
    lines: Sequence[Line]


async def send_back(session: AsyncSession, tables: Sequence[Decided]) -> None:
    """Safe to repeat. Holds the matters of the batches until the transaction ends."""
    for table in tables:
        corrected = [line for line in table.lines if line.origin is not None]
        if corrected:
            await _settle(session, table.context, corrected)
    sent = [found for table in tables if (found := _returned(table))[1]]
    if not sent:
        return
    context = tables[0].context
    for batch, rows in await open_first(session, context.vault, sent, at=context.now, day=context.today):
        await open_anomalies(session, context.vault, batch, rows, at=context.now, day=context.today)


async def _settle(session: AsyncSession, context: Context, lines: Sequence[Line]) -> None:
    waiting = await matters_of_batch(session, str(context.batch), context.department)
    matters = [await locked_matter(session, matter.id) for matter in waiting if matter.closed_at is None]
    if not matters:
        return
    by = (await session.get_one(UploadRow, context.upload)).uploaded_by
    uploads = await numbered_uploads(session, context)
    places = {place: line for line in lines if (place := first_place(uploads, line.origin))}
    for place, row in (await anomalies_at(session, matters, list(places), lock=True)).items():
        if row.settled_at is None:
            line = places[place]
            reasons = line.reasons if line.fate is RowFate.RETURNED else ()
            corrected_by_table(context.vault, row, line.values, reasons, by=by, at=context.now)
    for matter in matters:
        await nudge(session, matter, at=context.now)


def _returned(table: Decided) -> tuple[Batch, list[Returned]]:
    """The rows that go back for the first time."""
    context = table.context
    month = context.today if context.month is None else date.fromisoformat(f"{context.month}-01")
    batch = Batch(
        key=str(context.batch),
        division=context.division,
        department=context.department,
        month=month.replace(day=1),
        facts={"table": context.kind},
    )
    rows = [
        Returned(
            place_of(context.upload, line.sheet, line.number),
            line.sheet,
            line.number,
            line.reasons,
            line.values,
            table.provided_on,
            context.upload,
        )
        for line in table.lines
        if line.origin is None and line.fate is RowFate.RETURNED
    ]
    return batch, rows


async def numbered_uploads(session: AsyncSession, context: Context) -> Mapping[int, uuid.UUID]:
    """The uploads of the batch by their numbers; the first is known before it is done."""
    known = {upload.batch_no: upload.id for upload in await uploads_of_batch(session, context.batch)}
    return {**known, 1: context.batch}


def first_place(uploads: Mapping[int, uuid.UUID], origin: Origin | None) -> str | None:
    """Where the row that a line stands for was first; None for what belongs to no upload of the batch."""
    if origin is None or origin.upload not in uploads:
        return None
    return place_of(uploads[origin.upload], origin.sheet, origin.row)


def same_person(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """The same name or the same number: only data were wrong (processes 3.11)."""
    name, number = normal_name(now.get("name", "")), normal(now.get("id_number", ""))
    same_name = bool(name) and name == normal_name(before.get("name", ""))
    return same_name or (bool(number) and number == normal(before.get("id_number", "")))
