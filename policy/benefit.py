"""The money of an application for aid (W01; A-12 to A-26, B-13, B-20, B-21): facts in, Decision out.

Every category held on the event date is assessed by the rule that the treatment falls under, and the best counts: the
general rule for inpatients (`policy/claim.py`, with the tilt of B-20), the payment by disease (`policy/single_disease.py`),
the forms of outpatient aid (`policy/outpatient.py`). Care aid (`policy/care_aid.py`) comes on top.

Not modelled here: whether a cost was treated improperly (A-47), the referral or filing of A-25 and A-36 (recorded by the
one-stop settlement), the carriers of outpatient aid such as a card (A-12 fixes no form), and aid to the registered poor of
the years before 2021 (A-03, A-26).
"""

from collections.abc import Sequence
from decimal import Decimal

from policy.care_aid import CareAid, care_aid_of
from policy.case_facts import CaseFacts, Consulted
from policy.claim import Claim, base_line, claim_of
from policy.deadlines import add_months
from policy.decision import Decision, Outcome, TraceLine
from policy.money import ZERO, cents, plain, yuan
from policy.outpatient import outpatient_claim
from policy.rulebook import Parameter, Rulebook
from policy.single_disease import single_disease_claim, standing
from policy.terms import Category


def assess(rulebook: Rulebook, facts: CaseFacts) -> Decision:
    """Eligible with an amount (yuan, two places, half-up); not eligible with 0.00; or parameter_missing without one.

    Every missing key is named at once; a module that the office has not confirmed is one of them (AMB-18). A key that is
    missing for one of several categories does not matter when another already covers the whole base, since no category can
    give more.
    """
    law = Consulted(rulebook)
    aided = law.ask("AID_CATEGORIES", facts.on)
    categories = [c for c in dict.fromkeys(facts.categories) if aided is not None and c in aided.value]
    refusal = _refusal(law, facts, categories)
    before_care = len(law.missing)
    care = care_aid_of(law, facts, categories)
    care_waits = len(law.missing) > before_care
    if refusal is not None and aided is not None and not care_waits:
        return _refused(law, facts, refusal, care)
    blocked = bool(law.missing)
    claims = [claim for category in categories if (claim := claim_for(law, facts, category)) is not None]
    best = max(claims, key=lambda claim: claim.amount, default=None)
    if best is None or blocked or (law.missing and best.amount < facts.costs.base):
        return _parameter_missing(law, facts, categories)
    return _of_the_best(law, facts, best, claims, care)


def claim_for(law: Consulted, facts: CaseFacts, category: Category) -> Claim | None:
    """What the category gives by the rule that the treatment falls under; None when something is missing for it."""
    conditions = _conditions(law, facts, category, law.ask("CONDITIONS_REQUIRED", facts.on))
    claim = outpatient_claim(law, facts, category) if facts.treatment.outpatient else _inpatient(law, facts, category)
    return claim if conditions else None


def _inpatient(law: Consulted, facts: CaseFacts, category: Category) -> Claim | None:
    by_disease = standing(law, facts, category)
    if by_disease.applies is None:
        return None
    if by_disease.applies:
        return single_disease_claim(law, facts, category)
    claim = claim_of(law, facts, category)
    return claim.after(by_disease.line) if claim is not None and by_disease.line is not None else claim


def _conditions(law: Consulted, facts: CaseFacts, category: Category, conditioned: Parameter | None) -> bool:
    """Whether the category may be aided here at all: some wait for conditions that the city lays down (A-05)."""
    if conditioned is None:
        return False
    return category not in conditioned.value or law.ask(f"CONDITIONS({category})", facts.on) is not None


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
        return base_line(facts.costs)
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


def _refused(law: Consulted, facts: CaseFacts, refusal: TraceLine, care: CareAid) -> Decision:
    """Nothing for the cost; care aid, which is for no cost, may still be due."""
    trace, grounds = [refusal], [refusal.clause]
    if care.line is not None:
        trace.append(care.line)
        grounds.append(care.line.clause)
    if care.amount:
        trace.append(TraceLine("核定结果", "应救助金额", plain(care.amount), "A-26"))
    return _decided(law, facts, care.amount, grounds, trace, care=care)


def _of_the_best(law: Consulted, facts: CaseFacts, best: Claim, claims: Sequence[Claim], care: CareAid) -> Decision:
    several = len(claims) > 1
    trace = [base_line(facts.costs)] if best.of_base else []
    if several:
        compared = "；".join(f"{claim.category.label} {yuan(claim.amount)}" for claim in claims)
        trace.append(TraceLine("多重身份就高", compared, best.category.label, "B-21"))
    trace += best.trace
    grounds = [*best.grounds, "B-21" if several else None]
    if care.line is not None:
        trace.append(care.line)
        grounds.append(care.line.clause)
    amount = best.amount + care.amount
    trace.append(TraceLine("核定结果", "应救助金额" if amount else "不予救助", plain(amount), best.grounds[0]))
    return _decided(law, facts, amount, grounds, trace, best, care)


def _decided(
    law: Consulted,
    facts: CaseFacts,
    amount: Decimal,
    grounds: Sequence[str | None],
    trace: Sequence[TraceLine],
    best: Claim | None = None,
    care: CareAid | None = None,
) -> Decision:
    marks = ("FALLBACK",) if best is not None and best.fallback else ()
    return Decision(
        Outcome.ELIGIBLE if amount else Outcome.NOT_ELIGIBLE,
        facts.on,
        tuple(dict.fromkeys(clause for clause in grounds if clause)),
        cents(amount),
        _facts_relied_on(facts, best.category if best is not None else None),
        tuple(trace),
        tuple(law.used),
        marks=(*marks, *law.marks),
        in_cap=cents(best.in_cap) if best is not None else ZERO,
        in_deductible=cents(best.in_deductible) if best is not None else ZERO,
        care_aid=care.amount if care is not None else ZERO,
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
    """Nothing about the illness: decisions are kept in clear. All facts are kept sealed (`policy/recomputing.py`)."""
    relied_on = {
        "on": facts.on.isoformat(),
        "categories": ",".join(facts.categories),
        "category": category or "",
        "treatment": facts.treatment.kind.value,
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
