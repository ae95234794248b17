"""A period's dates as its row has them: moved only when they move, and a notice that is known before the term behind it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from policy.deadlines import SHANGHAI
from policy.rulebook import Rulebook
from policy.working_days import WorkCalendar
from store.packs import rulebook_from_packs
from store.periods import Dates, asked_of, notice_ends, notice_last, rungs_of, set_dates
from store.tasks import PeriodRow

POSTED = date(2027, 12, 20)
LAST = date(2027, 12, 27)  # seven calendar days from the day after the posting
NOW = datetime(2027, 12, 20, 9, 0, tzinfo=SHANGHAI)
AFTER_A_NOTICE = Dates("FORWARD_WD", POSTED, POSTED, "PUB_TWP_DAYS", POSTED)
LONGER = replace(AFTER_A_NOTICE, key="COUNTY_WD")


def shanxi() -> Rulebook:
    return rulebook_from_packs("140522100", date(2027, 12, 20))


def without_year(year: int) -> Rulebook:
    years = {known: days for known, days in shanxi().calendar.years.items() if known != year}
    return replace(shanxi(), calendar=WorkCalendar(years))


def test_a_notice_is_known_while_the_term_behind_it_waits_for_next_years_calendar() -> None:
    period = PeriodRow()
    set_dates(period, shanxi(), LONGER, NOW)
    assert (period.missing_key, period.nominal) == ("WORK_CALENDAR(2028)", None)
    assert (notice_last(period), notice_ends(period)) == (LAST, LAST + timedelta(days=1))


def test_while_the_length_of_a_notice_is_not_known_no_day_is_late_enough() -> None:
    period = PeriodRow()
    set_dates(period, without_year(2027), AFTER_A_NOTICE, NOW)
    assert period.missing_key == "WORK_CALENDAR(2027)"
    assert (notice_last(period), notice_ends(period)) == (None, date.max)


def test_a_notice_that_is_looked_at_again_keeps_its_last_day() -> None:
    period = PeriodRow()
    set_dates(period, shanxi(), AFTER_A_NOTICE, NOW)
    set_dates(period, without_year(2027), asked_of(period), NOW)
    assert notice_last(period) == LAST


def test_a_period_whose_dates_stay_keeps_its_next_moment() -> None:
    """A calendar that is imported touches it, moves nothing and wakes nobody: the moment that is slept until stays true."""
    period = PeriodRow()
    set_dates(period, shanxi(), Dates("SURVEY_WD", date(2027, 3, 1), date(2027, 3, 1)), NOW)
    version, period.next_moment = period.deadline_version, rungs_of(period)[0].at
    assert not set_dates(period, shanxi(), asked_of(period), NOW + timedelta(days=1))
    assert (period.deadline_version, period.next_moment) == (version, rungs_of(period)[0].at)
