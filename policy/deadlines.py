"""Every timer as data: when a step is due, why on that date, and when its ladder climbs.

Periods count from the day after the trigger (Civil Code 201–203; X-11). Fixed dates ("每月10日前") keep two dates: the
nominal one that the document names, and the work target aimed at when that is a rest day (AMB-1). All dates are
Asia/Shanghai days; a day ends at 24:00.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from policy.fixed_dates import aim, day_of, days, named_day, rest_days
from policy.rulebook import Basis, MissingParameter, Parameter, Rulebook
from policy.terms import Light, Rung, ancestors
from policy.working_days import CalendarYear, Count, Pause, SkippedDay, UnknownYear, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

WORKING_DAYS = "WD"
CALENDAR_DAYS = "days"
MONTHS = "months"
NAMED = "办理人指定"
"""Where a due date comes from that no rule gives."""
DAY_OF_NEXT_MONTH = "day_of_next_month"
DAY_OF_MONTH = "day_of_month"
"""Fixed dates, in the month after that of the data or in the month itself; a shorter month's is its last day."""

_EARLY_REMINDERS = {"T-SHARE": "SHARE_REMINDER_DAY"}
"""Timers that remind once more, on a day of the month, before the ladder begins."""


@dataclass(frozen=True)
class Due:
    """When something is due and why. `nominal` is None where the rule deliberately sets no term (无期限)."""

    key: str
    counted_from: date
    rule: Parameter
    nominal: date | None = None
    work_target: date | None = None
    late_after: date | None = None
    """The last day on which it is not yet late (LATE_AGAINST); overdue begins at 00:00 of the day after."""
    counted: tuple[date, ...] = ()
    skipped: tuple[SkippedDay, ...] = ()
    calendars: tuple[CalendarYear, ...] = ()
    also: tuple[Parameter, ...] = field(default=())
    """Other rules still in force for the same timer, shown beside the one that drives it."""
    conflict: bool = False
    """The nearest rule is laxer than a farther document still in force, which drives instead."""
    spared_until: date | None = None
    """The date was past when it came to be known: until the end of this day nobody is late, and the ladder begins here."""

    def spared(self, until: date) -> "Due":
        """The same date, late only after `until`; itself where it is not late by then. For a date that a new rule, or the
        opening of a procedure, put into the past: what nobody could know of is not made late behind their back."""
        if self.late_after is None or self.late_after >= until:
            return self
        return replace(self, late_after=until, spared_until=until)


@dataclass(frozen=True)
class RungMoment:
    rung: Rung
    at: datetime


def due_after(
    rulebook: Rulebook,
    key: str,
    start: date,
    *,
    pinned_on: date | None = None,
    pauses: Sequence[Pause] = (),
    extended_by: int = 0,
) -> Due:
    """The due date of the period `key` that starts on `start`, by the rule in force on `pinned_on` (default: `start`).

    Days of `pauses` do not count (中止); `extended_by` working days were granted on top (延期), both in periods of working
    days only. Raises MissingParameter when no rule is in force, or `WORK_CALENDAR(year)` when the count runs into a year whose
    calendar has not been loaded.
    """
    rule, also, conflict = _driving_rule(rulebook, key, pinned_on or start)
    if rule.value is None:
        return Due(key, start, rule, also=also)
    calendar = rulebook.calendar
    with _calendar_known(rulebook, start):
        count = _count(calendar, rule, start, pauses=pauses, extended_by=extended_by)
        years = _years_touched(calendar, start, count.last_day)
    last = count.last_day
    return Due(key, start, rule, last, last, last, count.counted, count.skipped, years, also, conflict)


def due_on(rulebook: Rulebook, key: str, day: date, start: date) -> Due:
    """The due date that a person has named (督办): a fixed date, aimed at and late as other fixed dates are (AMB-1).

    Raises MissingParameter when the year's calendar has not been loaded.
    """
    rule = Parameter(key, day.isoformat(), "text", rulebook.division, start, None, NAMED, Basis.LOCAL)
    with _calendar_known(rulebook, day):
        aimed = aim(rulebook, day)
        years = _years_touched(rulebook.calendar, day, aimed.target)
    return Due(key, start, rule, day, aimed.target, aimed.late_after, (), aimed.skipped, years)


def due_in_month(rulebook: Rulebook, key: str, month: date) -> Due:
    """The fixed date of timer `key` for the data of `month` (its first day): in the month after, or in the month itself.

    The rule is the one in force on the first day of the month in which the date falls. Raises MissingParameter as
    `due_after` does, also for a rule that names no fixed date.
    """
    month = month.replace(day=1)
    following = add_months(month, 1)
    in_itself = rulebook.parameter(key, following).unit == DAY_OF_MONTH
    falls_in = month if in_itself else following
    rule, also, conflict = _driving_rule(rulebook, key, falls_in)
    if rule.unit != (DAY_OF_MONTH if in_itself else DAY_OF_NEXT_MONTH):
        raise MissingParameter(key, rulebook.division, falls_in)
    nominal = named_day(rulebook, falls_in, int(rule.value))
    with _calendar_known(rulebook, nominal):
        aimed = aim(rulebook, nominal)
        years = _years_touched(rulebook.calendar, nominal, aimed.target)
    return Due(key, month, rule, nominal, aimed.target, aimed.late_after, (), aimed.skipped, years, also, conflict)


def notice_last_day(rulebook: Rulebook, key: str, posted_on: date, *, pinned_on: date | None = None) -> Due:
    """The last day of a public notice (公示期) posted on `posted_on`; PUB_COUNT_POSTING_DAY and PUB_ROLL apply (AMB-26)."""
    pinned_on = pinned_on or posted_on
    counts_posting_day = rulebook.parameter("PUB_COUNT_POSTING_DAY", pinned_on).value
    first = posted_on - timedelta(days=1) if counts_posting_day else posted_on
    rolls = rulebook.parameter("PUB_ROLL", pinned_on).value
    rule, also, conflict = _driving_rule(rulebook, key, pinned_on)
    if rule.value is None:
        raise MissingParameter(key, rulebook.division, pinned_on)
    with _calendar_known(rulebook, posted_on):
        count = _count(rulebook.calendar, rule, first, rolls=rolls)
        years = _years_touched(rulebook.calendar, posted_on, count.last_day)
    last = count.last_day
    return Due(key, posted_on, rule, last, last, last, count.counted, count.skipped, years, also, conflict)


def ladder(rulebook: Rulebook, due: Due) -> tuple[RungMoment, ...]:
    """When each rung of R-ESC falls: working days from the work target, at LADDER_HOUR. Empty without a term.

    The monthly sharing is reminded of once more, on SHARE_REMINDER_DAY. Where lateness was spared (Due.spared_until), that
    day stands for the work target, or the last working day before it.

    Rungs that would fall into a year without a calendar are left out; importing that year brings them back.
    """
    if due.work_target is None:
        return ()
    hour = time.fromisoformat(rulebook.parameter("LADDER_HOUR", due.counted_from).value)
    offsets: dict[str, int] = rulebook.parameter("ESCALATION", due.counted_from).value
    falls = _early_reminder(rulebook, due)
    for rung in (rung for rung in Rung if rung.value in offsets):
        with suppress(UnknownYear):
            falls[rung] = rulebook.calendar.shift(_aimed_at(rulebook, due), offsets[rung.value])
    return tuple(RungMoment(rung, datetime.combine(day, hour, SHANGHAI)) for rung, day in falls.items())


def _aimed_at(rulebook: Rulebook, due: Due) -> date:
    day = due.spared_until or due.work_target
    if day is None:
        raise ValueError("a period without a term has no ladder")
    if due.spared_until is None or rulebook.calendar.is_working_day(day):
        return day
    return rulebook.calendar.previous_working_day(day)


def _early_reminder(rulebook: Rulebook, due: Due) -> dict[Rung, date]:
    """The day of the month on which some timers remind once more; on a rest day aimed at as fixed dates are (AMB-1)."""
    key = _EARLY_REMINDERS.get(due.key)
    found = rulebook.find(key, due.counted_from) if key else None
    if found is None or found.value is None or due.nominal is None:
        return {}
    with suppress(UnknownYear):
        return {Rung.EARLY: aim(rulebook, day_of(due.nominal, int(found.value))).target}
    return {}


def light(rulebook: Rulebook, due: Due, today: date) -> Light:
    """Green; yellow from the reminder on (T−2); red when overdue. Without a term always green."""
    if due.work_target is None or due.late_after is None:
        return Light.GREEN
    if today > due.late_after:
        return Light.RED
    offset = rulebook.parameter("ESCALATION", due.counted_from).value[Rung.REMINDER.value]
    try:
        reminder = rulebook.calendar.shift(due.work_target, offset)
    except UnknownYear:
        reminder = due.work_target  # the year before is not loaded: the colour changes on the day itself
    return Light.YELLOW if today >= reminder else Light.GREEN


def days_late(calendar: WorkCalendar, late_after: date | None, done_on: date) -> int:
    """Working days by which an act done on `done_on` was late; 0 when in time or without a term.

    Days of a year without a calendar are left out, since nobody knows which of them are worked; an act in such a year is one
    late at least. It must be possible, and its lateness visible, before the calendar has come.
    """
    if late_after is None or done_on <= late_after:
        return 0
    after = days(late_after + timedelta(days=1), done_on)
    counted = sum(day.year in calendar.years and calendar.is_working_day(day) for day in after)
    return counted if done_on.year in calendar.years else max(1, counted)


def _count(
    calendar: WorkCalendar,
    rule: Parameter,
    start: date,
    *,
    rolls: bool = True,
    pauses: Sequence[Pause] = (),
    extended_by: int = 0,
) -> Count:
    number = int(rule.value)
    if rule.unit == WORKING_DAYS:
        return calendar.count_working_days(start, number + extended_by, pauses)
    if rule.unit == CALENDAR_DAYS:
        last = start + timedelta(days=number)
        counted = tuple(start + timedelta(days=n) for n in range(1, number + 1))
    elif rule.unit == MONTHS:
        last, counted = add_months(start, number), ()
    else:
        raise ValueError(f"{rule.key} is not a period")
    rolled = calendar.roll_forward(last) if rolls else last
    return Count(rolled, counted, rest_days(calendar, last, rolled))


def add_months(day: date, months: int) -> date:
    """The corresponding day; a month without it ends on its last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_of(date(year, month + 1, 1), day.day)


def _driving_rule(rulebook: Rulebook, key: str, on: date) -> tuple[Parameter, tuple[Parameter, ...], bool]:
    """The nearest rule, unless a farther *document* still in force is stricter; the others, to be shown; whether they conflict.

    The first of equal rules is the nearest, so that a rule repeated by a nearer document is no conflict.
    """
    nearest = rulebook.parameter(key, on)
    latest = (rulebook.latest(key, division, on) for division in ancestors(nearest.division)[1:])
    rules = [nearest, *(rule for rule in latest if rule is not None and rule.basis is Basis.DOCUMENT)]
    driving = min(rules, key=_strictness)
    return driving, tuple(rule for rule in rules if rule is not driving), driving is not nearest


def _strictness(rule: Parameter) -> Any:
    return (rule.value is None, rule.value or 0)


def _years_touched(calendar: WorkCalendar, first: date, last: date) -> tuple[CalendarYear, ...]:
    return tuple(calendar.year(year) for year in range(min(first, last).year, max(first, last).year + 1))


class _calendar_known:
    """Turns a year without a calendar into the parameter that is missing."""

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        self._rulebook, self._on = rulebook, on

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, UnknownYear):
            raise MissingParameter(f"WORK_CALENDAR({error.year})", self._rulebook.division, self._on) from error
