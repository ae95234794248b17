"""A decision comes out again from nothing but what it kept (all facts, the parameter versions used)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import Costs
from policy.decision import Decision, Outcome
from policy.recomputing import facts_of, facts_record, recompute, recompute_with
from policy.rulebook import Basis, Rulebook
from policy.terms import Category, Residence
from policy.treatment import Treatment, TreatmentKind
from store.rulebook import parameter_record
from tests.policy.rulebooks import KNOWN_ON, having, shipped, value

CONFIRMED = having(
    shipped(),
    value("MODULE_SINGLE_DISEASE", True, "bool", division="1405", since=date(2025, 3, 1)),
    value("MODULE_CARE_AID", True, "bool", division="1405", since=date(2025, 3, 1)),
    value("CARE_AID_DISEASES", ["A61-04", "A20-1"], "list", division="1405"),
    value("DISEASE_CEILING", {"A61-01": "25000.00", "A61-25": "40000.00"}, "map", division="1405"),
    value("OUTPATIENT_FORM(DB)", "FIXED", "text", division="1405"),
    value("OUTPATIENT_AMOUNT(DB)", "300.00", "yuan", division="1405"),
    value("OUTPATIENT_PERIOD", "QUARTER", "text", division="1405"),
    value("TILT_THRESHOLD", "10000.00", "yuan", division="1405"),
    value("TILT_RATE", "0.50", "ratio", division="1405", since=date(2025, 5, 1)),
    value("RATE(GXZC)", "0.65", "ratio", division="1405", since=date(2025, 6, 1), basis=Basis.UNREVIEWED),
    value("DEDUCT(GXZC)", "0.20", "ratio_of_pcdi", division="1405", since=date(2025, 2, 1)),
    value("PCDI(2024)", "32000.00", "yuan", since=date(2025, 2, 20)),
)
RULEBOOKS = (shipped(), shipped(demo=False), shipped(up=True), CONFIRMED)

MONEY = st.integers(0, 20_000_000).map(lambda fen: (Decimal(fen) / 100).quantize(Decimal("0.01")))
SMALL = st.integers(0, 3_000_000).map(lambda fen: (Decimal(fen) / 100).quantize(Decimal("0.01")))
CODES = st.sampled_from([None, "C50.9", "A61-01", "A61-04", "A61-07", "A61-25", "A20-1"])


@st.composite
def cases(draw: st.DrawFn) -> CaseFacts:
    on = date(2024, 1, 1) + timedelta(draw(st.integers(0, 730)))
    compliant = draw(MONEY)
    return CaseFacts(
        on=on,
        categories=draw(st.lists(st.sampled_from(list(Category)), min_size=1, max_size=3)),
        costs=Costs(compliant + draw(SMALL), compliant, *(draw(SMALL) for _ in range(6))),
        residence=draw(st.none() | st.sampled_from(list(Residence))),
        paid_this_year=draw(SMALL),
        deductible_used_this_year=draw(SMALL),
        base_before=draw(st.none() | SMALL),
        submitted_on=draw(st.none() | st.just(on + timedelta(draw(st.integers(0, 500))))),
        settled_on=draw(st.none() | st.just(on)),
        one_stop=draw(st.sampled_from([False, False, False, True])),
        treatment=Treatment(
            draw(CODES),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.none() | st.integers(0, 100)),
            draw(st.sampled_from(list(TreatmentKind))),
            draw(st.sampled_from([None, "H14052200001"])),
            draw(st.booleans()),
            draw(st.booleans()),
        ),
        care_aid_before=draw(st.booleans()),
        outpatient_paid=draw(SMALL),
    )


def kept(decision: Decision) -> list[dict[str, Any]]:
    return [parameter_record(parameter) for parameter in decision.parameters]


@given(facts=cases())
def test_facts_come_back_from_their_record(facts: CaseFacts) -> None:
    assert facts_of(facts_record(facts)) == facts


@given(facts=cases(), rulebook=st.sampled_from(RULEBOOKS))
def test_every_decision_comes_out_again(facts: CaseFacts, rulebook: Rulebook) -> None:
    decision = assess(rulebook, facts)
    again = recompute("140522", KNOWN_ON, facts_record(facts), kept(decision))

    assert again == decision


@given(facts=cases(), rulebook=st.sampled_from(RULEBOOKS))
def test_a_decision_holds_together(facts: CaseFacts, rulebook: Rulebook) -> None:
    """Whatever the case: an amount or what is missing, never both; parts within the whole; grounds for everything."""
    decision = assess(rulebook, facts)

    assert (decision.amount is None) == (decision.outcome is Outcome.PARAMETER_MISSING) == bool(decision.missing)
    assert decision.grounds
    if decision.amount is not None:
        assert (decision.amount > 0) == (decision.outcome is Outcome.ELIGIBLE)
        assert decision.amount - decision.care_aid <= facts.costs.base
        assert decision.in_cap is not None
        assert Decimal("0.00") <= decision.in_cap <= decision.amount - decision.care_aid
    code = facts.treatment.disease_code
    if code is not None:
        assert code not in repr((decision.facts, decision.trace, decision.grounds, decision.missing, decision.marks))


def test_one_missing_parameter_version_is_noticed() -> None:
    facts = CaseFacts(date(2025, 6, 3), [Category.DB], Costs(Decimal("7000.00"), Decimal("7000.00")))
    decision = assess(shipped(), facts)
    without_rate = [record for record in kept(decision) if record["key"] != "RATE(DB)"]

    assert recompute("140522", KNOWN_ON, facts_record(facts), without_rate).missing == ("RATE(DB)",)


def test_a_published_statistic_changes_the_fallback_and_nothing_else() -> None:
    """(24,731.00 − 25 % × 30,924.00) × 60 % = 10,200.00; with 32,000.00: (24,731.00 − 8,000.00) × 60 % = 10,038.60."""
    facts = CaseFacts(date(2025, 1, 10), [Category.GXZC], Costs(Decimal("24731.00"), Decimal("24731.00")))
    decision = assess(shipped(), facts)
    published = value("PCDI(2024)", "32000.00", "yuan", since=date(2025, 2, 20))
    today = recompute_with("140522", KNOWN_ON, facts_record(facts), kept(decision), published)

    assert (decision.amount, "FALLBACK" in decision.marks) == (Decimal("10200.00"), True)
    assert (today.amount, "FALLBACK" in today.marks) == (Decimal("10038.60"), False)
    assert replace(today, amount=None).grounds == ("A-06", "A-13", "A-17")
