from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.rulebook import Rulebook
from policy.working_days import UnknownYear, WorkCalendar
from tests.policy.oracle import Diary
from tests.policy.rulebooks import shipped

DIARY = Diary.of(2024, 2027)
CALENDAR = shipped().calendar
DAYS = st.dates(date(2024, 2, 1), date(2027, 8, 31))


def test_list_after_an_adjustment_before_spring_festival_counts_the_make_up_sunday(shanxi: Rulebook) -> None:
    count = shanxi.calendar.count_working_days(date(2025, 1, 24), 5)

    assert count.counted == (
        date(2025, 1, 26),
        date(2025, 1, 27),
        date(2025, 2, 5),
        date(2025, 2, 6),
        date(2025, 2, 7),
    )
    assert count.last_day == date(2025, 2, 7)
    assert [(skip.day.day, skip.why) for skip in count.skipped] == [
        (25, "周末"),
        *((day, "春节") for day in (28, 29, 30, 31, 1, 2, 3, 4)),
    ]


def test_feedback_over_national_day_counts_the_make_up_saturday(shanxi: Rulebook) -> None:
    count = shanxi.calendar.count_working_days(date(2025, 9, 29), 5)

    assert count.counted == (
        date(2025, 9, 30),
        date(2025, 10, 9),
        date(2025, 10, 10),
        date(2025, 10, 11),
        date(2025, 10, 13),
    )


def test_trigger_on_a_rest_day_counts_from_the_next_working_day(shanxi: Rulebook) -> None:
    assert shanxi.calendar.count_working_days(date(2025, 10, 4), 1).last_day == date(2025, 10, 9)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 26), True),
        (date(2025, 2, 8), True),
        (date(2025, 4, 27), True),
        (date(2025, 9, 28), True),
        (date(2025, 10, 11), True),
        (date(2025, 1, 1), False),
        (date(2025, 1, 28), False),
        (date(2025, 2, 4), False),
        (date(2025, 2, 5), True),
        (date(2025, 4, 4), False),
        (date(2025, 5, 5), False),
        (date(2025, 5, 31), False),
        (date(2025, 6, 2), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2026, 1, 4), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 28), True),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 10), True),
        (date(2026, 1, 2), False),
        (date(2026, 2, 23), False),
        (date(2026, 6, 19), False),
        (date(2026, 9, 25), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
    ],
)
def test_days_printed_in_the_notices_of_2025_and_2026(shanxi: Rulebook, day: date, works: bool) -> None:
    assert shanxi.calendar.is_working_day(day) is works


@pytest.mark.parametrize(
    ("year", "rest_days", "make_up_days"), [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6), (2027, 13, 0)]
)
def test_each_year_has_as_many_days_as_its_notice(year: int, rest_days: int, make_up_days: int) -> None:
    notice = CALENDAR.year(year)

    assert (len(notice.rest), len(notice.make_up)) == (rest_days, make_up_days)


def test_2027_is_provisional() -> None:
    assert [CALENDAR.year(year).status.value for year in (2024, 2025, 2026, 2027)] == [
        "published",
        "published",
        "published",
        "provisional",
    ]


def test_a_year_that_is_not_loaded_is_an_error_not_a_guess() -> None:
    with pytest.raises(UnknownYear) as raised:
        CALENDAR.is_working_day(date(2028, 1, 3))
    assert raised.value.year == 2028


@given(start=DAYS, number=st.integers(1, 60))
def test_counting_agrees_with_the_oracle(start: date, number: int) -> None:
    count = CALENDAR.count_working_days(start, number)

    assert count.last_day == DIARY.last_working_day(start, number)
    assert len(count.counted) == number
    every_day = {start + timedelta(days=n) for n in range(1, (count.last_day - start).days + 1)}
    assert {*count.counted, *(skip.day for skip in count.skipped)} == every_day


@given(day=DAYS, number=st.integers(-20, 20))
def test_shifting_agrees_with_the_oracle(day: date, number: int) -> None:
    assert CALENDAR.shift(day, number) == DIARY.shift(day, number)


@given(start=DAYS, end=DAYS)
def test_distance_agrees_with_the_oracle(start: date, end: date) -> None:
    first, last = min(start, end), max(start, end)
    number = CALENDAR.working_days_between(start, end)

    assert abs(number) == DIARY.number_between(first, last)
    assert number == 0 or (number > 0) == (end > start)


@given(day=DAYS)
def test_rolling_forward_agrees_with_the_oracle(day: date) -> None:
    assert CALENDAR.roll_forward(day) == DIARY.rolled(day)


def test_a_make_up_day_only_counts_in_the_version_that_has_it() -> None:
    year = CALENDAR.year(2025)
    before = WorkCalendar({2025: type(year)(2025, 0, year.status, "旧版", year.rest, {})})

    assert before.count_working_days(date(2025, 10, 10), 1).last_day == date(2025, 10, 13)
    assert CALENDAR.count_working_days(date(2025, 10, 10), 1).last_day == date(2025, 10, 11)
