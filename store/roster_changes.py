"""What rosters change about identity periods, many persons at a time: the same rules as `store.identities.mark`.

Periods of one person and category never overlap, and only the department that marked one ends it. Every change may be
written twice: what this very upload wrote before is found and left as it is.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from store.registration import Somebody
from store.roster_people import Entered, Known, died, hold_people, known_or_entered
from store.roster_periods import Pair, Period, end_periods, insert_periods, periods_of
from store.vault import Vault

OTHER_NAME, DECEASED, ELSEWHERE = "id-other-name", "deceased", "already-active"
"""Why the tables refuse a row; in the words of the roster's reasons."""


class Roster(NamedTuple):
    """Whose roster it is, and the day on which it was provided."""

    upload: uuid.UUID
    division: str
    department: str
    listed_on: date


class Coming(NamedTuple):
    """A row that begins a category from a day on. `confirmed`: the department stands by it, against what is known."""

    row: int
    who: Somebody
    category: str
    starts_on: date
    confirmed: bool = False


class Going(NamedTuple):
    """Somebody in force who no longer holds a category from a day on."""

    id_number: str
    category: str
    ends_on: date


class Changes(NamedTuple):
    """Of one roster; both changes of whoever changes category belong together."""

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


async def write_changes(
    session: AsyncSession,
    vault: Vault,
    roster: Roster,
    coming: Sequence[Coming],
    going: Sequence[Going],
    now: datetime,
) -> Written:
    """In one transaction."""
    (written,) = await write_all(session, vault, [Changes(roster, coming, going)], now)
    return written


async def write_all(session: AsyncSession, vault: Vault, changes: Sequence[Changes], now: datetime) -> list[Written]:
    """What each roster has come to; in one transaction. They are written one after the other, but asked about together."""
    somebodies = [(one.who, of.roster.division) for of in changes for one in of.coming]
    leaving = {one.id_number for of in changes for one in of.going}
    known, entered = await known_or_entered(session, vault, somebodies, leaving, now)
    standing = _Standing(vault, [of.roster for of in changes], known, entered)
    if people := {one.person for one in known.values()}:  # of whoever has just been entered nobody else knows anything
        categories = {one.category for of in changes for some in (of.coming, of.going) for one in some}
        await hold_people(session, people)
        standing.periods = await periods_of(session, people, categories)
        standing.dead = await died(session, people)
    written = [standing.write(place, of) for place, of in enumerate(changes, 1)]
    if standing.ends:
        await end_periods(session, standing.ends)
    if standing.new:
        await insert_periods(session, standing.rosters, list(standing.new.values()), now)
    return written


@dataclass
class _Standing:
    """How it stands with everybody whom the changes are about, kept up while one roster after the other is decided."""

    vault: Vault
    rosters: Sequence[Roster]
    known: Mapping[str, Known]
    entered: Mapping[str, Entered]
    periods: dict[Pair, list[Period]] = field(default_factory=dict)
    dead: set[uuid.UUID] = field(default_factory=set)
    new: dict[tuple[str, str], str] = field(default_factory=dict)
    """The lines of new periods, by person and category; at the end stands which roster has brought it."""
    ends: dict[uuid.UUID, tuple[date, uuid.UUID, date]] = field(default_factory=dict)

    def write(self, place: int, changes: Changes) -> Written:
        roster, coming, going = changes
        written = Written()
        for one in coming:
            somebody = self.entered.get(one.who.id_number)
            if somebody is None:
                problem = self._of_the_known(roster, place, one, written)
            elif one.who.name != somebody.name and not somebody.is_called(self.vault, one.who.name):
                problem = OTHER_NAME
            else:
                problem = self._begin(somebody.person, one.category, one.starts_on, place, written)
            if problem:
                written.refused[one.row] = problem
        staying = {one.who.id_number for one in coming if one.row in written.refused} if written.refused else ()
        written.kept = [(one.id_number, one.category) for one in going if one.id_number in staying]
        listed = self._listed(coming, written) if going else frozenset()
        written.ended = sum(self._end(roster, one, listed) for one in going if one.id_number not in staying)
        return written

    def _listed(self, coming: Sequence[Coming], written: Written) -> frozenset[Pair]:
        """Whom the roster names, of those known before: under one of two numbers that are the same person's, perhaps."""
        named = [one for one in coming if one.who.id_number in self.known and one.row not in written.refused]
        return frozenset((self.known[one.who.id_number].person, one.category) for one in named)

    def _of_the_known(self, roster: Roster, place: int, one: Coming, written: Written) -> str | None:
        """Why it is refused."""
        somebody = self.known[one.who.id_number]
        there = self.periods.get((somebody.person, one.category), ())
        after = [row for row in there if row.ends_on is None or row.ends_on > one.starts_on]
        if not somebody.is_called(self.vault, one.who.name):
            return OTHER_NAME
        if somebody.person in self.dead and not one.confirmed:
            return DECEASED
        if any(row.upload_id == roster.upload for row in after):
            written.added += 1  # an attempt before this one has marked it
        elif any(not _own(row, roster) for row in after):
            return ELSEWHERE
        elif any(row.ends_on is None for row in after):
            written.known += 1
        else:
            starts_on = max((row.ends_on for row in after if row.ends_on), default=one.starts_on)
            return self._begin(str(somebody.person), one.category, starts_on, place, written)
        return None

    def _begin(self, person: str, category: str, starts_on: date, place: int, written: Written) -> str | None:
        """Why it is refused."""
        before = self.new.setdefault((person, category), line := f"{person},{category},{starts_on},{place}")
        if before is line:
            written.added += 1
        elif self.rosters[int(before.rpartition(",")[2]) - 1][1:3] == self.rosters[place - 1][1:3]:
            written.known += 1
        else:
            return ELSEWHERE
        return None

    def _end(self, roster: Roster, one: Going, listed: Collection[Pair]) -> int:
        """How many periods have an end by this roster, none of those `listed`. A period lasts at least the day on which it began."""
        pair = (self.known[one.id_number].person, one.category) if one.id_number in self.known else None
        if pair is None or pair in listed:
            return 0
        rows, ended = self.periods.get(pair, []), 0
        for at, row in enumerate(rows):
            if row.ends_on is None and _own(row, roster):
                day = max(one.ends_on, row.starts_on + timedelta(days=1))
                self.ends[row.id] = (day, roster.upload, roster.listed_on)
                rows[at] = row._replace(ends_on=day, ended_by=roster.upload)
                ended += 1
            else:
                ended += row.ended_by == roster.upload
        return ended


def _own(row: Period, roster: Roster) -> bool:
    return (row.division, row.source_department) == (roster.division, roster.department)
