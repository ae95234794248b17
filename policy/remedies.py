"""Until when a refusal may be challenged (W02; A-68): counted from the day the notice was received."""

from dataclasses import dataclass
from datetime import date

from policy.deadlines import Due, due_after
from policy.rulebook import MissingParameter, Rulebook
from policy.working_days import CalendarStatus

GROUNDS = ("A-68", "X-11", "G-RECON", "G-SUIT")


@dataclass(frozen=True)
class Remedies:
    """Last days for 行政复议 and 行政诉讼, both inclusive."""

    reconsideration_until: Due
    suit_until: Due
    grounds: tuple[str, ...] = GROUNDS


def remedies(rulebook: Rulebook, received_on: date) -> Remedies:
    """Calendar days and months from the day after receipt; a last day of rest moves to the next working day (X-11).

    Without a delivered notice no period starts. Raises MissingParameter as `due_after` does.
    """
    return Remedies(due_after(rulebook, "T-RECON", received_on), due_after(rulebook, "T-SUIT", received_on))


def suit_after_reconsideration(rulebook: Rulebook, received_on: date) -> Due:
    """Until when one may sue after the reconsidering office has upheld the refusal (SUIT_AFTER_RECON).

    Raises MissingParameter.
    """
    return due_after(rulebook, "SUIT_AFTER_RECON", received_on)


def may_still_move(rulebook: Rulebook, *last_days: date) -> bool:
    """True where one of the days lies in a year whose holidays the State Council has not published (Civil Code 203 may yet move it)."""
    years = [rulebook.calendar.years.get(day.year) for day in last_days]
    return any(year is None or year.status is CalendarStatus.PROVISIONAL for year in years)


def may_end_in_an_open_year(rulebook: Rulebook, received_on: date) -> bool:
    """The same of the periods that a notice received on that day would start."""
    try:
        until = remedies(rulebook, received_on)
    except MissingParameter:
        return True
    days = (until.reconsideration_until.nominal, until.suit_until.nominal)
    return may_still_move(rulebook, *(day for day in days if day is not None))
