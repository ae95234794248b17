"""Working days with make-up days (调休), counted the way an office counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class CalendarStatus(StrEnum):
    PUBLISHED = "published"
    PROVISIONAL = "provisional"
    """Weekends and the fixed public holidays only: the State Council's notice for the year is still to come."""


class UnknownYear(Exception):
    """No calendar has been loaded for that year, so nothing may be counted in it."""

    def __init__(self, year: int) -> None:
        super().__init__(str(year))
        self.year = year


@dataclass(frozen=True)
class CalendarYear:
    """One year of the State Council's holiday notice: the days on which it departs from Monday to Friday."""

    year: int
    version: int
    status: CalendarStatus
    source: str
    rest: Mapping[date, str]
    """Public holidays and the days moved to them, with their name (春节)."""
    make_up: Mapping[date, str]
    """Saturdays and Sundays that are worked instead (调休上班)."""


@dataclass(frozen=True)
class Closure:
    """Days on which one office is closed, both included: rest days there, whatever the calendar of the year says."""

    first_day: date
    last_day: date
    why: str

    def over(self, years: Mapping[int, CalendarYear]) -> dict[int, CalendarYear]:
        """The years with these days at rest; a year that is not loaded stays unknown."""
        laid = dict(years)
        for year in range(self.first_day.year, self.last_day.year + 1):
            if year in laid:
                laid[year] = self._within(laid[year])
        return laid

    def _within(self, year: CalendarYear) -> CalendarYear:
        first, last = max(self.first_day, date(year.year, 1, 1)), min(self.last_day, date(year.year, 12, 31))
        days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
        closed = {day: self.why for day in days if day.weekday() < 5 or day in year.make_up}
        make_up = {day: name for day, name in year.make_up.items() if day not in closed}
        return replace(year, rest={**closed, **year.rest}, make_up=make_up)


@dataclass(frozen=True)
class SkippedDay:
    day: date
    why: str


@dataclass(frozen=True)
class Count:
    """A counted period: its last day, the days that counted and those that did not, with the reason."""

    last_day: date
    counted: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]


PAUSED = "期限中止"


@dataclass(frozen=True)
class Pause:
    """Days on which a period's clock stands still: those after `stopped_on`, up to and including `went_on`."""

    stopped_on: date
    went_on: date

    def holds(self, day: date) -> bool:
        return self.stopped_on < day <= self.went_on


@dataclass(frozen=True)
class WorkCalendar:
    """The years loaded for a jurisdiction. Every question about a year that is not loaded raises UnknownYear."""

    years: Mapping[int, CalendarYear]

    def year(self, year: int) -> CalendarYear:
        try:
            return self.years[year]
        except KeyError:
            raise UnknownYear(year) from None

    def is_working_day(self, day: date) -> bool:
        year = self.year(day.year)
        return day in year.make_up or (day.weekday() < 5 and day not in year.rest)

    def why_not_worked(self, day: date) -> str:
        """The name of the holiday, or 周末."""
        return self.year(day.year).rest.get(day, "周末")

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += ONE_DAY
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        day -= ONE_DAY
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day

    def roll_forward(self, day: date) -> date:
        """`day` itself if it is worked, else the first working day after it (Civil Code 203)."""
        return day if self.is_working_day(day) else self.next_working_day(day)

    def count_working_days(self, start: date, number: int, pauses: Sequence[Pause] = ()) -> Count:
        """`number` working days after `start`, which itself does not count (Civil Code 201; X-11), nor do days of pauses."""
        counted: list[date] = []
        skipped: list[SkippedDay] = []
        day = start
        while len(counted) < number:
            day += ONE_DAY
            if any(pause.holds(day) for pause in pauses):
                skipped.append(SkippedDay(day, PAUSED))
            elif self.is_working_day(day):
                counted.append(day)
            else:
                skipped.append(SkippedDay(day, self.why_not_worked(day)))
        return Count(day, tuple(counted), tuple(skipped))

    def shift(self, day: date, working_days: int) -> date:
        """`working_days` working days after `day`, or before it when negative; 0 is `day` itself."""
        step = self.next_working_day if working_days > 0 else self.previous_working_day
        for _ in range(abs(working_days)):
            day = step(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        day, number = start, 0
        while day < end:
            day += ONE_DAY
            number += self.is_working_day(day)
        return number
