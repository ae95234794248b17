"""The money rule of an application for aid (W01; A-13 to A-19, B-13, B-21): facts in, Decision out.

Not modelled here: the split by single disease (A-21 to A-24) and the care aid (A-26), both off until the office confirms
them (AMB-18); outpatient cost of Gaucher and Pompe patients (A-20, AMB-17); the city's tilt for heavy burdens (B-20).
"""

from collections.abc import Sequence
from decimal import Decimal

from policy.case_facts import CaseFacts, Consulted
from policy.claim import Claim, claim_of
from policy.costs import LABELS, Costs
from policy.deadlines import add_months
from policy.decision import Decision, Outcome, TraceLine
from policy.money import ZERO, cents, plain, yuan
from policy.rulebook import Rulebook
from policy.terms import Category


def assess(rulebook: Rulebook, facts: CaseFacts) -> Decision:
    """Eligible with an amount (yuan, two places, half-up); not eligible with 0.00; or parameter_missing without one.

    Every missing key is named at once. A key that is missing for one of several categories does not matter when another
    already covers the whole base, since no category can give more.
    """
    law = Consulted(rulebook)
    aided = law.ask("AID_CATEGORIES", facts.on)
    categories = [c for c in dict.fromkeys(facts.categories) if aided is not None and c in aided.value]
    refusal = _refusal(law, facts, categories)
    if refusal is not None and aided is not None:
        return _decided(law, facts, Outcome.NOT_ELIGIBLE, ZERO, [refusal.clause], [refusal])
    blocked = bool(law.missing)
    claims = [claim for category in categories if (claim := claim_of(law, facts, category)) is not None]
    best = max(claims, key=lambda claim: claim.amount, default=None)
    if best is None or blocked or (law.missing and best.amount < facts.costs.base):
        return _parameter_missing(law, facts, categories)
    return _of_the_best(law, facts, best, claims)


def _refusal(law: Consulted, facts: CaseFacts, categories: Sequence[Category]) -> TraceLine | None:
    """What refuses the claim whatever the rates are."""
    if facts.one_stop:
        return TraceLine("重复救助", "该笔费用已经“一站式”结算", "不予救助", "B-21")
    if not categories:
        return TraceLine("对象类别", "所列身份本身不属于医疗救助对象", "不予救助", "A-38")
    too_old = _too_old(law, facts)
    if too_old is not None:
        return too_old
    if facts.costs.base == 0:
        return TraceLine("救助基数", _base_formula(facts.costs), plain(ZERO), "A-13")
    return None


def _too_old(law: Consulted, facts: CaseFacts) -> TraceLine | None:
    if facts.submitted_on is None:
        return None
    months = law.ask("GXZC_LOOKBACK_MONTHS", facts.submitted_on)
    if months is None or months.value is None:
        return None
    settled, first = facts.settled_on or facts.on, add_months(facts.submitted_on, -months.value)
    if settled >= first:
        return None
    formula = f"结算日期 {settled} 早于 {first}（申请前{months.value}个月）"
    return TraceLine("费用期限", formula, "不计入", months.clause)


def _of_the_best(law: Consulted, facts: CaseFacts, best: Claim, claims: Sequence[Claim]) -> Decision:
    several = len(claims) > 1
    trace = [TraceLine("救助基数", _base_formula(facts.costs), plain(facts.costs.base), "A-13")]
    if several:
        compared = "；".join(f"{claim.category.label} {yuan(claim.amount)}" for claim in claims)
        trace.append(TraceLine("多重身份就高", compared, best.category.label, "B-21"))
    result = "不予救助" if best.amount == 0 else "应救助金额"
    trace += [*best.trace, TraceLine("核定结果", result, plain(best.amount), best.grounds[0])]
    outcome = Outcome.ELIGIBLE if best.amount else Outcome.NOT_ELIGIBLE
    grounds = [*best.grounds, "B-21" if several else None]
    marks = ("FALLBACK",) if best.fallback else ()
    return _decided(law, facts, outcome, best.amount, grounds, trace, best.category, marks)


def _decided(
    law: Consulted,
    facts: CaseFacts,
    outcome: Outcome,
    amount: Decimal,
    grounds: Sequence[str | None],
    trace: Sequence[TraceLine],
    category: Category | None = None,
    marks: tuple[str, ...] = (),
) -> Decision:
    return Decision(
        outcome,
        facts.on,
        tuple(dict.fromkeys(clause for clause in grounds if clause)),
        cents(amount),
        _facts_relied_on(facts, category),
        tuple(trace),
        tuple(law.used),
        marks=(*marks, *law.marks),
    )


def _parameter_missing(law: Consulted, facts: CaseFacts, categories: Sequence[Category]) -> Decision:
    aided = law.rulebook.find("AID_CATEGORIES", facts.on)
    conditioned = law.rulebook.find("CONDITIONS_REQUIRED", facts.on)
    waits = [conditioned.clause] if conditioned and any(key.startswith("CONDITIONS(") for key in law.missing) else []
    grounds = [*(aided.value[category] for category in categories if aided), *waits, "A-13"]
    return Decision(
        Outcome.PARAMETER_MISSING,
        facts.on,
        tuple(dict.fromkeys(clause for clause in grounds if clause)),
        facts=_facts_relied_on(facts, None),
        trace=(TraceLine("缺少参数", "、".join(law.missing), "不予计算", None),),
        parameters=tuple(law.used),
        missing=tuple(law.missing),
        marks=law.marks,
    )


def _facts_relied_on(facts: CaseFacts, category: Category | None) -> dict[str, str]:
    """Nothing about the illness: decisions are kept in clear."""
    relied_on = {
        "on": facts.on.isoformat(),
        "categories": ",".join(facts.categories),
        "category": category or "",
        "base": str(facts.costs.base),
        "compliant_total": str(facts.costs.compliant_total),
        **{name: str(amount) for name, amount in facts.costs.deductions.items()},
        "paid_this_year": str(facts.paid_this_year),
        "deductible_used_this_year": str(facts.deductible_used_this_year),
    }
    if facts.base_before is not None:
        relied_on["base_before"] = str(facts.base_before)
    if facts.submitted_on is not None:
        relied_on["submitted_on"] = facts.submitted_on.isoformat()
    return relied_on


def _base_formula(costs: Costs) -> str:
    parts = [f"{LABELS[name]} {yuan(amount)}" for name, amount in costs.deductions.items() if amount]
    return " − ".join([f"{LABELS['compliant_total']} {yuan(costs.compliant_total)}", *parts])
