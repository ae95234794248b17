"""The money rule against a second implementation that counts in whole fen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import Costs
from policy.rulebook import Rulebook
from policy.terms import Category
from policy.treatment import Treatment
from tests.policy.oracle import aid_in_fen, by_disease_in_fen, tilt_in_fen
from tests.policy.rulebooks import having, shipped, value

SHIPPED = shipped()
ON = date(2025, 6, 3)
FEN = st.integers(0, 30_000_000)


@dataclass(frozen=True)
class Scheme:
    deductible: int
    tiers: tuple[tuple[int, int], ...]
    cap: int | None

    def laid_down_for(self, category: Category, rulebook: Rulebook) -> Rulebook:
        tiers = [{"above": yuan(above), "rate": str(Decimal(rate) / 10_000)} for above, rate in self.tiers]
        single = len(tiers) == 1
        return having(
            rulebook,
            value(f"RATE({category})", tiers[0]["rate"] if single else tiers, "ratio" if single else "tiers", since=ON),
            value(f"DEDUCT({category})", yuan(self.deductible), "yuan", since=ON),
            value(f"CAP({category})", None if self.cap is None else yuan(self.cap), "yuan", since=ON),
        )


def yuan(fen: int) -> str:
    return str((Decimal(fen) / 100).quantize(Decimal("0.01")))


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    number = draw(st.integers(1, 4))
    bounds = sorted(draw(st.sets(st.integers(1, 20_000_000), min_size=number - 1, max_size=number - 1)))
    rates = sorted(draw(st.sets(st.integers(1, 10_000), min_size=number, max_size=number)))
    return Scheme(
        draw(st.integers(0, 2_000_000)),
        tuple(zip([0, *bounds], rates, strict=True)),
        draw(st.none() | st.integers(0, 10_000_000)),
    )


def bearing(base: int) -> Costs:
    return Costs(Decimal(yuan(base)), Decimal(yuan(base)))


@given(scheme=schemes(), base=FEN, before=FEN, paid=FEN)
def test_one_identity_agrees_with_the_oracle(scheme: Scheme, base: int, before: int, paid: int) -> None:
    facts = CaseFacts(
        ON,
        [Category.DB],
        bearing(base),
        paid_this_year=Decimal(yuan(paid)),
        base_before=Decimal(yuan(before)),
    )
    expected = aid_in_fen(
        base, deductible=scheme.deductible, tiers=scheme.tiers, cap=scheme.cap, paid=paid, before=before
    )

    assert assess(scheme.laid_down_for(Category.DB, SHIPPED), facts).amount == Decimal(yuan(expected))


@given(first=schemes(), second=schemes(), base=FEN, paid=FEN)
def test_two_identities_give_the_better_of_the_two(first: Scheme, second: Scheme, base: int, paid: int) -> None:
    rulebook = second.laid_down_for(Category.FPZP, first.laid_down_for(Category.DB, SHIPPED))
    facts = CaseFacts(ON, [Category.DB, Category.FPZP], bearing(base), paid_this_year=Decimal(yuan(paid)))
    expected = max(
        aid_in_fen(base, deductible=scheme.deductible, tiers=scheme.tiers, cap=scheme.cap, paid=paid)
        for scheme in (first, second)
    )

    assert assess(rulebook, facts).amount == Decimal(yuan(expected))


@given(
    compliant=FEN,
    parts=st.lists(st.integers(0, 6_000_000), min_size=6, max_size=6),
    not_covered=st.integers(0, 5_000_000),
)
def test_base_is_what_is_left_of_the_compliant_cost(compliant: int, parts: list[int], not_covered: int) -> None:
    costs = Costs(
        Decimal(yuan(compliant + not_covered)), Decimal(yuan(compliant)), *(Decimal(yuan(part)) for part in parts)
    )

    assert costs.base == Decimal(yuan(max(0, compliant - sum(parts))))


@given(scheme=schemes(), first=FEN, second=FEN)
def test_two_claims_of_a_year_never_get_more_than_one_would(scheme: Scheme, first: int, second: int) -> None:
    """The deductible is used up once, the tiers go on, and the cap is shared (up to the rounding of each claim)."""
    rulebook = scheme.laid_down_for(Category.DB, SHIPPED)
    whole = assess(rulebook, CaseFacts(ON, [Category.DB], bearing(first + second))).amount
    one = assess(rulebook, CaseFacts(ON, [Category.DB], bearing(first))).amount
    assert whole is not None
    assert one is not None
    other = assess(
        rulebook,
        CaseFacts(ON, [Category.DB], bearing(second), paid_this_year=one, base_before=Decimal(yuan(first))),
    ).amount
    assert other is not None

    assert abs(one + other - whole) <= Decimal("0.01")


@given(
    cost=FEN,
    ceiling=st.integers(1, 20_000_000),
    fund=st.integers(1, 8_000),
    aid=st.integers(1, 2_000),
    paid=st.integers(0, 30_000_000),
    category=st.sampled_from([Category.DB, Category.TK, Category.GXZC]),
)
def test_payment_by_disease_agrees_with_the_oracle(
    cost: int, ceiling: int, fund: int, aid: int, paid: int, category: Category
) -> None:
    paid = min(paid, cost)
    rulebook = having(
        SHIPPED,
        value("MODULE_SINGLE_DISEASE", True, "bool", division="1405", since=ON),
        value("DISEASE_CEILING(A61-04)", yuan(ceiling), "yuan", division="1405", since=ON),
        value("DISEASE_FUND_SHARE", str(Decimal(fund) / 10_000), "ratio", division="1405", since=ON),
        value(f"DISEASE_AID_SHARE({category})", str(Decimal(aid) / 10_000), "ratio", division="1405", since=ON),
    )
    costs = Costs(Decimal(yuan(cost)), Decimal(yuan(cost)), basic=Decimal(yuan(paid)))
    decision = assess(rulebook, CaseFacts(ON, [category], costs, treatment=Treatment(disease_code="A61-04")))
    of_fund, given, patient, hospital = by_disease_in_fen(
        cost, ceiling=ceiling, fund=fund, aid=aid, paid=paid, takes_rest=category is Category.TK
    )

    assert decision.amount == Decimal(yuan(given))
    assert not decision.in_cap
    shown = {line.step: line.value for line in decision.trace}
    if paid < cost:
        assert shown["医保基金支付"] == yuan(of_fund)
        assert shown.get("患者负担", "0.00") == yuan(max(0, patient))
        assert shown.get("超过限额部分", "0.00") == yuan(hospital)


@given(scheme=schemes(), base=FEN, paid=FEN, threshold=st.integers(0, 5_000_000), rate=st.integers(1, 10_000))
def test_the_tilt_agrees_with_the_oracle(scheme: Scheme, base: int, paid: int, threshold: int, rate: int) -> None:
    rulebook = having(
        scheme.laid_down_for(Category.DB, SHIPPED),
        value("TILT_THRESHOLD", yuan(threshold), "yuan", since=ON),
        value("TILT_RATE", str(Decimal(rate) / 10_000), "ratio", since=ON),
    )
    facts = CaseFacts(
        ON,
        [Category.DB],
        bearing(base),
        paid_this_year=Decimal(yuan(paid)),
        treatment=Treatment(referred=True, in_province=True),
    )
    in_cap = aid_in_fen(base, deductible=scheme.deductible, tiers=scheme.tiers, cap=scheme.cap, paid=paid)
    tilt = tilt_in_fen(base - in_cap, threshold=threshold, rate=rate)
    decision = assess(rulebook, facts)

    assert decision.amount == Decimal(yuan(in_cap + tilt))
    assert decision.in_cap == Decimal(yuan(in_cap))
    assert in_cap + tilt <= base
