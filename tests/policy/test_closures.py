"""Days on which one office is closed, laid over the calendar of the year."""

from dataclasses import replace
from datetime import date

from policy.deadlines import due_after
from policy.rulebook import Rulebook
from policy.working_days import CalendarYear, Closure, WorkCalendar
from store.packs import rulebook_from_packs

SNOW = Closure(date(2025, 3, 6), date(2025, 3, 7), "停办（暴雪）")


def yangcheng(*closures: Closure) -> Rulebook:
    rulebook = rulebook_from_packs("140522100", date(2025, 3, 3))
    years: dict[int, CalendarYear] = dict(rulebook.calendar.years)
    for closure in closures:
        years = closure.over(years)
    return replace(rulebook, calendar=WorkCalendar(years))


def test_closed_days_do_not_count_and_say_why() -> None:
    """From Monday 3 March, three working days: Tue 4, Wed 5, Thu 6. With Thu 6 and Fri 7 closed: Tue 4, Wed 5, Mon 10."""
    assert due_after(yangcheng(), "ACCEPT_WD", date(2025, 3, 3)).nominal == date(2025, 3, 6)

    closed = due_after(yangcheng(SNOW), "ACCEPT_WD", date(2025, 3, 3))
    assert closed.nominal == date(2025, 3, 10)
    assert [(day.day, day.why) for day in closed.skipped] == [
        (date(2025, 3, 6), "停办（暴雪）"),
        (date(2025, 3, 7), "停办（暴雪）"),
        (date(2025, 3, 8), "周末"),
        (date(2025, 3, 9), "周末"),
    ]


def test_a_make_up_day_that_is_closed_is_not_worked() -> None:
    """Sunday 28 September 2025 is worked instead of a day of National Day; the flood closes the office on it."""
    worked, closed = date(2025, 9, 28), Closure(date(2025, 9, 28), date(2025, 9, 28), "停办（汛情）")
    assert yangcheng().calendar.is_working_day(worked)
    calendar = yangcheng(closed).calendar
    assert (calendar.is_working_day(worked), calendar.why_not_worked(worked)) == (False, "停办（汛情）")


def test_a_holiday_inside_a_closure_keeps_its_name() -> None:
    calendar = yangcheng(Closure(date(2025, 9, 30), date(2025, 10, 9), "停办（汛情）")).calendar
    assert calendar.why_not_worked(date(2025, 9, 30)) == "停办（汛情）"
    assert calendar.why_not_worked(date(2025, 10, 1)) == "国庆节"
    assert not calendar.is_working_day(date(2025, 10, 9))


def test_a_closure_over_new_year_leaves_an_unknown_year_unknown() -> None:
    closure = Closure(date(2025, 12, 31), date(2026, 1, 2), "停办（暴雪）")
    only_2025 = {2025: yangcheng().calendar.years[2025]}
    assert set(closure.over(only_2025)) == {2025}
    assert date(2025, 12, 31) in closure.over(only_2025)[2025].rest
