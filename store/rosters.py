"""Rosters of those in force 在册名单, taken in as a whole: how far one is, what it changed, and what was in force after it.

Of a roster's rows only those that were not accepted, or are under suspicion, have a row of their own (`upload_row`). The
accepted ones are accounted for by the upload's counts and by the snapshot: a sealed file with one row for each person and
category in force, under the snapshot's id (docs/decisions/0160).
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Moment
from store.identities import IdentityPeriodRow
from store.uploads import UploadRow


class RosterLoadRow(Base):
    """How far a roster is (`written` of `to_write` changes), and when it is done what it came to: counts only.

    `before` + `added` + `known` - `ended` = `in_force`. `known`: on the roster and not in force by the last one, but marked
    already by another way. `changed` persons have changed category and are in `added` and `ended` too. `updated`: unchanged,
    but for village, household or remark. `held`: kept in force, because a returned row may be about them.
    """

    __tablename__ = "roster_load"
    __table_args__ = (CheckConstraint("in_force is null or in_force = before + added + known - ended", "in_force"),)

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    snapshot_id: Mapped[uuid.UUID]
    """Settled before anything is written, so that an attempt after a killed one writes the same file."""
    to_write: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    written: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    before: Mapped[int | None]
    added: Mapped[int | None]
    ended: Mapped[int | None]
    changed: Mapped[int | None]
    updated: Mapped[int | None]
    unchanged: Mapped[int | None]
    held: Mapped[int | None]
    known: Mapped[int | None]
    in_force: Mapped[int | None]


class RosterSnapshotRow(Base):
    """What was in force in a county by one department after a roster: where its sealed file is, and what stood in the tables.

    `periods` and `ended` count that department's identity periods in the county. They only ever grow: as long as they are
    the same, nobody else has marked or ended anything, and the file says what is in force.
    """

    __tablename__ = "roster_snapshot"
    __table_args__ = (Index("roster_snapshot_of_idx", "division", "department", "taken_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), unique=True)
    listed_on: Mapped[date]
    rows: Mapped[int]
    periods: Mapped[int]
    ended: Mapped[int]
    taken_at: Mapped[Moment]


_COUNTS = (
    *("to_write", "written", "before", "added", "ended", "changed", "updated", "unchanged", "held", "known"),
    "in_force",
)


@dataclass(frozen=True)
class Standing:
    """How many identity periods there are, and how many of them have an end."""

    periods: int
    ended: int


async def roster_counts(session: AsyncSession, upload: uuid.UUID) -> dict[str, int | None] | None:
    """How far a roster is and what it came to; None for what is no roster, or has not been compared yet."""
    row = await session.get(RosterLoadRow, upload)
    return None if row is None else {name: getattr(row, name) for name in _COUNTS}


async def went_live(session: AsyncSession, upload: uuid.UUID) -> bool:
    """Whether nobody was in force before this roster: then the rows' own days of entitlement count."""
    row = await session.get(RosterLoadRow, upload)
    return row is not None and row.before == 0


Office = tuple[str, str]
"""Division and department: whose roster it is."""

_NAMED = "unnest(cast(:names as text[])) n"
_TRY = text(f"select n, pg_try_advisory_xact_lock(hashtextextended(n, 0)) from {_NAMED}")
_WAITING = text(
    """
with first as (
  select distinct on (division, department) id, division, department, state, size, coalesce(confirmed_at, created_at) as came
    from upload where kind = :kind and not preview and state in ('received', 'working')
   order by division, department, came, id
), queue as (
  select *, row_number() over ranks as place, sum(size) over ranks as bytes from first where state = 'received'
  window ranks as (order by (division, department) = (:division, :own) desc, came, id)
)
select id, division, department from queue where place <= :most and bytes - size < :bytes order by place
"""
)
_NEXT = text(
    """
select id, state from upload
 where kind = :kind and division = :division and department = :department and not preview
   and state in ('received', 'working') and id <> all(cast(:passed as uuid[]))
   and (coalesce(confirmed_at, created_at), id) <= (select coalesce(confirmed_at, created_at), id from upload where id = :upload)
 order by coalesce(confirmed_at, created_at), id limit 1
"""
)


def _name(office: Office) -> str:
    return f"roster {office[0]} {office[1]}"


async def hold_roster(session: AsyncSession, division: str, department: str) -> None:
    """Until the transaction ends no other roster of this county and department is compared or written."""
    name = _name((division, department))
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def try_hold_rosters(session: AsyncSession, offices: Collection[Office]) -> set[Office]:
    """As `hold_roster`, without waiting: the offices whose rosters nobody else is at."""
    names = {_name(office): office for office in offices}
    found = await session.execute(_TRY, {"names": list(names)}) if names else ()
    return {names[name] for name, held in found if held}


async def waiting_rosters(
    session: AsyncSession, kind: str, own: Office, most: int, size: int
) -> dict[Office, uuid.UUID]:
    """Of each office the roster that came first, if nobody has begun it yet; that of `own` before all others.

    At most so many, and none after those before it have reached so many bytes.
    """
    asked = {"kind": kind, "division": own[0], "own": own[1], "most": most, "bytes": size}
    return {(one.division, one.department): one.id for one in await session.execute(_WAITING, asked)}


async def next_roster(session: AsyncSession, row: UploadRow, passed: Collection[uuid.UUID]) -> tuple[uuid.UUID, bool]:
    """Of what the office of `row` has handed in up to it, the roster that came first, and whether it was begun before."""
    asked = {"kind": row.kind, "division": row.division, "department": row.department, "upload": row.id}
    found = (await session.execute(_NEXT, {**asked, "passed": list(passed)})).one_or_none()
    return (found.id, found.state == "working") if found else (row.id, False)


async def latest_snapshots(session: AsyncSession, offices: Collection[Office]) -> dict[Office, RosterSnapshotRow]:
    """Of several taken at one moment, as by the stopped clock of a demonstration, the one that knew of the most periods and ends."""
    grown = RosterSnapshotRow.periods + RosterSnapshotRow.ended
    office = RosterSnapshotRow.division, RosterSnapshotRow.department
    found = await session.scalars(
        select(RosterSnapshotRow)
        .where(tuple_(*office).in_(offices))
        .ext(distinct_on(*office))
        .order_by(*office, RosterSnapshotRow.taken_at.desc(), grown.desc(), RosterSnapshotRow.id.desc())
    )
    return {(row.division, row.department): row for row in found}


async def standings_without(session: AsyncSession, uploads: Mapping[Office, uuid.UUID]) -> dict[Office, Standing]:
    """As each office stood before its upload wrote anything: an attempt after a killed one starts from the same."""
    office = IdentityPeriodRow.division, IdentityPeriodRow.source_department
    mine = [getattr(IdentityPeriodRow, name).in_(uploads.values()) for name in ("upload_id", "ended_by")]
    brought, ended = (func.coalesce(one, False) for one in mine)
    found = await session.execute(
        select(
            *office,
            func.count().filter(~brought),
            func.count().filter(~brought, IdentityPeriodRow.ended_by.is_not(None), ~ended),
        )
        .where(tuple_(*office).in_(uploads))
        .group_by(*office)
    )
    known = {(division, department): Standing(*counts) for division, department, *counts in found}
    return {one: known.get(one, Standing(0, 0)) for one in uploads}
