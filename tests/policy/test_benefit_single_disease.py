"""Payment by disease (S-17, A-21 … A-24, A-61): the shares inside the ceiling, the excess, and what must hold for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import Costs
from policy.decision import Decision, Outcome
from policy.rulebook import Basis, Rulebook
from policy.terms import Category
from policy.treatment import Treatment, TreatmentKind
from tests.policy.rulebooks import having, shipped, value, without

ON = date(2025, 6, 3)
BREAST_CANCER = Treatment(disease_code="A61-04")


def cost(total: str, **paid: str) -> Costs:
    return Costs(Decimal(total), Decimal(total), **{name: Decimal(amount) for name, amount in paid.items()})


def case(category: Category, total: str, treatment: Treatment = BREAST_CANCER, **paid: str) -> CaseFacts:
    return CaseFacts(ON, [category], cost(total, **paid), treatment=treatment)


def lines(decision: Decision) -> dict[str, tuple[str, str | None]]:
    return {line.step: (line.value, line.clause) for line in decision.trace}


@pytest.fixture(scope="module")
def confirmed() -> Rulebook:
    """The demonstration values, and the office's word that payment by disease is in use."""
    return having(shipped(), value("MODULE_SINGLE_DISEASE", True, "bool", division="1405", clause="A-21"))


# S-17: 28,000.00 × 70 % = 19,600.00, × 20 % = 5,600.00, 2,800.00 is left.
# 33,000.00 inside 30,000.00: 21,000.00, 6,000.00, 3,000.00; 3,000.00 above it are the hospital's. GXZC: × 10 % = 2,800.00.
# TK also gets the rest (AMB-25): 5,600.00 + 2,800.00; 6,000.00 + 3,000.00.
@pytest.mark.parametrize(
    ("category", "total", "aid"),
    [
        (Category.DB, "28000.00", "5600.00"),
        (Category.DB, "33000.00", "6000.00"),
        (Category.GXZC, "28000.00", "2800.00"),
        (Category.YF, "28000.00", "5600.00"),
        (Category.TK, "28000.00", "8400.00"),
        (Category.TK, "33000.00", "9000.00"),
    ],
)
def test_the_shares_inside_the_ceiling(confirmed: Rulebook, category: Category, total: str, aid: str) -> None:
    decision = assess(confirmed, case(category, total))

    assert (decision.outcome, decision.amount) == (Outcome.ELIGIBLE, Decimal(aid))
    assert (decision.in_cap, decision.in_deductible) == (Decimal("0.00"), Decimal("0.00"))


def test_every_share_and_the_excess_are_shown(confirmed: Rulebook) -> None:
    decision = assess(confirmed, case(Category.DB, "33000.00", basic="21000.00"))

    assert decision.grounds == ("A-02", "A-21", "A-23", "A-22")
    assert lines(decision) == {
        "限额内费用": ("30000.00", "A-21"),
        "医保基金支付": ("21000.00", "A-23"),
        "医疗救助支付": ("6000.00", "A-23"),
        "患者负担": ("3000.00", "A-23"),
        "超过限额部分": ("3000.00", "A-22"),
        "年度限额": ("6000.00", "A-23"),
        "核定结果": ("6000.00", "A-02"),
    }


def test_the_destitute_are_left_with_nothing(confirmed: Rulebook) -> None:
    decision = assess(confirmed, case(Category.TK, "28000.00", basic="19600.00"))

    assert lines(decision)["其余部分由救助保障"] == ("2800.00", "A-16")
    assert "患者负担" not in lines(decision)
    assert decision.grounds == ("A-02", "A-21", "A-23", "A-16")


def test_an_exhausted_cap_is_not_asked(confirmed: Rulebook) -> None:
    exhausted = replace(case(Category.DB, "28000.00"), paid_this_year=Decimal("15000.00"))

    assert assess(confirmed, exhausted).amount == Decimal("5600.00")


def test_aid_never_exceeds_what_the_person_really_bears(confirmed: Rulebook) -> None:
    """28,000.00 − 19,600.00 − 4,000.00 − 1,000.00 = 3,400.00 < 5,600.00 (first insurance, then aid)."""
    decision = assess(
        confirmed, case(Category.DB, "28000.00", basic="19600.00", critical_illness="4000.00", commercial="1000.00")
    )

    assert decision.amount == Decimal("3400.00")
    assert lines(decision)["个人实际负担"] == ("3400.00", "A-13")


def test_half_a_fen_goes_up_and_the_shares_still_add_up(confirmed: Rulebook) -> None:
    """100.15: fund 70.105 → 70.11, aid 20.03; the destitute get the rest of 10.01 as well."""
    assert assess(confirmed, case(Category.DB, "100.15")).amount == Decimal("20.03")
    assert assess(confirmed, case(Category.TK, "100.15")).amount == Decimal("30.04")


def test_the_better_identity_counts_across_the_rules(confirmed: Rulebook) -> None:
    """DBBY is not named by the scheme: (28,000.00 − 3,092.40) × 60 % = 14,944.56 by the general rule, against 5,600.00."""
    both = replace(case(Category.DB, "28000.00"), on=date(2024, 12, 20), categories=[Category.DB, Category.DBBY])
    decision = assess(confirmed, both)

    assert decision.amount == Decimal("14944.56")
    assert decision.in_cap == Decimal("14944.56")
    assert decision.grounds[-1] == "B-21"


# Whether the module is in use (AMB-18)


@pytest.mark.parametrize("category", [Category.DB, Category.TK, Category.GXZC])
def test_a_module_nobody_has_confirmed_is_asked_about_and_never_refused(
    yangcheng: Rulebook, category: Category
) -> None:
    decision = assess(yangcheng, case(category, "28000.00"))

    assert (decision.outcome, decision.amount) == (Outcome.PARAMETER_MISSING, None)
    assert decision.missing == ("MODULE_SINGLE_DISEASE",)
    assert "UNCONFIRMED" in decision.marks


@pytest.mark.parametrize("basis", [Basis.UNREVIEWED, Basis.LOCAL, Basis.DOCUMENT, Basis.DEMONSTRATION])
def test_with_the_word_of_the_office_the_general_rule_holds(yangcheng: Rulebook, basis: Basis) -> None:
    off = having(yangcheng, value("MODULE_SINGLE_DISEASE", False, "bool", division="1405", basis=basis))
    decision = assess(off, case(Category.DB, "28000.00", basic="19600.00"))

    assert decision.amount == Decimal("5880.00")  # (28,000.00 − 19,600.00) × 70 %
    assert lines(decision)["单病种救助"] == ("按一般规定办理", "A-21")


def test_the_running_demonstration_has_an_answer() -> None:
    decision = assess(shipped(up=True), case(Category.DB, "28000.00", basic="19600.00"))

    assert (decision.outcome, decision.amount) == (Outcome.ELIGIBLE, Decimal("5880.00"))


def test_a_word_holds_from_its_day(yangcheng: Rulebook) -> None:
    later = having(yangcheng, value("MODULE_SINGLE_DISEASE", True, "bool", division="1405", since=date(2025, 6, 4)))

    assert assess(later, case(Category.DB, "28000.00")).missing == ("MODULE_SINGLE_DISEASE",)
    assert assess(later, replace(case(Category.DB, "28000.00"), on=date(2025, 6, 4))).amount == Decimal("5600.00")


def test_the_scheme_ends_with_an_entry(confirmed: Rulebook) -> None:
    ended = having(
        confirmed,
        value("DISEASE_AID_SHARE(DB)", None, "ratio", division="1405", since=date(2025, 6, 3), clause="A-23"),
    )
    claim = case(Category.DB, "28000.00", basic="19600.00")

    assert assess(ended, replace(claim, on=date(2025, 6, 2))).amount == Decimal("5600.00")
    assert assess(ended, claim).amount == Decimal("5880.00")


# What must hold for it


def test_another_disease_is_aided_as_usual(confirmed: Rulebook) -> None:
    for code in ("C50.9", "A61-27", None):
        decision = assess(confirmed, case(Category.DB, "28000.00", Treatment(disease_code=code), basic="19600.00"))
        assert decision.amount == Decimal("5880.00")
        assert "单病种救助" not in lines(decision)


def test_outpatient_cost_is_not_paid_by_this_scheme(confirmed: Rulebook) -> None:
    outpatient = replace(BREAST_CANCER, kind=TreatmentKind.OUTPATIENT)

    assert assess(confirmed, case(Category.DB, "28000.00", outpatient)).missing == ("OUTPATIENT_FORM(DB)",)


@pytest.mark.parametrize("number", [1, 2, 21, 22, 23, 24])
def test_diseases_of_children_are_paid_for_children_only(confirmed: Rulebook, number: int) -> None:
    code = f"A61-{number:02d}"
    priced = having(confirmed, value("DISEASE_CEILING", {code: "30000.00"}, "map", clause="A-21"))
    child, adult, unknown = (
        assess(priced, case(Category.DB, "28000.00", Treatment(disease_code=code, age=age), basic="19600.00"))
        for age in (17, 18, None)
    )

    assert child.amount == Decimal("5600.00")
    assert "UNCONFIRMED" in child.marks  # the age is our reading: the annex gives none
    for decision in (adult, unknown):
        assert decision.amount == Decimal("5880.00")
        assert lines(decision)["单病种救助"] == ("按一般规定办理", "A-61")


@pytest.mark.parametrize("number", [25, 26])
def test_two_diseases_are_paid_for_the_joint_replacement_only(confirmed: Rulebook, number: int) -> None:
    code = f"A61-{number}"
    priced = having(confirmed, value("DISEASE_CEILING", {code: "30000.00"}, "map", clause="A-21"))
    operated, not_operated = (
        assess(
            priced,
            case(
                Category.DB,
                "28000.00",
                Treatment(disease_code=code, joint_replacement=replaced),
                basic="19600.00",
            ),
        )
        for replaced in (True, False)
    )

    assert (operated.amount, not_operated.amount) == (Decimal("5600.00"), Decimal("5880.00"))


def test_only_in_a_designated_institution(confirmed: Rulebook) -> None:
    listed = having(
        confirmed,
        value("DISEASE_INSTITUTIONS", ["H14052200001"], "list", division="1405", since=date(2024, 2, 1), clause="A-23"),
    )
    inside, outside = (
        assess(listed, case(Category.DB, "28000.00", replace(BREAST_CANCER, institution_code=code), basic="19600.00"))
        for code in ("H14052200001", "H14052200002")
    )

    assert (inside.amount, outside.amount) == (Decimal("5600.00"), Decimal("5880.00"))
    assert lines(outside)["单病种救助"] == ("按一般规定办理", "A-23")


def test_without_the_list_of_institutions_the_case_waits(confirmed: Rulebook) -> None:
    decision = assess(without(confirmed, "DISEASE_INSTITUTIONS"), case(Category.DB, "28000.00"))

    assert decision.missing == ("DISEASE_INSTITUTIONS",)


def test_a_missing_ceiling_is_asked_for_without_naming_the_disease(confirmed: Rulebook) -> None:
    """The key stands in tasks, mails and the timeline: it says nothing of the illness. The city enters a table of all."""
    colon = case(Category.DB, "28000.00", Treatment(disease_code="A61-07"))
    decision = assess(confirmed, colon)
    entered = having(confirmed, value("DISEASE_CEILING", {"A61-07": "20000.00"}, "map", clause="A-21"))

    assert (decision.outcome, decision.missing) == (Outcome.PARAMETER_MISSING, ("DISEASE_CEILING",))
    assert "A61-07" not in repr((decision.trace, decision.facts, decision.grounds))
    assert assess(entered, colon).amount == Decimal("4000.00")  # 20,000.00 × 20 %


def test_low_income_targets_still_wait_for_their_conditions(confirmed: Rulebook) -> None:
    decision = assess(confirmed, case(Category.DSR, "28000.00"))
    complete = having(confirmed, value("CONDITIONS(DSR)", "晋城市规定的条件", "text", division="1405"))

    assert decision.missing == ("CONDITIONS(DSR)",)
    assert assess(complete, case(Category.DSR, "28000.00")).amount == Decimal("2800.00")


def test_nothing_in_clear_tells_the_disease(confirmed: Rulebook) -> None:
    decision = assess(confirmed, case(Category.DB, "28000.00"))

    assert "A61-04" not in repr((decision.facts, decision.trace, decision.grounds, decision.marks))
    assert "乳腺癌" not in repr((decision.facts, decision.trace))
