"""The board of a month 月度看板: what each county owes, as cells of a heat map, with sums per city. Counts and dates only.

Drawn from `store/cycles.board`, which shows things as they stood at the end of a day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from policy.exchange_terms import Obligation, ObligationState
from policy.terms import Light, Term
from store.cycles import CountyDuties
from store.cycles import Duty as Stored

DaysLeft = Callable[[str, date | None], int | None]
"""Working days from the day that is shown to a due date in a division."""


class Standing(Term):
    """What a cell says in a word, worst first; several states look alike to who must act."""

    OVERDUE = "overdue", "超期"
    DUE_SOON = "due_soon", "临期"
    RUNNING = "running", "办理中"
    DONE_LATE = "done_late", "逾期完成"
    DONE = "done", "已完成"
    CLOSED = "closed", "已关闭"
    NONE = "none", "尚无任务"

    @property
    def finished(self) -> bool:
        return self in (Standing.DONE, Standing.DONE_LATE, Standing.CLOSED)


@dataclass(frozen=True)
class Duty:
    """One obligation of one county for the month. `days` are working days: late where it is late, left where it is open.

    Negative days left: what fell due before this house went live, or by a changed rule, and does not count as late yet.
    """

    obligation: Obligation
    standing: Standing
    due: date | None = None
    done: date | None = None
    days: int | None = None


@dataclass(frozen=True)
class Shared:
    """ST-1 and ST-2 of a county: how often something was shared, and how many person-times."""

    sharings: int = 0
    person_times: int = 0


@dataclass(frozen=True)
class County:
    division: str
    name: str
    city: str
    duties: tuple[Duty, ...]
    shared: Shared = field(default_factory=Shared)


@dataclass(frozen=True)
class Sum:
    """How many counties stand where with one obligation, or with all of them."""

    counts: Mapping[Standing, int]

    @classmethod
    def of(cls, duties: Iterable[Duty]) -> "Sum":
        counts: dict[Standing, int] = dict.fromkeys(Standing, 0)
        for duty in duties:
            counts[duty.standing] += 1
        return cls(counts)

    @property
    def owed(self) -> int:
        return sum(count for standing, count in self.counts.items() if standing is not Standing.NONE)

    @property
    def finished(self) -> int:
        return sum(count for standing, count in self.counts.items() if standing.finished)

    @property
    def many_overdue(self) -> bool:
        """A quarter or more: drawn darker."""
        return bool(self.owed) and self.counts[Standing.OVERDUE] * 4 >= self.owed

    @property
    def worst(self) -> Standing:
        return next((standing for standing in Standing if self.counts[standing]), Standing.NONE)


@dataclass(frozen=True)
class Group:
    """Counties with their sums, one for each obligation in its order."""

    counties: tuple[County, ...]

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        return tuple(Sum.of(county.duties[place] for county in self.counties) for place in range(len(Obligation)))

    @property
    def total(self) -> Sum:
        return Sum.of(duty for county in self.counties for duty in county.duties)

    @property
    def sharings(self) -> int:
        return sum(county.shared.sharings for county in self.counties)

    @property
    def person_times(self) -> int:
        return sum(county.shared.person_times for county in self.counties)


@dataclass(frozen=True)
class City(Group):
    division: str
    name: str


@dataclass(frozen=True)
class Board(Group):
    cities: tuple[City, ...]

    def only(self, city: str, standing: Standing | None) -> "Board":
        """The counties of one city, and those of which some duty stands so; the sums are those of what is left."""
        kept = (county for county in self.counties if not city or county.city == city)
        names = {one.division: one.name for one in self.cities}
        return board_of([county for county in kept if _stands_so(county, standing)], names)


def board_of(counties: Sequence[County], names: Mapping[str, str]) -> Board:
    """Grouped by city, both in the order of their codes."""
    by_city: dict[str, list[County]] = {}
    for county in sorted(counties, key=lambda one: one.division):
        by_city.setdefault(county.city, []).append(county)
    cities = tuple(City(tuple(found), code, names.get(code, code)) for code, found in sorted(by_city.items()))
    return Board(tuple(county for city in cities for county in city.counties), cities)


def county_of(row: CountyDuties, shared: Shared, days_left: DaysLeft) -> County:
    """A line of the board; the days left are counted from the day that is shown."""
    duties = tuple(
        _duty(obligation, row.obligations.get(obligation), row.division, days_left) for obligation in Obligation
    )
    return County(row.division, row.name, row.city, duties, shared)


def _duty(obligation: Obligation, stored: Stored | None, division: str, days_left: DaysLeft) -> Duty:
    if stored is None:
        return Duty(obligation, Standing.NONE)
    due, done, late = stored.work_target, stored.done_on, stored.days_late
    standing = _standing(stored)
    if standing.finished or standing is Standing.OVERDUE:
        return Duty(obligation, standing, due, done, late or None)
    return Duty(obligation, standing, due, None, days_left(division, due))


def _standing(stored: Stored) -> Standing:
    match stored.state:
        case ObligationState.LATE:
            return Standing.DONE_LATE
        case ObligationState.MET:
            return Standing.DONE
        case ObligationState.CLOSED:
            return Standing.CLOSED
        case ObligationState.MISSED:
            return Standing.OVERDUE
        case ObligationState.OPEN if stored.light is Light.RED:
            return Standing.OVERDUE
        case ObligationState.OPEN if stored.light is Light.YELLOW:
            return Standing.DUE_SOON
        case ObligationState.OPEN:
            return Standing.RUNNING


def _stands_so(county: County, standing: Standing | None) -> bool:
    return standing is None or any(duty.standing is standing for duty in county.duties)
