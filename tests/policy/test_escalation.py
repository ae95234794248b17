"""Which rungs are climbed when, and whom they address (processes 3.0, R-ESC). Dates by hand from the 2025 calendar."""

from datetime import date, datetime

import pytest

from policy.county_steps import COUNTY_REVIEW
from policy.deadlines import SHANGHAI, RungMoment, due_after, ladder
from policy.escalation import addressees, one_up, to_climb
from policy.law_steps import MISSING_PARAMETER
from policy.payment_steps import FINANCE_REVIEW
from policy.terms import Department, Level, Office, Post, Role, Rung
from policy.township_steps import SUPPLEMENT, SURVEY
from store.packs import rulebook_from_packs


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


LAW = rulebook_from_packs("140522100", date(2025, 3, 3))
STEPS = ladder(LAW, due_after(LAW, "SURVEY_WD", date(2025, 3, 4)))
"""Accepted Tue 4 March 2025, survey due Tue 18 March (S-01): Fri 14, Tue 18, Wed 19, Fri 21, Tue 25 March at 09:00."""

TOWNSHIP = Office("140522100", SURVEY.post)
COUNTY = Office("140522", COUNTY_REVIEW.post)


def post(level: Level, department: Department, role: Role) -> Post:
    return Post(level, department, role)


def test_ladder_falls_on_working_days_at_nine() -> None:
    assert [(step.rung, step.at) for step in STEPS] == [
        (Rung.REMINDER, at("2025-03-14T09:00")),
        (Rung.DUE_TODAY, at("2025-03-18T09:00")),
        (Rung.OVERDUE, at("2025-03-19T09:00")),
        (Rung.CITY, at("2025-03-21T09:00")),
        (Rung.PROVINCE, at("2025-03-25T09:00")),
    ]


def test_rung_at_its_moment_is_not_late() -> None:
    plan = to_climb(STEPS, since=at("2025-03-04T10:00"), now=at("2025-03-14T09:00"), climbed=[])
    assert [(step.rung, late) for step, late in plan.rungs] == [(Rung.REMINDER, False)]
    assert plan.next_moment == at("2025-03-18T09:00")


def test_rungs_missed_in_an_outage_are_climbed_once_each_and_marked_late() -> None:
    plan = to_climb(STEPS, since=at("2025-03-04T10:00"), now=at("2025-03-20T08:00"), climbed=[Rung.REMINDER])
    assert [(step.rung, late) for step, late in plan.rungs] == [(Rung.DUE_TODAY, True), (Rung.OVERDUE, True)]
    assert plan.next_moment == at("2025-03-21T09:00")


def test_task_opened_after_its_due_date_sends_only_the_highest_rung_once_it_has_lain() -> None:
    opened = at("2025-03-24T08:00")
    plan = to_climb(STEPS, since=opened, now=opened, climbed=[])
    assert (plan.rungs, plan.next_moment) == ((), at("2025-03-24T08:15"))
    plan = to_climb(STEPS, since=opened, now=at("2025-03-24T08:15"), climbed=[])
    assert [(step.rung, late) for step, late in plan.rungs] == [(Rung.CITY, True)]
    assert plan.next_moment == at("2025-03-25T09:00")


@pytest.mark.parametrize(
    ("owner", "highest"),
    [(Level.COUNTY, Rung.PROVINCE), (Level.CITY, Rung.PROVINCE), (Level.PROVINCE, Rung.OVERDUE)],
)
def test_task_opened_overdue_climbs_to_the_highest_level_above_its_owner(owner: Level, highest: Rung) -> None:
    opened = at("2025-04-01T08:00")
    plan = to_climb(STEPS, since=opened, now=at("2025-04-01T09:00"), climbed=[], owner=owner)
    assert [step.rung for step, _late in plan.rungs] == [highest]
    assert plan.next_moment is None


def test_task_of_a_city_has_no_rung_of_the_city() -> None:
    plan = to_climb(
        STEPS, since=at("2025-03-04T10:00"), now=at("2025-03-24T08:00"), climbed=[Rung.REMINDER], owner=Level.CITY
    )
    assert [step.rung for step, _late in plan.rungs] == [Rung.DUE_TODAY, Rung.OVERDUE]
    assert plan.next_moment == at("2025-03-25T09:00")


def test_task_opened_after_its_reminder_leaves_that_to_the_light() -> None:
    plan = to_climb(STEPS, since=at("2025-03-17T08:00"), now=at("2025-03-17T08:00"), climbed=[])
    assert plan.rungs == ()
    assert plan.next_moment == at("2025-03-18T09:00")


def test_friday_breach_does_not_climb_on_sunday() -> None:
    # Due Fri 21 March 2025: overdue climbs on Mon 24, the city's on Wed 26.
    steps = ladder(LAW, due_after(LAW, "ACCEPT_WD", date(2025, 3, 18)))
    plan = to_climb(steps, since=at("2025-03-18T10:00"), now=at("2025-03-23T12:00"), climbed=[Rung.REMINDER])
    assert [step.rung for step, _ in plan.rungs] == [Rung.DUE_TODAY]
    assert plan.next_moment == at("2025-03-24T09:00")


def test_task_that_waits_for_a_citizen_climbs_no_further_than_due_today() -> None:
    plan = to_climb(STEPS, since=at("2025-03-04T10:00"), now=at("2025-04-30T09:00"), climbed=[], waits_for_citizen=True)
    assert [step.rung for step, _ in plan.rungs] == [Rung.REMINDER, Rung.DUE_TODAY]
    assert plan.next_moment is None
    assert addressees(Rung.DUE_TODAY, Office("140522100", SUPPLEMENT.post), waits_for_citizen=True) == (
        Office("140522100", SUPPLEMENT.post),
    )


def test_township_overdue_goes_to_the_countys_bureau_as_well() -> None:
    government = Department.TOWNSHIP_GOVERNMENT
    insurance = Department.MEDICAL_INSURANCE
    assert addressees(Rung.OVERDUE, TOWNSHIP) == (
        TOWNSHIP,
        Office("140522100", post(Level.TOWNSHIP, government, Role.SUPERVISOR)),
        Office("140522100", post(Level.TOWNSHIP, government, Role.LEADER)),
        Office("140522", post(Level.COUNTY, insurance, Role.SUPERVISOR)),
    )
    assert addressees(Rung.CITY, TOWNSHIP) == (Office("1405", post(Level.CITY, insurance, Role.SUPERVISOR)),)
    assert addressees(Rung.PROVINCE, TOWNSHIP) == (Office("14", post(Level.PROVINCE, insurance, Role.SUPERVISOR)),)


def test_county_rungs_stay_in_their_department() -> None:
    finance = Office("140522", FINANCE_REVIEW.post)
    assert addressees(Rung.OVERDUE, finance) == (
        finance,
        Office("140522", post(Level.COUNTY, Department.FINANCE, Role.SUPERVISOR)),
        Office("140522", post(Level.COUNTY, Department.FINANCE, Role.LEADER)),
    )
    assert addressees(Rung.CITY, finance) == (Office("1405", post(Level.CITY, Department.FINANCE, Role.SUPERVISOR)),)


def test_levels_not_above_the_owner_are_left_out() -> None:
    city = Office("1405", MISSING_PARAMETER.post)
    assert addressees(Rung.CITY, city) == ()
    assert addressees(Rung.PROVINCE, city) == (
        Office("14", post(Level.PROVINCE, Department.MEDICAL_INSURANCE, Role.SUPERVISOR)),
    )


def test_vacant_post_goes_one_up_until_the_province() -> None:
    chain, office = [], COUNTY
    while above := one_up(office):
        chain.append((above.division, above.post.role))
        office = above
    assert chain == [
        ("140522", Role.SUPERVISOR),
        ("140522", Role.LEADER),
        ("1405", Role.SUPERVISOR),
        ("1405", Role.LEADER),
        ("14", Role.SUPERVISOR),
        ("14", Role.LEADER),
    ]


def test_early_reminder_goes_to_the_office_alone_and_is_left_out_when_dated_before_the_task() -> None:
    early = [RungMoment(Rung.EARLY, at("2026-11-20T09:00")), RungMoment(Rung.REMINDER, at("2026-11-26T09:00"))]

    assert addressees(Rung.EARLY, TOWNSHIP) == (TOWNSHIP,)
    opened_on_the_first = to_climb(early, since=at("2026-11-01T00:00"), now=at("2026-11-20T09:00"), climbed=[])
    assert [step.rung for step, _ in opened_on_the_first.rungs] == [Rung.EARLY]
    opened_late = to_climb(early, since=at("2026-11-23T10:00"), now=at("2026-11-23T11:00"), climbed=[])
    assert opened_late.rungs == ()
