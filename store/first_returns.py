"""Rows of several batches that go back for the first time: their matters are opened, and the rows written, together (W11).

At the end of a month the rosters of many counties are taken in at once, and most send some rows back. One by one each would
cost a dozen statements.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from policy.exchange_terms import AnomalyState, MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from store.anomalies import LINES, Batch, Returned, first_key
from store.matters import MatterRow
from store.outbox import start_all
from store.vault import Vault

Sent = tuple[Batch, Sequence[Returned]]
_INSERT = text(
    """
insert into anomaly (id, matter_id, division, department, place, upload_id, sheet, row_number, reasons, sealed,
                     provided_on, state, returned_at, confirmed)
select r.id, r.matter, r.division, r.department, r.place, r.upload_id, r.sheet, r.row_number, r.reasons,
       decode(r.sealed, 'hex'), r.provided_on, :state, :at, false
  from jsonb_to_recordset(cast(:rows as jsonb))
    as r (id uuid, matter uuid, division text, department text, place text, upload_id uuid, sheet integer, row_number integer,
          reasons jsonb, sealed text, provided_on date)
"""
)


async def open_first(
    session: AsyncSession, vault: Vault, batches: Sequence[Sent], *, at: datetime, day: date
) -> list[Sent]:
    """Opens the matters of those batches that have none; the others are left to `store.anomalies.open_anomalies`."""
    matters = [_matter(batch, rows, at, day) for batch, rows in batches]
    asked = insert(MatterRow).on_conflict_do_nothing().returning(MatterRow.key, MatterRow.id)
    opened: dict[str, uuid.UUID] = {one.key: one.id for one in await session.execute(asked, matters)}
    fresh, others = _told_apart(batches, opened)
    ids = iter(await _ids(session, sum(len(rows) for _batch, rows in fresh.values())))
    lines = [line for matter, sent in fresh.items() for line in _lines(vault, matter, sent, ids)]
    for first in range(0, len(lines), LINES):
        told = {"rows": json.dumps(lines[first : first + LINES]), "state": AnomalyState.RETURNED.value, "at": at}
        await session.execute(_INSERT, told)
    arguments = {key: {"matter_id": str(matter), "acknowledges": []} for key, matter in opened.items()}
    await start_all(session, Procedure.ANOMALY, arguments, at=at)
    return others


def _told_apart(
    batches: Sequence[Sent], opened: Mapping[str, uuid.UUID]
) -> tuple[Mapping[uuid.UUID, Sent], list[Sent]]:
    """Those with which a matter was opened, and the others: a batch that stands there twice opened one with the first."""
    fresh: dict[uuid.UUID, Sent] = {}
    others = []
    for sent in batches:
        matter = opened.get(first_key(sent[0]))
        if matter is None or matter in fresh:
            others.append(sent)
        else:
            fresh[matter] = sent
    return fresh, others


def _matter(batch: Batch, rows: Sequence[Returned], at: datetime, day: date) -> Mapping[str, Any]:
    """As `store.matters.open_matter` writes it, with what `store.anomalies.tally` would count."""
    codes = Counter(reason["code"] for row in rows for reason in row.reasons)
    counts = {"rows": len(rows), "open": len(rows), "withdrawn": 0, "codes": dict(sorted(codes.items()))}
    return {
        "procedure": Procedure.ANOMALY.value,
        "key": first_key(batch),
        "division": batch.division,
        "department": batch.department.value,
        "departments": sorted((batch.department.value, Department.MEDICAL_INSURANCE.value)),
        "month": batch.month,
        "status": MatterStatus.RETURNED.value,
        "status_at": at,
        "opened_on": day,
        "opened_at": at,
        "last_act_on": day,
        "parent_id": batch.parent,
        "facts": {**(batch.facts or {}), **counts},
    }


async def _ids(session: AsyncSession, count: int) -> Sequence[uuid.UUID]:
    return (await session.scalars(text("select uuidv7() from generate_series(1, :count)"), {"count": count})).all()


def _lines(vault: Vault, matter: uuid.UUID, sent: Sent, ids: Iterator[uuid.UUID]) -> Iterator[Mapping[str, Any]]:
    batch, rows = sent
    for row in rows:
        key = next(ids)
        yield {
            "id": str(key),
            "matter": str(matter),
            "division": batch.division,
            "department": batch.department.value,
            "place": row.place,
            "upload_id": str(row.upload) if row.upload else None,
            "sheet": row.sheet,
            "row_number": row.number,
            "reasons": [dict(reason) for reason in row.reasons],
            "sealed": vault.seal("anomaly", "row", key, dict(row.values)).hex(),
            "provided_on": row.provided_on.isoformat(),
        }
