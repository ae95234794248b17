"""Anomalies 异常数据: rows of a batch that went back to the department they came from, and what it did about each (W11).

Of any table whose rows are checked (`batch` is its first upload, or another key of the batch). What stood in the row is
personal and sealed; only the source department and the bureau of that county may read it.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.anomaly_steps import ANOMALY_CORRECTION
from policy.exchange_terms import AnomalyState, MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from store.base import Base, Json, Key, Moment
from store.matters import MatterRow, Opening, locked_matter, open_matter
from store.outbox import start
from store.tasks import TaskRow
from store.vault import Vault

LINES = 1000
"""Rows written by one statement."""
_INSERT = text(
    """
insert into anomaly (id, matter_id, division, department, place, upload_id, sheet, row_number, reasons, sealed,
                     provided_on, state, returned_at, confirmed)
select r.id, :matter, :division, :department, r.place, r.upload_id, r.sheet, r.row_number, r.reasons,
       decode(r.sealed, 'hex'), r.provided_on, :state, :at, false
  from jsonb_to_recordset(cast(:rows as jsonb))
    as r (id uuid, place text, upload_id uuid, sheet integer, row_number integer, reasons jsonb, sealed text, provided_on date)
"""
)
_COUNTS = text(
    """
select count(*), count(*) filter (where settled_at is null), count(*) filter (where state = 'withdrawn')
  from anomaly where matter_id = :matter
"""
)
_CODES = text(
    """
select reason ->> 'code', count(*) from anomaly, jsonb_array_elements(reasons) as reason
 where matter_id = :matter group by 1 order by 1
"""
)
_STATES = ", ".join(f"'{state.value}'" for state in AnomalyState)


class AnomalyRow(Base):
    """One returned row. `reasons`: [{cell, label, code, zh, en, clause}], without personal data."""

    __tablename__ = "anomaly"
    __table_args__ = (
        UniqueConstraint("matter_id", "place"),
        CheckConstraint(f"state in ({_STATES})", "state"),
        CheckConstraint("(state in ('closed', 'withdrawn')) = (settled_at is not null)", "settled"),
        CheckConstraint("reasons <> '[]'", "returned_for_a_reason"),
        Index("anomaly_open_idx", "matter_id", postgresql_where=text("settled_at is null")),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"))
    division: Mapped[str]
    department: Mapped[str]
    """The source department."""
    place: Mapped[str]
    """Where the row first stood: upload/sheet-row."""
    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    sheet: Mapped[int]
    row_number: Mapped[int]
    reasons: Mapped[Json]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The row as it was provided, by the names of its columns, as text."""
    provided_on: Mapped[date]
    """The day of the list on which it first stood: where only data were wrong, entitlement still rests on it."""
    state: Mapped[str]
    returned_at: Mapped[Moment]
    corrected_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The row as corrected, the same way."""
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{reason} for which it was confirmed as true or withdrawn."""
    confirmed: Mapped[bool]
    """Whether the department stands by it."""
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[Moment | None]
    rechecked_at: Mapped[Moment | None]
    settled_at: Mapped[Moment | None]


@dataclass(frozen=True)
class Batch:
    """Where returned rows came from. `parent`: the matter of the list, if it is one's."""

    key: str
    division: str
    department: Department
    parent: uuid.UUID | None = None
    month: date | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Returned:
    """One row that goes back; `values` by the names of its columns, as text."""

    place: str
    sheet: int
    number: int
    reasons: Sequence[Mapping[str, Any]]
    values: Mapping[str, str | None]
    provided_on: date
    upload: uuid.UUID | None = None


def place_of(upload: uuid.UUID, sheet: int, number: int) -> str:
    return f"{upload}/{sheet}-{number}"


def first_key(batch: Batch) -> str:
    """Of the first matter of the batch."""
    return f"{batch.key}/{batch.department.value}"


async def open_anomalies(
    session: AsyncSession, vault: Vault, batch: Batch, rows: Sequence[Returned], *, at: datetime, day: date
) -> MatterRow | None:
    """The matter in which the source department settles these rows; opened once for the batch. Safe to repeat.

    A row that has gone back before does not go back again; None where all of them have. Rows that come after the matter
    has been settled open another one behind it.
    """
    known = await _known_places(session, batch, [row.place for row in rows])
    fresh = [row for row in rows if row.place not in known]
    if not fresh:
        return None
    matter = await _open(session, batch, at=at, day=day)
    for start_at in range(0, len(fresh), LINES):
        await _write(session, vault, batch, matter.id, fresh[start_at : start_at + LINES], at)
    matter.facts = {**matter.facts, **await tally(session, matter.id)}
    await nudge(session, matter, at=at)
    return matter


async def nudge(session: AsyncSession, matter: MatterRow, *, at: datetime) -> None:
    """Wakes its procedure, which looks at what has been corrected."""
    await start(session, Procedure.ANOMALY, matter.key, {"matter_id": str(matter.id)}, at=at)


async def anomalies_of(
    session: AsyncSession, matter_id: uuid.UUID, *, after: uuid.UUID | None = None, limit: int | None = None
) -> Sequence[AnomalyRow]:
    """The rows of the matter, in the order in which they went back, from behind the row `after` on."""
    asked = select(AnomalyRow).where(AnomalyRow.matter_id == matter_id).order_by(AnomalyRow.id).limit(limit)
    return (await session.scalars(asked.where(AnomalyRow.id > after) if after else asked)).all()


async def next_answered(session: AsyncSession, matter_id: uuid.UUID) -> AnomalyRow | None:
    """The next row that waits to be checked again, locked. The caller holds the matter."""
    waiting = [state.value for state in AnomalyState if state.waits_for_recheck]
    found: AnomalyRow | None = await session.scalar(
        select(AnomalyRow)
        .where(AnomalyRow.matter_id == matter_id, AnomalyRow.settled_at.is_(None), AnomalyRow.state.in_(waiting))
        .order_by(AnomalyRow.answered_at, AnomalyRow.id)
        .limit(1)
        .with_for_update()
    )
    return found


async def last_answered(session: AsyncSession, matter_id: uuid.UUID) -> uuid.UUID | None:
    """The account that answered last."""
    found: uuid.UUID | None = await session.scalar(
        select(AnomalyRow.answered_by)
        .where(AnomalyRow.matter_id == matter_id, AnomalyRow.answered_by.is_not(None))
        .order_by(AnomalyRow.answered_at.desc(), AnomalyRow.id.desc())
        .limit(1)
    )
    return found


async def anomalies_at(
    session: AsyncSession, matters: Sequence[MatterRow], places: Sequence[str], *, lock: bool = False
) -> Mapping[str, AnomalyRow]:
    """Those of the matters' rows that first stood at these places."""
    asked = select(AnomalyRow).where(
        AnomalyRow.matter_id.in_([matter.id for matter in matters]),
        AnomalyRow.place == func.any(bindparam("places", list(places), type_=ARRAY(String))),
    )
    found = await session.scalars(asked.order_by(AnomalyRow.id).with_for_update() if lock else asked)
    return {row.place: row for row in found}


async def anomaly_at(session: AsyncSession, key: str, department: Department, place: str) -> AnomalyRow | None:
    """The row of a batch that first stood there, locked."""
    matters = await matters_of_batch(session, key, department)
    return (await anomalies_at(session, matters, [place], lock=True)).get(place) if matters else None


async def matters_of_batch(session: AsyncSession, key: str, department: Department) -> Sequence[MatterRow]:
    """The matters in which rows of a batch were returned to a department."""
    own = f"{key}/{department.value}"
    found = await session.scalars(
        select(MatterRow)
        .where(
            MatterRow.procedure == Procedure.ANOMALY.value,
            (MatterRow.key == own) | MatterRow.key.startswith(f"{own}/", autoescape=True),
        )
        .order_by(MatterRow.id)
    )
    return found.all()


async def tally(session: AsyncSession, matter_id: uuid.UUID) -> dict[str, Any]:
    """How many rows there are, are still open, and for which reasons they were returned."""
    counted = await session.execute(_COUNTS, {"matter": matter_id})
    rows, still_open, withdrawn = counted.one()
    codes = await session.execute(_CODES, {"matter": matter_id})
    return {"rows": rows, "open": still_open, "withdrawn": withdrawn, "codes": {row[0]: row[1] for row in codes}}


def settle(row: AnomalyRow, state: AnomalyState, at: datetime) -> None:
    """Its last state."""
    row.state, row.settled_at = state.value, at


def corrected_by_table(
    vault: Vault,
    row: AnomalyRow,
    values: Mapping[str, str],
    reasons: Sequence[Mapping[str, Any]],
    *,
    by: uuid.UUID,
    at: datetime,
) -> None:
    """A row of a corrected receipt has answered it and has been checked; for `reasons` it comes back again."""
    row.corrected_sealed = vault.seal("anomaly", "corrected", row.id, dict(values))
    row.answered_by, row.answered_at, row.rechecked_at = by, at, at
    if reasons:
        row.reasons, row.state, row.confirmed = [dict(one) for one in reasons], AnomalyState.RETURNED.value, False
    else:
        settle(row, AnomalyState.CLOSED, at)


async def _known_places(session: AsyncSession, batch: Batch, places: Sequence[str]) -> set[str]:
    matters = await matters_of_batch(session, batch.key, batch.department)
    asked = select(AnomalyRow.place).where(
        AnomalyRow.matter_id.in_([matter.id for matter in matters]),
        AnomalyRow.place == func.any(bindparam("places", list(places), type_=ARRAY(String))),
    )
    return set(await session.scalars(asked)) if matters else set()


async def _open(session: AsyncSession, batch: Batch, *, at: datetime, day: date) -> MatterRow:
    """The batch's matter that is not settled yet, held: nobody ends it while rows are added to it."""
    first, number = first_key(batch), 1
    while True:
        opening = Opening(
            procedure=Procedure.ANOMALY,
            key=first if number == 1 else f"{first}/{number}",
            division=batch.division,
            departments=(batch.department, Department.MEDICAL_INSURANCE),
            status=MatterStatus.RETURNED,
            department=batch.department,
            month=batch.month,
            parent=batch.parent,
            facts=batch.facts,
        )
        opened, _ = await open_matter(session, opening, at=at, day=day)
        matter = await locked_matter(session, opened.id)
        if not await _is_settled(session, matter):
            return matter
        number += 1


async def _is_settled(session: AsyncSession, matter: MatterRow) -> bool:
    """Ended, or about to: once its task has been answered, its procedure asks no more."""
    if matter.closed_at is not None:
        return True
    answered = await session.scalar(
        select(TaskRow.id)
        .where(TaskRow.subject_id == matter.id, TaskRow.kind == ANOMALY_CORRECTION.kind, TaskRow.state == "answered")
        .limit(1)
    )
    return answered is not None


async def _write(
    session: AsyncSession, vault: Vault, batch: Batch, matter: uuid.UUID, rows: Sequence[Returned], at: datetime
) -> None:
    """Many at a time: of a roster thousands may go back."""
    ids = await session.scalars(text("select uuidv7() from generate_series(1, :count)"), {"count": len(rows)})
    lines = [
        {
            "id": str(key),
            "place": row.place,
            "upload_id": str(row.upload) if row.upload else None,
            "sheet": row.sheet,
            "row_number": row.number,
            "reasons": [dict(reason) for reason in row.reasons],
            "sealed": vault.seal("anomaly", "row", key, dict(row.values)).hex(),
            "provided_on": row.provided_on.isoformat(),
        }
        for key, row in zip(ids, rows, strict=True)
    ]
    to = {"matter": matter, "division": batch.division, "department": batch.department.value}
    state = AnomalyState.RETURNED.value
    await session.execute(_INSERT, {**to, "rows": json.dumps(lines), "state": state, "at": at})
