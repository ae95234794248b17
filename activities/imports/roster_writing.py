"""What rosters change about persons, written in portions: so many persons are locked at once, for a fraction of a second."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from sqlalchemy import text

from activities.imports.roster_close import Outcome
from activities.imports.roster_terms import Days
from exchange.rosters.roster import End, Start
from store.database import WHOLE
from store.registration import Somebody
from store.roster_changes import Changes, Coming, Going, Roster, write_all

PORTION = 1000
"""Changes written in one transaction."""
_NUMBER = attrgetter("id_number")
_TOLD = text(
    """
update roster_load l set written = l.written + t.written
  from unnest(cast(:uploads as uuid[]), cast(:counts as integer[])) as t (upload_id, written) where l.upload_id = t.upload_id
"""
)


@dataclass(frozen=True)
class Portion:
    """Some persons' changes by one roster; all of one person's are in the same."""

    outcome: Outcome
    starts: list[Start]
    ends: list[End]

    @property
    def size(self) -> int:
        return len(self.starts) + len(self.ends)


async def write(outcomes: Sequence[Outcome]) -> None:
    """Safe to repeat: a change that is written already is found."""
    for some in together([portion for outcome in outcomes for portion in portions(outcome)]):
        await _write(some)


def portions(outcome: Outcome) -> Iterator[Portion]:
    """By ID numbers: both changes of whoever changes category, and all rows of one number, are in the same."""
    starts, ends = sorted(outcome.found.starts, key=_NUMBER), sorted(outcome.found.ends, key=_NUMBER)
    firsts = sorted({*map(_NUMBER, starts), *map(_NUMBER, ends)})[::PORTION]
    cuts = [(bisect_left(starts, first, key=_NUMBER), bisect_left(ends, first, key=_NUMBER)) for first in firsts]
    for (start, end), (next_start, next_end) in pairwise([*cuts, (len(starts), len(ends))]):
        yield Portion(outcome, starts[start:next_start], ends[end:next_end])


def together(some: Sequence[Portion]) -> Iterator[list[Portion]]:
    """Those written in one transaction."""
    taken: list[Portion] = []
    for portion in some:
        if taken and sum(one.size for one in taken) + portion.size > PORTION:
            yield taken
            taken = []
        taken.append(portion)
    if taken:
        yield taken


async def _write(some: Sequence[Portion]) -> None:
    table = some[0].outcome.table
    async with table.database.transaction(WHOLE) as session:
        written = []
        changes = [(portion.outcome, one) for portion in some for one in _changes(portion)]
        for apart in _apart(changes):
            done = await write_all(session, table.context.vault, [one for _outcome, one in apart], table.clock.now())
            written += [(outcome, one) for (outcome, _changes), one in zip(apart, done, strict=True)]
        uploads = [portion.outcome.table.context.upload for portion in some]
        await session.execute(_TOLD, {"uploads": uploads, "counts": [portion.size for portion in some]})
    for outcome, one in written:
        outcome.took(one)


def _apart(changes: Sequence[tuple[Outcome, Changes]]) -> Iterator[list[tuple[Outcome, Changes]]]:
    """In their order, a person's changes by one roster before those by the next: each sees what the one before has written."""
    taken: list[tuple[Outcome, Changes]] = []
    seen: set[str] = set()
    for outcome, one in changes:
        numbers = one.numbers
        if not seen.isdisjoint(numbers):
            yield taken
            taken, seen = [], set()
        taken.append((outcome, one))
        seen |= numbers
    if taken:
        yield taken


def _changes(portion: Portion) -> Iterator[Changes]:
    """Rows of a corrected receipt count from the day of the first roster, or from their own: they are written by that day."""
    leaving, arriving = {one.id_number for one in portion.ends}, {one.id_number for one in portion.starts}
    ends = portion.ends
    for listed, starts in portion.outcome.receipt.listed(portion.starts).items():
        context = portion.outcome.table.context
        days = Days(context.rulebook, listed.on, goes_live=listed.goes_live)
        coming = [
            Coming(
                one.row,
                Somebody(one.name, one.id_number),
                one.category,
                days.first(one.since, changes=one.id_number in leaving),
            )
            for one in starts
        ]
        going = [Going(one.id_number, one.category, days.last(changes=one.id_number in arriving)) for one in ends]
        yield Changes(Roster(context.upload, context.division, context.department.value, listed.on), coming, going)
        ends = []
