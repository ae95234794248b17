from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from policy.benefit import assess
from policy.case_facts import CaseFacts, event_date
from policy.costs import Costs, TreatmentDates
from policy.decision import Decision, Outcome
from policy.rulebook import Basis, MissingParameter, Rulebook
from policy.terms import Category
from policy.treatment import Treatment
from tests.policy.rulebooks import having, shipped, value, without

S01 = CaseFacts(
    on=date(2024, 12, 20),
    categories=[Category.GXZC],
    costs=Costs(
        Decimal("92400.00"),
        Decimal("86231.00"),
        basic=Decimal("48200.00"),
        critical_illness=Decimal("11300.00"),
        commercial=Decimal("2000.00"),
    ),
    submitted_on=date(2025, 3, 3),
    settled_on=date(2024, 12, 20),
)
S14 = CaseFacts(
    on=date(2025, 6, 3),
    categories=[Category.DB],
    costs=Costs(Decimal("18600.00"), Decimal("17200.00"), basic=Decimal("10200.00")),
    paid_this_year=Decimal("11000.00"),
)


def lines(decision: Decision) -> list[tuple[str, str, str, str | None]]:
    return [(line.step, line.formula, line.value, line.clause) for line in decision.trace]


def bearing(base: str) -> Costs:
    """Costs of which the person bears `base`."""
    return Costs(Decimal(base), Decimal(base))


def test_happy_path_pays_10200_with_every_step_shown(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, S01)

    assert (decision.outcome, decision.amount, decision.as_of) == (
        Outcome.ELIGIBLE,
        Decimal("10200.00"),
        date(2024, 12, 20),
    )
    assert decision.grounds == ("A-06", "A-13", "A-17")
    assert decision.marks == ("DEMO",)
    assert decision.missing == ()
    assert lines(decision) == [
        (
            "救助基数",
            "合规医疗费用 86,231.00 − 基本医保支付 48,200.00 − 大病保险支付 11,300.00 − 商业保险支付 2,000.00",
            "24731.00",
            "A-13",
        ),
        ("起付标准", "2023年全省居民人均可支配收入 30,924.00 × 25%", "7731.00", "A-17"),
        ("起付标准以上部分", "24,731.00 − 7,731.00", "17000.00", "A-17"),
        ("按比例救助", "17,000.00 × 60%", "10200.00", "A-17"),
        ("年度限额", "限额 40,000.00 − 本年已救助 0.00 = 剩余 40,000.00；未超限额", "10200.00", "A-17"),
        ("核定结果", "应救助金额", "10200.00", "A-06"),
    ]
    assert {p.key for p in decision.parameters} >= {"RATE(GXZC)", "DEDUCT(GXZC)", "CAP(GXZC)", "PCDI(2023)"}
    assert decision.facts["base"] == "24731.00"
    assert decision.facts["category"] == "GXZC"


def test_cap_cuts_what_exceeds_it(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, S14)

    assert decision.amount == Decimal("4000.00")
    assert decision.grounds == ("A-02", "A-13", "A-14", "A-15")
    assert (
        "年度限额",
        "限额 15,000.00 − 本年已救助 11,000.00 = 剩余 4,000.00；封顶，核减900.00",
        "4000.00",
        "A-15",
    ) in lines(decision)


def test_cap_with_room_left_cuts_nothing(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S14, paid_this_year=Decimal("10000.00")))

    assert decision.amount == Decimal("4900.00")


def test_used_up_cap_gives_nothing(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S14, paid_this_year=Decimal("15000.00")))

    assert (decision.outcome, decision.amount) == (Outcome.NOT_ELIGIBLE, Decimal("0.00"))
    assert "A-15" in decision.grounds


def test_destitute_person_gets_all_without_cap(yangcheng: Rulebook) -> None:
    destitute = CaseFacts(date(2025, 6, 3), [Category.TK], bearing("3260.50"), paid_this_year=Decimal("99999.00"))

    assert assess(yangcheng, destitute).amount == Decimal("3260.50")


def test_several_identities_give_the_best_never_the_sum(yangcheng: Rulebook) -> None:
    both = CaseFacts(date(2024, 12, 20), [Category.DBBY, Category.DB], bearing("20000.00"))
    decision = assess(yangcheng, both)

    assert decision.amount == Decimal("14000.00")
    assert decision.facts["category"] == "DB"
    assert decision.grounds[-1] == "B-21"
    assert ("多重身份就高", "低保边缘家庭成员 10,144.56；低保对象 14,000.00", "低保对象", "B-21") in lines(decision)


def test_the_better_identity_may_be_the_one_with_the_higher_cap(yangcheng: Rulebook) -> None:
    both = CaseFacts(date(2024, 12, 20), [Category.DB, Category.DBBY], bearing("60000.00"))

    assert assess(yangcheng, both).amount == Decimal("30000.00")


def test_an_identity_that_covers_all_does_not_wait_for_the_others(yangcheng: Rulebook) -> None:
    both = CaseFacts(date(2025, 6, 3), [Category.JC3, Category.TK], bearing("3260.50"))
    decision = assess(yangcheng, both)

    assert (decision.outcome, decision.amount, decision.facts["category"]) == (
        Outcome.ELIGIBLE,
        Decimal("3260.50"),
        "TK",
    )


def test_an_identity_without_rates_holds_up_a_lower_one(yangcheng: Rulebook) -> None:
    both = CaseFacts(date(2025, 6, 3), [Category.JC3, Category.DB], bearing("3260.50"))
    decision = assess(yangcheng, both)

    assert (decision.outcome, decision.amount) == (Outcome.PARAMETER_MISSING, None)
    assert decision.missing == ("DEDUCT(JC3)", "RATE(JC3)", "CAP(JC3)")


@pytest.mark.parametrize("category", [Category.PT, Category.TPRK])
def test_identities_that_are_no_aid_category_give_nothing(yangcheng: Rulebook, category: Category) -> None:
    decision = assess(yangcheng, replace(S14, categories=[category]))

    assert (decision.outcome, decision.amount, decision.grounds) == (
        Outcome.NOT_ELIGIBLE,
        Decimal("0.00"),
        ("A-38",),
    )


def test_an_identity_that_is_no_aid_category_does_no_harm(yangcheng: Rulebook) -> None:
    assert assess(yangcheng, replace(S14, categories=[Category.TPRK, Category.DB])).amount == Decimal("4000.00")


def test_low_income_targets_wait_for_the_conditions_of_their_city(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S14, categories=[Category.DSR]))

    assert (decision.outcome, decision.amount) == (Outcome.PARAMETER_MISSING, None)
    assert decision.missing == ("CONDITIONS(DSR)", "DEDUCT(DSR)", "RATE(DSR)", "CAP(DSR)")
    assert decision.grounds == ("A-04", "A-05", "A-13")


def test_low_income_targets_with_conditions_and_rates_are_aided(yangcheng: Rulebook) -> None:
    complete = having(
        yangcheng,
        value("CONDITIONS(DSR)", "晋城市规定的条件", "text", division="1405"),
        value("RATE(DSR)", "0.50", "ratio", division="1405"),
        value("DEDUCT(DSR)", None, "yuan", division="1405"),
        value("CAP(DSR)", None, "yuan", division="1405"),
    )

    assert assess(complete, replace(S14, categories=[Category.DSR])).amount == Decimal("3500.00")


def test_without_the_demonstration_no_amount_is_computed() -> None:
    decision = assess(shipped(demo=False), S01)

    assert (decision.outcome, decision.amount) == (Outcome.PARAMETER_MISSING, None)
    assert decision.missing == ("DEDUCT(GXZC)", "RATE(GXZC)", "CAP(GXZC)")
    assert decision.marks == ()


def test_costs_settled_one_stop_are_not_aided_twice(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S01, one_stop=True))

    assert (decision.outcome, decision.amount, decision.grounds) == (
        Outcome.NOT_ELIGIBLE,
        Decimal("0.00"),
        ("B-21",),
    )


@pytest.mark.parametrize(
    ("settled", "outcome"),
    [(date(2024, 3, 3), Outcome.ELIGIBLE), (date(2024, 3, 2), Outcome.NOT_ELIGIBLE)],
)
def test_costs_count_for_twelve_months_before_submission(yangcheng: Rulebook, settled: date, outcome: Outcome) -> None:
    assert assess(yangcheng, replace(S01, on=settled, settled_on=settled)).outcome is outcome


def test_a_missing_lookback_is_not_passed_over(yangcheng: Rulebook) -> None:
    destitute = replace(S01, categories=[Category.TK])
    decision = assess(without(yangcheng, "GXZC_LOOKBACK_MONTHS"), destitute)

    assert (decision.outcome, decision.missing) == (Outcome.PARAMETER_MISSING, ("GXZC_LOOKBACK_MONTHS",))


def test_nothing_left_after_all_payments_is_not_aided(yangcheng: Rulebook) -> None:
    covered = Costs(Decimal("5000.00"), Decimal("4000.00"), basic=Decimal("3000.00"), commercial=Decimal("1500.00"))
    decision = assess(yangcheng, replace(S14, costs=covered))

    assert (decision.outcome, decision.amount, decision.grounds) == (
        Outcome.NOT_ELIGIBLE,
        Decimal("0.00"),
        ("A-13",),
    )


def test_nothing_below_the_deductible_is_aided(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S01, costs=bearing("7731.00")))

    assert (decision.outcome, decision.amount) == (Outcome.NOT_ELIGIBLE, Decimal("0.00"))
    assert "A-17" in decision.grounds
    assert assess(yangcheng, replace(S01, costs=bearing("7731.01"))).amount == Decimal("0.01")


@pytest.mark.parametrize(("used", "amount"), [("0.00", "10200.00"), ("3000.00", "12000.00"), ("7731.00", "14838.60")])
def test_deductible_is_used_up_once_a_year(yangcheng: Rulebook, used: str, amount: str) -> None:
    decision = assess(yangcheng, replace(S01, deductible_used_this_year=Decimal(used)))

    assert decision.amount == Decimal(amount)


def test_deductible_may_be_charged_on_each_claim(yangcheng: Rulebook) -> None:
    each = having(yangcheng, value("DEDUCT_SCOPE", "CASE", "text", since=date(2024, 1, 1)))

    assert assess(each, replace(S01, deductible_used_this_year=Decimal("7731.00"))).amount == Decimal("10200.00")


def test_unpublished_income_falls_back_to_the_deductible_of_the_year_before(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S01, on=date(2025, 3, 1), settled_on=date(2025, 3, 1)))

    assert decision.amount == Decimal("10200.00")
    assert decision.marks == ("FALLBACK", "DEMO")
    assert "B-13" in decision.grounds


def test_published_income_is_used_from_the_day_of_its_publication(yangcheng: Rulebook) -> None:
    published = having(yangcheng, value("PCDI(2024)", "32000.00", "yuan", since=date(2025, 2, 20)))
    before, after = (
        assess(published, replace(S01, on=day, settled_on=day)) for day in (date(2025, 2, 19), date(2025, 2, 20))
    )

    assert (before.amount, before.marks) == (Decimal("10200.00"), ("FALLBACK", "DEMO"))
    assert (after.amount, after.marks) == (Decimal("10038.60"), ("DEMO",))


def test_fallback_is_the_deductible_of_last_year_with_last_years_share(yangcheng: Rulebook) -> None:
    raised = having(yangcheng, value("DEDUCT(GXZC)", "0.30", "ratio_of_pcdi", since=date(2025, 1, 1)))
    decision = assess(raised, replace(S01, on=date(2025, 1, 10), settled_on=date(2025, 1, 10)))

    assert decision.amount == Decimal("10200.00")


def test_without_either_income_the_missing_one_is_named(yangcheng: Rulebook) -> None:
    decision = assess(without(yangcheng, "PCDI(2023)"), S01)

    assert (decision.outcome, decision.missing) == (Outcome.PARAMETER_MISSING, ("PCDI(2023)",))


def test_running_demonstration_can_pay_a_case_of_today() -> None:
    today = replace(S01, on=date(2026, 10, 12), settled_on=date(2026, 10, 12), submitted_on=date(2026, 11, 2))
    decision = assess(shipped(up=True), today)

    assert decision.marks == ("DEMO",)
    assert decision.amount == Decimal("9738.60")  # (24,731.00 − 25 % × 34,000.00) × 60 %


def test_tiers_aid_each_part_at_its_own_rate(yangcheng: Rulebook) -> None:
    tiers = [{"above": "0.00", "rate": "0.50"}, {"above": "10000.00", "rate": "0.60"}]
    tiered = having(yangcheng, value("RATE(GXZC)", tiers, "tiers", since=date(2024, 6, 1), clause="A-17"))
    decision = assess(tiered, S01)

    assert decision.amount == Decimal("9973.10")  # 2,269.00 × 50 % + 14,731.00 × 60 %
    assert "A-19" in decision.grounds


def test_tiers_go_on_where_earlier_claims_of_the_year_stopped(yangcheng: Rulebook) -> None:
    tiers = [{"above": "0.00", "rate": "0.50"}, {"above": "30000.00", "rate": "0.60"}]
    tiered = having(yangcheng, value("RATE(GXZC)", tiers, "tiers", since=date(2024, 6, 1)))
    second = replace(S01, costs=bearing("10000.00"), base_before=Decimal("24731.00"))

    assert assess(tiered, second).amount == Decimal("5473.10")  # 5,269.00 × 50 % + 4,731.00 × 60 %


def test_half_a_fen_is_rounded_up(yangcheng: Rulebook) -> None:
    assert assess(yangcheng, replace(S14, costs=bearing("0.15"))).amount == Decimal("0.11")
    assert assess(yangcheng, replace(S14, costs=bearing("0.05"))).amount == Decimal("0.04")


def test_values_still_to_be_reviewed_are_marked(yangcheng: Rulebook) -> None:
    entered = having(yangcheng, value("CAP(DB)", "20000.00", "yuan", since=date(2025, 1, 1), basis=Basis.UNREVIEWED))
    decision = assess(entered, S14)

    assert decision.amount == Decimal("4900.00")
    assert decision.marks == ("DEMO", "UNREVIEWED")


def test_yesterdays_rate_stays_true_about_yesterday(yangcheng: Rulebook) -> None:
    raised = having(yangcheng, value("RATE(DB)", "0.80", "ratio", since=date(2025, 7, 1)))
    uncapped = replace(S14, paid_this_year=Decimal("0.00"))

    assert assess(raised, replace(uncapped, on=date(2025, 6, 30))).amount == Decimal("4900.00")
    assert assess(raised, replace(uncapped, on=date(2025, 7, 1))).amount == Decimal("5600.00")


def test_a_decision_says_nothing_about_the_illness(yangcheng: Rulebook) -> None:
    decision = assess(yangcheng, replace(S01, treatment=Treatment(disease_code="A61-04")))

    assert "A61-04" not in repr(decision.facts) + repr(decision.trace)


@pytest.mark.parametrize(
    ("decides", "day"),
    [
        ("SETTLEMENT", date(2024, 12, 22)),
        ("DISCHARGE", date(2024, 12, 20)),
        ("ADMISSION", date(2024, 12, 1)),
    ],
)
def test_event_date_follows_its_parameter(yangcheng: Rulebook, decides: str, day: date) -> None:
    book = having(yangcheng, value("BENEFIT_EVENT_DATE", decides, "text", since=date(2025, 1, 1)))
    dates = TreatmentDates(date(2024, 12, 1), date(2024, 12, 20), date(2024, 12, 22))

    assert event_date(book, date(2025, 3, 3), dates) == day


def test_event_date_without_its_parameter_is_missing(yangcheng: Rulebook) -> None:
    with pytest.raises(MissingParameter):
        event_date(without(yangcheng, "BENEFIT_EVENT_DATE"), date(2025, 3, 3), TreatmentDates())
