"""A date that was past when it came to be known: late, and climbing, from a later day on. Worked out by hand."""

from datetime import date, datetime, timedelta

from policy.deadlines import SHANGHAI, due_in_month, ladder
from policy.escalation import GRACE, to_climb
from policy.terms import Level, Rung
from tests.policy.rulebooks import shipped

OCTOBER = date(2026, 10, 1)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=SHANGHAI)


def test_a_date_that_is_not_past_is_spared_nothing() -> None:
    due = due_in_month(shipped("140827"), "T-PUSH", OCTOBER)
    assert due.nominal == date(2026, 11, 10)
    assert due.spared(date(2026, 11, 10)) is due


def test_lateness_and_ladder_begin_with_the_day_until_which_it_was_spared() -> None:
    """Tue 10 November; went live on Sun 22: late from Mon 23. The ladder counts from Fri 20: T+1 is Mon 23, T+3 Wed 25,
    T+5 Fri 27."""
    rulebook = shipped("140827")
    due = due_in_month(rulebook, "T-PUSH", OCTOBER).spared(date(2026, 11, 22))
    assert (due.nominal, due.work_target, due.late_after) == (
        date(2026, 11, 10),
        date(2026, 11, 10),
        date(2026, 11, 22),
    )
    assert {step.rung: step.at for step in ladder(rulebook, due)} == {
        Rung.REMINDER: at("2026-11-18"),
        Rung.DUE_TODAY: at("2026-11-20"),
        Rung.OVERDUE: at("2026-11-23"),
        Rung.CITY: at("2026-11-25"),
        Rung.PROVINCE: at("2026-11-27"),
    }


def test_nothing_climbs_at_once_on_what_was_spared() -> None:
    rulebook = shipped("140827")
    due = due_in_month(rulebook, "T-PUSH", OCTOBER).spared(date(2026, 11, 22))
    opened = at("2026-11-22") + timedelta(hours=3)
    plan = to_climb(ladder(rulebook, due), since=opened, now=opened + GRACE, climbed=(), owner=Level.COUNTY)
    assert (plan.rungs, plan.next_moment) == ((), at("2026-11-23"))


def test_what_was_told_by_an_earlier_date_is_not_told_again_unless_a_higher_rung_has_come() -> None:
    rulebook = shipped("140827")
    steps = ladder(rulebook, due_in_month(rulebook, "T-PUSH", OCTOBER))
    moved = at("2026-11-12") + timedelta(hours=3)  # T+1 was Wed 11, T+3 is Fri 13
    again = to_climb(steps, since=moved, now=moved + GRACE, climbed=(), told={Rung.OVERDUE}, owner=Level.COUNTY)
    assert (again.rungs, again.next_moment) == ((), at("2026-11-13"))
    first = to_climb(steps, since=moved, now=moved + GRACE, climbed=(), owner=Level.COUNTY)
    assert [(step.rung, late) for step, late in first.rungs] == [(Rung.OVERDUE, True)]
