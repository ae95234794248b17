"""Outpatient aid (A-12), Gaucher's and Pompe's disease (A-20), care aid (A-26) and the tilt (B-20)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import Costs
from policy.decision import Decision, Outcome
from policy.outpatient import period_of
from policy.rulebook import Parameter, Rulebook
from policy.terms import Category
from policy.treatment import Treatment, TreatmentKind
from tests.policy.rulebooks import having, shipped, value

ON = date(2025, 6, 3)
OUTPATIENT = Treatment(kind=TreatmentKind.OUTPATIENT)


def case(category: Category, base: str, treatment: Treatment = OUTPATIENT, **changes: Any) -> CaseFacts:
    return replace(CaseFacts(ON, [category], Costs(Decimal(base), Decimal(base)), treatment=treatment), **changes)


def city(key: str, content: Any, unit: str) -> Parameter:
    return value(key, content, unit, division="1405")


def line(decision: Decision, step: str) -> tuple[str, str]:
    [found] = [line for line in decision.trace if line.step == step]
    return found.formula, found.value


# Outpatient aid


@pytest.fixture(scope="module")
def fixed_sum() -> Rulebook:
    """300 yuan a month for DB."""
    return having(
        shipped(),
        city("OUTPATIENT_FORM(DB)", "FIXED", "text"),
        city("OUTPATIENT_AMOUNT(DB)", "300.00", "yuan"),
        city("OUTPATIENT_PERIOD", "MONTH", "text"),
    )


def test_without_the_citys_form_outpatient_cost_waits(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, case(Category.DB, "1000.00"))

    assert (decision.outcome, decision.amount, decision.missing) == (
        Outcome.PARAMETER_MISSING,
        None,
        ("OUTPATIENT_FORM(DB)",),
    )


def test_a_form_without_its_amounts_waits_for_all_of_them(yangcheng: Rulebook) -> None:
    formed = having(yangcheng, city("OUTPATIENT_FORM(DB)", "DESIGNATED", "text"))

    assert assess(formed, case(Category.DB, "1000.00")).missing == (
        "OUTPATIENT_AMOUNT(DB)",
        "OUTPATIENT_PERIOD",
        "OUTPATIENT_INSTITUTIONS",
    )


@pytest.mark.parametrize(
    ("base", "before", "aid"),
    [
        ("1000.00", "0.00", "300.00"),  # the sum of the month
        ("120.50", "0.00", "120.50"),  # no more than is borne
        ("1000.00", "250.00", "50.00"),  # what is left of the month
        ("1000.00", "300.00", "0.00"),
    ],
)
def test_a_fixed_sum_is_given_once_a_period(fixed_sum: Rulebook, base: str, before: str, aid: str) -> None:
    decision = assess(fixed_sum, case(Category.DB, base, outpatient_paid=Decimal(before)))

    assert decision.amount == Decimal(aid)
    assert "A-12" in decision.grounds
    assert (decision.in_cap, decision.in_deductible) == (Decimal("0.00"), Decimal("0.00"))


def test_a_card_is_a_sum_per_period_too(fixed_sum: Rulebook) -> None:
    card = having(fixed_sum, value("OUTPATIENT_FORM(DB)", "CARD", "text", division="1405", since=ON))
    decision = assess(card, case(Category.DB, "1000.00"))

    assert line(decision, "门诊救助") == ("医疗救助卡，每期 300.00；个人负担 1,000.00", "300.00")


def test_designated_places_only(fixed_sum: Rulebook) -> None:
    placed = having(
        fixed_sum,
        value("OUTPATIENT_FORM(DB)", "DESIGNATED", "text", division="1405", since=ON),
        city("OUTPATIENT_INSTITUTIONS", ["P14052200001"], "list"),
    )
    inside, outside = (
        assess(placed, case(Category.DB, "1000.00", replace(OUTPATIENT, institution_code=code)))
        for code in ("P14052200001", "P14052200002")
    )

    assert (inside.amount, outside.amount) == (Decimal("300.00"), Decimal("0.00"))
    assert (outside.outcome, "A-12" in outside.grounds) == (Outcome.NOT_ELIGIBLE, True)


def test_outpatient_payment_by_disease_has_a_ceiling_and_a_rate(yangcheng: Rulebook) -> None:
    """min(3,500.00, 2,000.00) × 50 % = 1,000.00."""
    priced = having(
        yangcheng,
        city("OUTPATIENT_FORM(DB)", "SINGLE_DISEASE", "text"),
        city("OUTPATIENT_RATE(DB)", "0.50", "ratio"),
        city("OUTPATIENT_CEILING", {"I10": "2000.00"}, "map"),
    )
    decision = assess(priced, case(Category.DB, "3500.00", replace(OUTPATIENT, disease_code="I10")))

    assert decision.amount == Decimal("1000.00")
    assert "I10" not in repr((decision.facts, decision.trace))
    assert assess(priced, case(Category.DB, "3500.00")).outcome is Outcome.NOT_ELIGIBLE
    other = case(Category.DB, "3500.00", replace(OUTPATIENT, disease_code="E11"))
    assert assess(priced, other).missing == ("OUTPATIENT_CEILING",)


def test_a_city_may_count_outpatient_aid_into_the_cap(fixed_sum: Rulebook) -> None:
    counted = having(fixed_sum, city("OUTPATIENT_IN_CAP", True, "bool"))
    decision = assess(counted, case(Category.DB, "1000.00", paid_this_year=Decimal("14900.00")))

    assert (decision.amount, decision.in_cap) == (Decimal("100.00"), Decimal("100.00"))


def test_a_city_may_have_no_outpatient_aid(yangcheng: Rulebook) -> None:
    none = having(yangcheng, city("OUTPATIENT_FORM(DB)", None, "text"))

    assert assess(none, case(Category.DB, "1000.00")).outcome is Outcome.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("MONTH", date(2025, 6, 1), date(2025, 7, 1)),
        ("QUARTER", date(2025, 4, 1), date(2025, 7, 1)),
        ("YEAR", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(yangcheng: Rulebook, period: str, since: date, until: date) -> None:
    assert period_of(having(yangcheng, city("OUTPATIENT_PERIOD", period, "text")), ON) == (since, until)


def test_no_period_without_its_parameter(yangcheng: Rulebook) -> None:
    assert period_of(yangcheng, ON) is None


# Gaucher's and Pompe's disease


@pytest.mark.parametrize("code", ["A20-1", "A20-2"])
@pytest.mark.parametrize(
    ("category", "aid"),
    [
        (Category.DB, "7000.00"),  # 10,000.00 × 70 %
        (Category.TK, "10000.00"),  # covered in full
        (Category.GXZC, "7000.00"),  # like DB: no deductible, 70 %
        (Category.DBBY, "7000.00"),
    ],
)
def test_two_diseases_are_aided_like_inpatient_key_targets(
    yangcheng: Rulebook, code: str, category: Category, aid: str
) -> None:
    decision = assess(yangcheng, case(category, "10000.00", replace(OUTPATIENT, disease_code=code)))

    assert (decision.outcome, decision.amount) == (Outcome.ELIGIBLE, Decimal(aid))
    assert "A-20" in decision.grounds
    assert decision.in_cap == Decimal(aid)
    assert code not in repr((decision.facts, decision.trace))


def test_the_cap_of_key_targets_holds_for_the_two_diseases(yangcheng: Rulebook) -> None:
    rare = case(Category.GXZC, "30000.00", replace(OUTPATIENT, disease_code="A20-1"))

    assert assess(yangcheng, rare).amount == Decimal("15000.00")


def test_only_recognised_aid_categories_have_it(yangcheng: Rulebook) -> None:
    ordinary = case(Category.PT, "10000.00", replace(OUTPATIENT, disease_code="A20-1"))

    assert assess(yangcheng, ordinary).grounds == ("A-38",)


def test_as_inpatients_they_are_aided_by_their_own_category(yangcheng: Rulebook) -> None:
    inpatient = case(Category.GXZC, "17731.00", Treatment(disease_code="A20-1"), on=date(2024, 12, 20))

    assert assess(yangcheng, inpatient).amount == Decimal("6000.00")  # (17,731.00 − 7,731.00) × 60 %


# Care aid

LATE = Treatment(disease_code="D24-01", late_stage=True)


@pytest.fixture(scope="module")
def with_care_aid() -> Rulebook:
    return having(
        shipped(),
        city("MODULE_CARE_AID", True, "bool"),
        city("CARE_AID_DISEASES", ["D24-01"], "list"),
    )


@pytest.mark.parametrize("category", [Category.DB, Category.TK])
def test_care_aid_comes_on_top_and_outside_the_cap(with_care_aid: Rulebook, category: Category) -> None:
    decision = assess(with_care_aid, case(category, "1000.00", LATE))
    usual = {Category.DB: Decimal("700.00"), Category.TK: Decimal("1000.00")}[category]

    assert (decision.amount, decision.in_cap, decision.care_aid) == (usual + 5000, usual, Decimal("5000.00"))
    assert decision.grounds[-1] == "A-26"
    assert line(decision, "大病关怀救助") == ("每人一次性，不计入年度限额", "5000.00")


def test_care_aid_is_due_where_nothing_else_is(with_care_aid: Rulebook) -> None:
    exhausted = case(Category.DB, "1000.00", LATE, paid_this_year=Decimal("15000.00"))
    covered = replace(exhausted, costs=Costs(Decimal("1000.00"), Decimal("1000.00"), basic=Decimal("1000.00")))

    for facts in (exhausted, covered):
        decision = assess(with_care_aid, facts)
        assert (decision.outcome, decision.amount, decision.in_cap) == (
            Outcome.ELIGIBLE,
            Decimal("5000.00"),
            Decimal("0.00"),
        )


def test_a_second_claim_is_refused_for_life(with_care_aid: Rulebook) -> None:
    again = case(Category.DB, "1000.00", LATE, care_aid_before=True)
    nothing_else = replace(again, paid_this_year=Decimal("15000.00"))

    assert (assess(with_care_aid, again).amount, assess(with_care_aid, again).care_aid) == (
        Decimal("700.00"),
        Decimal("0.00"),
    )
    refused = assess(with_care_aid, nothing_else)
    assert (refused.outcome, refused.amount) == (Outcome.NOT_ELIGIBLE, Decimal("0.00"))
    assert "A-26" in refused.grounds


def test_a_second_claim_needs_no_word_of_the_office(yangcheng: Rulebook) -> None:
    assert assess(yangcheng, case(Category.DB, "1000.00", LATE, care_aid_before=True)).amount == Decimal("700.00")


def test_unconfirmed_care_aid_is_asked_about(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, case(Category.DB, "1000.00", LATE))

    assert (decision.outcome, decision.missing) == (Outcome.PARAMETER_MISSING, ("MODULE_CARE_AID",))


def test_unconfirmed_care_aid_is_asked_about_even_where_nothing_else_is_due(yangcheng: Rulebook) -> None:
    duplicate = case(Category.DB, "1000.00", LATE, one_stop=True)

    assert assess(yangcheng, duplicate).missing == ("MODULE_CARE_AID",)


def test_confirmed_care_aid_waits_for_the_list_of_diseases(yangcheng: Rulebook) -> None:
    confirmed = having(yangcheng, city("MODULE_CARE_AID", True, "bool"))

    assert assess(confirmed, case(Category.DB, "1000.00", LATE)).missing == ("CARE_AID_DISEASES",)


def test_care_aid_that_is_off_changes_nothing(yangcheng: Rulebook) -> None:
    off = having(yangcheng, city("MODULE_CARE_AID", False, "bool"))
    decision = assess(off, case(Category.DB, "1000.00", LATE))

    assert decision.amount == Decimal("700.00")
    assert line(decision, "大病关怀救助") == ("本地未启用", "0.00")


def test_care_aid_is_for_key_targets_with_a_listed_disease(with_care_aid: Rulebook) -> None:
    other = case(Category.DB, "1000.00", replace(LATE, disease_code="C50.9"))
    borderline = case(Category.DBBY, "20000.00", LATE, on=date(2024, 12, 20))

    assert assess(with_care_aid, other).amount == Decimal("700.00")
    assert assess(with_care_aid, borderline).amount == Decimal("10144.56")  # (20,000.00 − 3,092.40) × 60 %


# The tilt (B-20)

REFERRED = Treatment(referred=True, in_province=True)


@pytest.fixture(scope="module")
def tilted() -> Rulebook:
    return having(
        shipped(),
        city("TILT_THRESHOLD", "10000.00", "yuan"),
        city("TILT_RATE", "0.50", "ratio"),
    )


def test_what_is_still_borne_above_the_threshold_is_tilted(tilted: Rulebook) -> None:
    """40,000.00 × 70 % = 28,000.00, capped at 15,000.00; 25,000.00 are still borne: (25,000.00 − 10,000.00) × 50 %."""
    decision = assess(tilted, case(Category.DB, "40000.00", REFERRED))

    assert (decision.amount, decision.in_cap) == (Decimal("22500.00"), Decimal("15000.00"))
    assert decision.grounds == ("A-02", "A-13", "A-14", "A-15", "B-20")


def test_a_light_burden_is_not_tilted(tilted: Rulebook) -> None:
    decision = assess(tilted, case(Category.DB, "10000.00", REFERRED))

    assert decision.amount == Decimal("7000.00")
    assert "B-20" not in decision.grounds


@pytest.mark.parametrize("treatment", [replace(REFERRED, referred=False), replace(REFERRED, in_province=False)])
def test_the_tilt_is_for_those_referred_and_treated_within_the_province(tilted: Rulebook, treatment: Treatment) -> None:
    assert assess(tilted, case(Category.DB, "40000.00", treatment)).amount == Decimal("15000.00")


def test_without_the_citys_numbers_a_tilt_waits(yangcheng: Rulebook) -> None:
    assert assess(yangcheng, case(Category.DB, "40000.00", REFERRED)).missing == ("TILT_THRESHOLD", "TILT_RATE")


def test_who_bears_nothing_waits_for_no_tilt(yangcheng: Rulebook) -> None:
    assert assess(yangcheng, case(Category.TK, "40000.00", REFERRED)).amount == Decimal("40000.00")


def test_a_city_may_have_no_tilt(yangcheng: Rulebook) -> None:
    none = having(yangcheng, city("TILT_THRESHOLD", None, "yuan"), city("TILT_RATE", None, "ratio"))
    decision = assess(none, case(Category.DB, "40000.00", REFERRED))

    assert decision.amount == Decimal("15000.00")
    assert line(decision, "倾斜救助") == ("本地未设倾斜救助", "0.00")
