"""From which day a person is entitled and until which, after a dynamic adjustment (C-11, C-12; A-32, A-34; J-13; AMB-2).

Periods are half-open: the first day counts, the end does not. A change of category ends one and begins the other on the
same day, so that there is neither a gap nor a day counted twice. The rule is the one in force on the day the list was
provided: a later rule never moves a period that has begun.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from policy.deadlines import Due, add_months, days_late, due_after
from policy.rulebook import Parameter, Rulebook

START_RULE = "ENTITLEMENT_START_RULE"
END_RULE = "ENTITLEMENT_END_RULE"

_WAITS_FOR_THE_LIST = ("LIST_DATE", "CERT_DATE")
"""Rules by which a person loses days when the department is late."""


class MissingDate(Exception):
    """The rule counts from a date that the list does not give; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class AdjustmentDates:
    """The days of one list: the adjustment itself, the certificate (附件4), the provision to the bureau, and from when the
    source department's own benefit begins or stops.
    """

    provided_on: date
    adjusted_on: date | None = None
    certificate_on: date | None = None
    source_benefit_from: date | None = None


@dataclass(frozen=True)
class Entitlement:
    """`day` is the first day of entitlement, or the first day without it; `grounds` name the clauses it rests on."""

    day: date
    rule: Parameter
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class LateNotice:
    """How late a list was (T-DYN), and how many persons it made wait: their entitlement begins only with it."""

    due: Due
    days_late: int
    persons: int


def entitled_from(rulebook: Rulebook, dates: AdjustmentDates) -> Entitlement:
    """The first day on which somebody added is entitled. Raises MissingParameter and MissingDate."""
    return _by(rulebook, START_RULE, dates)


def entitled_until(rulebook: Rulebook, dates: AdjustmentDates) -> Entitlement:
    """The first day on which somebody removed is no longer entitled; as for the start where no rule of its own is in force.

    Raises MissingParameter and MissingDate.
    """
    has_its_own = rulebook.find(END_RULE, dates.provided_on) is not None
    return _by(rulebook, END_RULE if has_its_own else START_RULE, dates)


def changed_on(rulebook: Rulebook, dates: AdjustmentDates) -> Entitlement:
    """The day on which the old category ends and the new one begins. Raises MissingParameter and MissingDate."""
    return entitled_from(rulebook, dates)


def covers(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether a period, half-open, holds `day`."""
    return starts_on <= day and (ends_on is None or day < ends_on)


def late_notice(rulebook: Rulebook, adjusted_on: date, provided_on: date, added: int) -> LateNotice | None:
    """What is to be shown when a list with `added` new persons came late; None when it came in time or no term is set.

    Only persons whose entitlement waits for the list or its certificate are harmed. Raises MissingParameter.
    """
    due = due_after(rulebook, "T-DYN", adjusted_on)
    late = days_late(rulebook.calendar, due.late_after, provided_on)
    if late == 0:
        return None
    waits = rulebook.parameter(START_RULE, provided_on).value in _WAITS_FOR_THE_LIST
    return LateNotice(due, late, added if waits else 0)


def provided_after_correction(original: date, corrected: date, *, on_original_list: bool) -> date:
    """The day that counts as provided for a row that came back corrected: the original one where only its data were wrong,
    the new one for a person who was not on that list (processes 3.11).
    """
    return original if on_original_list else corrected


def _by(rulebook: Rulebook, key: str, dates: AdjustmentDates) -> Entitlement:
    rule = rulebook.parameter(key, dates.provided_on)
    day = _DAYS[rule.value](dates)
    return Entitlement(day, rule, (rule.clause,) if rule.clause else ())


def _given(day: date | None, name: str) -> date:
    if day is None:
        raise MissingDate(name)
    return day


def _adjusted_on(dates: AdjustmentDates) -> date:
    return _given(dates.adjusted_on, "adjusted_on")


_DAYS: Mapping[str, Callable[[AdjustmentDates], date]] = {
    "LIST_DATE": lambda dates: dates.provided_on,
    "CERT_DATE": lambda dates: _given(dates.certificate_on, "certificate_on"),
    "NEXT_MONTH_FIRST": lambda dates: add_months(_adjusted_on(dates).replace(day=1), 1),
    "SOURCE_BENEFIT_START": lambda dates: _given(dates.source_benefit_from, "source_benefit_from"),
    "ADJUSTMENT_DATE": _adjusted_on,
}
