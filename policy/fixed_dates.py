"""Fixed dates ("每月10日前"): the day that a document names, and the working day aimed at when it is a rest day (AMB-1)."""

import calendar as gregorian
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from policy.rulebook import Rulebook
from policy.working_days import SkippedDay, WorkCalendar


@dataclass(frozen=True)
class Aim:
    """The day aimed at, the last day on which it is not yet late, and the rest days between the named day and that aimed at."""

    target: date
    late_after: date
    skipped: tuple[SkippedDay, ...]


def day_of(month: date, day: int) -> date:
    """The `day`th of `month`, or its last day where it is shorter."""
    return month.replace(day=min(day, gregorian.monthrange(month.year, month.month)[1]))


def named_day(rulebook: Rulebook, month: date, day: int) -> date:
    """The same; "N日前" may be set to end on the day before (DEADLINE_INCLUSIVE). Raises MissingParameter."""
    named = day_of(month, day)
    return named if rulebook.parameter("DEADLINE_INCLUSIVE", named).value else named - timedelta(days=1)


def aim(rulebook: Rulebook, nominal: date) -> Aim:
    """What the named day means for those who work (DATE_ROLL, LATE_AGAINST). Raises MissingParameter and UnknownYear."""
    calendar = rulebook.calendar
    if calendar.is_working_day(nominal):
        return Aim(nominal, nominal, ())
    rolls_back = rulebook.parameter("DATE_ROLL", nominal).value == "PREV_IN_MONTH_ELSE_NEXT"
    before, after = calendar.previous_working_day(nominal), calendar.next_working_day(nominal)
    target = before if rolls_back and before.month == nominal.month else after
    next_day_counts = rulebook.parameter("LATE_AGAINST", nominal).value == "NEXT_WD"
    late_after = after if next_day_counts else max(nominal, target)
    return Aim(target, late_after, rest_days(calendar, min(nominal, target), max(nominal, target)))


def rest_days(calendar: WorkCalendar, first: date, last: date) -> tuple[SkippedDay, ...]:
    """Both included, each with its reason."""
    return tuple(
        SkippedDay(day, calendar.why_not_worked(day)) for day in days(first, last) if not calendar.is_working_day(day)
    )


def days(first: date, last: date) -> Iterator[date]:
    """Both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
