"""What of W06 begins on the 1st, and on which day its task opens."""

from datetime import date

import pytest

from activities.place import Place
from activities.roster_change_opening import adjustment_periods, first_day_of, last_working_day, period_of
from policy.exchange_terms import MatterStatus
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Level
from tests.policy.rulebooks import having, shipped, value

COUNTY = "140522"


def rules(cycle: str = "MONTH") -> Rulebook:
    return having(shipped(), value("ADJUSTMENT_CYCLE", cycle, "text", since=date(2024, 1, 1)))


def opened(month: date, cycle: str = "MONTH", level: Level = Level.COUNTY) -> list[str]:
    openings = adjustment_periods(Place(COUNTY, level, rules(cycle)), month)
    assert all(opening.status is MatterStatus.OPEN and opening.month == month for opening in openings)
    return [opening.key for opening in openings]


def test_each_department_that_provides_a_category_has_a_period() -> None:
    departments = ("agriculture", "civil_affairs", "veterans_affairs")
    assert opened(date(2025, 11, 1)) == [f"140522/{department}/2025-11" for department in departments]
    assert opened(date(2025, 11, 1), level=Level.CITY) == []


def test_quarters_open_with_their_last_month() -> None:
    assert opened(date(2025, 11, 1), "QUARTER") == []
    assert opened(date(2025, 12, 1), "QUARTER")[1] == "140522/civil_affairs/2025-Q4"
    assert period_of(rules("QUARTER"), date(2025, 4, 1)) == "2025-Q2"


@pytest.mark.parametrize(
    ("period", "day"), [("2025-Q2", date(2025, 4, 1)), ("2025-Q4", date(2025, 10, 1)), ("2025-11", date(2025, 11, 1))]
)
def test_an_adjustment_may_have_been_closed_since_the_period_began(period: str, day: date) -> None:
    assert first_day_of(period) == day


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2025, 1, 1), date(2025, 1, 27)),  # the 28th begins Spring Festival
        (date(2025, 3, 1), date(2025, 3, 31)),
        (date(2025, 8, 1), date(2025, 8, 29)),
        (date(2026, 2, 1), date(2026, 2, 28)),  # a Saturday, worked
    ],
)
def test_the_task_opens_on_the_last_working_day(month: date, day: date) -> None:
    assert last_working_day(rules(), month) == day


def test_a_year_without_a_calendar_is_asked_for() -> None:
    with pytest.raises(MissingParameter, match=r"WORK_CALENDAR\(2031\)"):
        last_working_day(rules(), date(2031, 1, 1))
