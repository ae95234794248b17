"""What a roster changes about identity periods, many persons at a time: the same rules as `store.identities.mark`.

Periods of one person and category never overlap, and only the department that marked one ends it. Every change may be
written twice: what this very upload wrote before is found and left as it is.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ARRAY, Date, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.identities import IdentityPeriodRow
from store.registration import Somebody
from store.roster_people import Known, aliases_of, died, hold_people, known_or_entered
from store.vault import Vault

OTHER_NAME, DECEASED, ELSEWHERE = "id-other-name", "deceased", "already-active"
"""Why the tables refuse a row; in the words of the roster's reasons."""

_INSERT = text(
    """
insert into identity_period
  (person_id, division, category, source_department, starts_on, provided_on, marked_at, upload_id)
select cast(n[1] as uuid), n[4], n[2], n[5], cast(n[3] as date), cast(n[6] as date), :now, cast(n[7] as uuid)
  from (select string_to_array(line, ',') as n from string_to_table(:periods, chr(10)) as line) as lines
"""
)
_END = text(
    """
update identity_period i set ends_on = e.ends_on, ended_by = e.upload, end_provided_on = e.listed_on
  from unnest(:periods, :days, :uploads, :listed) as e (period, ends_on, upload, listed_on) where i.id = e.period
"""
).bindparams(
    *(bindparam(name, type_=ARRAY(Uuid)) for name in ("periods", "uploads")),
    *(bindparam(name, type_=ARRAY(Date)) for name in ("days", "listed")),
)


@dataclass(frozen=True)
class Roster:
    """Whose roster it is, and the day on which it was provided."""

    upload: uuid.UUID
    division: str
    department: str
    listed_on: date


@dataclass(frozen=True)
class Coming:
    """A row that begins a category from a day on. `confirmed`: the department stands by it, against what is known."""

    row: int
    who: Somebody
    category: str
    starts_on: date
    confirmed: bool = False


@dataclass(frozen=True)
class Going:
    """Somebody in force who no longer holds a category from a day on."""

    id_number: str
    category: str
    ends_on: date


@dataclass(frozen=True)
class Changes:
    """What one roster changes; both changes of whoever changes category belong into the same."""

    roster: Roster
    coming: Sequence[Coming]
    going: Sequence[Going]

    @property
    def numbers(self) -> set[str]:
        return {one.who.id_number for one in self.coming} | {one.id_number for one in self.going}


@dataclass
class Written:
    """`refused`: the rows that the tables do not take, with the reason. `ended` periods; `kept`: those of `going` who stay,
    because a row about them was refused, by number and category.
    """

    added: int = 0
    known: int = 0
    ended: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


class _Period(NamedTuple):
    """What has to be known of an identity period; a roster asks for thousands, and changes none of them here."""

    id: uuid.UUID
    person_id: uuid.UUID
    category: str
    division: str
    source_department: str
    starts_on: date
    ends_on: date | None
    upload_id: uuid.UUID | None
    ended_by: uuid.UUID | None


class _End(NamedTuple):
    period: uuid.UUID
    ends_on: date
    upload: uuid.UUID
    listed_on: date


_Pair = tuple[uuid.UUID, str]
_Periods = Mapping[_Pair, list[_Period]]
_ASKED = [getattr(IdentityPeriodRow, name) for name in _Period._fields]


async def write_changes(
    session: AsyncSession,
    vault: Vault,
    roster: Roster,
    coming: Sequence[Coming],
    going: Sequence[Going],
    now: datetime,
) -> Written:
    """In one transaction; both changes of whoever changes category belong into the same call."""
    return (await write_all(session, vault, [Changes(roster, coming, going)], now))[0]


async def write_all(session: AsyncSession, vault: Vault, changes: Sequence[Changes], now: datetime) -> list[Written]:
    """Of several rosters, in one transaction. No person may be in the changes of two."""
    leaving = {one.id_number for each in changes for one in each.going}
    somebodies = [(one.who, each.roster.division) for each in changes for one in each.coming]
    known = await known_or_entered(session, vault, somebodies, leaving, now)
    people = {one.person for one in known.values() if one.entered_as is None}
    periods: _Periods = {}
    dead: set[uuid.UUID] = set()
    if people:  # of whoever has just been entered nobody else knows anything
        await hold_people(session, people)
        categories = {one.category for each in changes for some in (each.coming, each.going) for one in some}
        periods = await _periods(session, people, categories)
        dead = await died(session, people)
    written: list[Written] = []
    lines: list[str] = []
    ends: list[_End] = []
    marked: set[_Pair] = set()
    for each in changes:
        one, new = _decided(vault, each.roster, known, periods, each.coming, dead, marked)
        marked |= new.keys()
        staying = {row.who.id_number for row in each.coming if row.row in one.refused}
        going = [row for row in each.going if row.id_number not in staying]
        one.kept = [(row.id_number, row.category) for row in each.going if row.id_number in staying]
        one.ended, more = _ended(each.roster, known, periods, going)
        roster = each.roster
        behind = f"{roster.division},{roster.department},{roster.listed_on},{roster.upload}"
        lines += [f"{person},{category},{day},{behind}" for (person, category), day in new.items()]
        ends += more
        written.append(one)
    await _end(session, ends)
    if lines:
        await session.execute(_INSERT, {"periods": "\n".join(lines), "now": now})
    return written


async def _periods(session: AsyncSession, people: Iterable[uuid.UUID], categories: Iterable[str]) -> _Periods:
    """The periods of these persons, also those marked under a number that turned out to be theirs."""
    aliases = await aliases_of(session, list(people))
    rows = await session.execute(
        select(*_ASKED).where(
            IdentityPeriodRow.person_id == func.any(bindparam("wanted", list(aliases), type_=ARRAY(Uuid))),
            IdentityPeriodRow.category.in_(sorted(categories)),
        )
    )
    found: dict[_Pair, list[_Period]] = defaultdict(list)
    for row in map(_Period._make, rows):
        found[aliases[row.person_id], row.category].append(row)
    return found


def _ended(
    roster: Roster, known: Mapping[str, Known], periods: _Periods, going: Sequence[Going]
) -> tuple[int, list[_End]]:
    """How many have an end by this roster, and those that are to have it. A period lasts at least the day on which it began."""
    ends: list[_End] = []
    before = 0
    for one in going:
        if one.id_number in known:
            for row in periods.get((known[one.id_number].person, one.category), ()):
                if row.ends_on is None and _own(row, roster):
                    day = max(one.ends_on, row.starts_on + timedelta(days=1))
                    ends.append(_End(row.id, day, roster.upload, roster.listed_on))
                before += row.ended_by == roster.upload
    return before + len(ends), ends


async def _end(session: AsyncSession, ends: Sequence[_End]) -> None:
    if ends:
        periods, days, uploads, listed = (list(one) for one in zip(*ends, strict=True))
        await session.execute(_END, {"periods": periods, "days": days, "uploads": uploads, "listed": listed})


def _decided(
    vault: Vault,
    roster: Roster,
    known: Mapping[str, Known],
    periods: _Periods,
    coming: Sequence[Coming],
    dead: set[uuid.UUID],
    marked: Collection[_Pair],
) -> tuple[Written, dict[_Pair, date]]:
    """`marked`: by other rosters in the same transaction, for one person under two numbers."""
    written = Written()
    new: dict[_Pair, date] = {}
    for one in coming:
        somebody = known[one.who.id_number]
        pair = (somebody.person, one.category)
        after = [row for row in periods.get(pair, ()) if row.ends_on is None or row.ends_on > one.starts_on]
        if not somebody.is_called(vault, one.who.name):
            written.refused[one.row] = OTHER_NAME
        elif somebody.person in dead and not one.confirmed:
            written.refused[one.row] = DECEASED
        elif any(row.upload_id == roster.upload for row in after):
            written.added += 1  # an attempt before this one has marked it
        elif pair in marked or any(not _own(row, roster) for row in after):
            written.refused[one.row] = ELSEWHERE
        elif pair in new or any(row.ends_on is None for row in after):
            written.known += 1
        else:
            new[pair] = max((row.ends_on for row in after if row.ends_on), default=one.starts_on)
            written.added += 1
    return written, new


def _own(row: _Period, roster: Roster) -> bool:
    return (row.division, row.source_department) == (roster.division, roster.department)
