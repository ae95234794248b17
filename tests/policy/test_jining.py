"""Jining on its own: what its pack has, what it deliberately leaves empty, and that a missing key is asked for, not stumbled on."""

from datetime import date
from decimal import Decimal

import pytest

from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import Costs
from policy.deadlines import due_after, due_in_month, ladder, light
from policy.decision import Outcome
from policy.rulebook import MissingParameter, Rulebook
from policy.steps import every_step
from policy.terms import Category, Department, Light
from store.demonstration import GAOXIN_ZONE, JIAXIANG, JINING, demo_accounts
from tests.policy.rulebooks import shipped

DAY = date(2026, 11, 2)
FIXED_DATES = {"T-PUSH", "T-REV"}


def test_every_term_of_a_step_is_there_or_named_as_missing(jining: Rulebook) -> None:
    asked, dated, empty = set(), set(), set()
    for key in {step.deadline for step in every_step()} - FIXED_DATES:
        try:
            due = due_after(jining, key, DAY)
        except MissingParameter as missing:
            asked.add(missing.key)
            continue
        (dated if due.nominal else empty).add(key)
        assert len(ladder(jining, due)) == (5 if due.nominal else 0)
        assert light(jining, due, DAY) in Light

    assert {"ACCEPT_WD", "COUNTY_WD", "PAY_WD"} <= asked
    assert {"MARK_WD", "PUSH_TO_SCREEN_WD"} <= dated
    assert {"T-DYN", "T-FBK", "ANOMALY_WD", "ACK_WD", "PARAMETER_WD"} <= empty
    assert {due_in_month(jining, key, DAY).nominal for key in FIXED_DATES} == {date(2026, 12, 10), date(2026, 12, 31)}


def test_an_assessment_waits_for_what_the_city_has_not_entered(jining: Rulebook) -> None:
    costs = Costs(total=Decimal("18600.00"), compliant_total=Decimal("17200.00"), basic=Decimal("10200.00"))
    decision = assess(jining, CaseFacts(date(2026, 10, 8), [Category.DB], costs))

    assert (decision.outcome, decision.amount) == (Outcome.PARAMETER_MISSING, None)
    assert "RATE(DB)" in decision.missing


def test_subsidy_of_the_year_is_frozen_in_jining_alone(jining: Rulebook, shanxi: Rulebook) -> None:
    assert jining.parameter("SUBSIDY_FREEZE", DAY).value is True
    assert jining.parameter("SUBSIDY_FREEZE", DAY).clause == "J-12"
    assert shanxi.parameter("SUBSIDY_FREEZE", DAY).value is False


@pytest.mark.parametrize(
    ("category", "department"),
    [
        (Category.TK, Department.CIVIL_AFFAIRS),
        (Category.GXZC, Department.CIVIL_AFFAIRS),
        (Category.FPZP, Department.AGRICULTURE),
        (Category.JC3, Department.AGRICULTURE),
    ],
)
def test_who_provides_whom(jining: Rulebook, category: Category, department: Department) -> None:
    assert jining.parameter(f"CATEGORY_SOURCE({category.value})", DAY).value == department


def test_a_zone_is_bound_by_the_citys_rules() -> None:
    zone = shipped(GAOXIN_ZONE)

    assert due_in_month(zone, "T-REV", date(2025, 12, 1)).nominal == date(2026, 1, 10)
    assert zone.parameter("ENTITLEMENT_START_RULE", DAY).division == JINING


def test_what_guards_rosters_and_files_is_set_here_too(jining: Rulebook) -> None:
    """Without them a roster cut short would end everybody, and what nobody confirms would be kept for ever."""
    assert jining.parameter("ROSTER_LEAVE_SHARE", DAY).value == "0.30"
    assert jining.parameter("UPLOAD_KEEP_DAYS", DAY).value == 30


def test_city_county_and_zone_have_caseworker_supervisor_and_leader_of_every_bureau() -> None:
    accounts = [account for account in demo_accounts() if account.division.startswith("37")]

    assert len(accounts) == len({account.username for account in accounts}) == 3 * 6 * 3
    assert {account.division for account in accounts} == {JINING, JIAXIANG, GAOXIN_ZONE}
    assert "county.agriculture.supervisor@370871" in {account.username for account in accounts}
