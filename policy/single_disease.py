"""The 26 serious diseases paid by disease 单病种最高限额付费 (A-21 … A-24, A-61): fund, aid and patient share the cost inside
a ceiling, the hospital bears what lies above it, and the year's cap is not touched.

It replaces the general rule for the categories that it names, for inpatients of its own designated institutions. Not
modelled here: the referral or filing that A-25 asks for (W05 records it), and the fund's side of the settlement.
"""

from dataclasses import dataclass
from decimal import Decimal

from policy.case_facts import CaseFacts, Consulted
from policy.claim import Claim
from policy.decision import TraceLine
from policy.disease_tables import Worth, worth_of
from policy.module import InUse, in_use
from policy.money import ZERO, cents, percent, plain, yuan
from policy.rulebook import Parameter
from policy.terms import Category

MODULE = "MODULE_SINGLE_DISEASE"
STEP = "单病种救助"
AS_USUAL = "按一般规定办理"


@dataclass(frozen=True)
class Standing:
    """Whether the scheme governs the claim. `applies` is None while it waits for a word of the office or a parameter."""

    applies: bool | None
    line: TraceLine | None = None
    """Why not, where somebody might have expected it. It never says which disease or which condition."""


def standing(law: Consulted, facts: CaseFacts, category: Category) -> Standing:
    """Whether the claim of `category` falls under the scheme on the event date; what is missing for that is noted."""
    listed = law.rulebook.find("DISEASE_LIST", facts.on)
    if facts.treatment.outpatient or listed is None or facts.treatment.disease_code not in (listed.value or {}):
        return Standing(False)
    law.use(listed)
    fits = _fits(law, facts)
    if not fits:
        return Standing(None) if fits is None else _as_usual("不符合该病种所附的条件", listed.clause)
    share = law.look(f"DISEASE_AID_SHARE({category})", facts.on)
    if share is None or share.value is None:
        return Standing(False)
    match in_use(law, MODULE, facts.on):
        case InUse.ASK:
            return Standing(None)
        case InUse.NO:
            return _as_usual("本地未启用", "A-21")
    designated = law.ask("DISEASE_INSTITUTIONS", facts.on)
    if designated is None:
        return Standing(None)
    if designated.value is not None and facts.treatment.institution_code not in designated.value:
        return _as_usual("就医机构不在重特大疾病医疗救助定点医疗机构名单内", designated.clause)
    return Standing(True)


def single_disease_claim(law: Consulted, facts: CaseFacts, category: Category) -> Claim | None:
    """What the scheme gives to `category`, where it applies. None when something that it needs is missing."""
    fund_share = law.ask("DISEASE_FUND_SHARE", facts.on)
    aid_share = law.ask(f"DISEASE_AID_SHARE({category})", facts.on)
    rest = law.ask("DISEASE_REST_AIDED", facts.on)
    assert facts.treatment.disease_code is not None  # or the scheme would not apply
    ceiling = worth_of(law, "DISEASE_CEILING", facts.treatment.disease_code, facts.on)
    if fund_share is None or aid_share is None or rest is None or ceiling is None:
        return None
    split = _Split.of(facts, ceiling.amount, fund_share, aid_share, takes_rest=category in rest.value)
    aided = law.rulebook.parameter("AID_CATEGORIES", facts.on)
    grounds = (
        aided.value[category],
        "A-21",
        aid_share.clause,
        rest.clause if split.rest else None,
        "A-22" if split.excess else None,
    )
    trace = _trace(facts, split, ceiling, fund_share, aid_share, rest)
    return Claim(category, split.paid, grounds, trace, in_cap=ZERO, in_deductible=ZERO, of_base=False)


def _fits(law: Consulted, facts: CaseFacts) -> bool | None:
    """The conditions that A-61 attaches to some diseases: children only, joint replacement only. None: a limit is missing."""
    treatment = facts.treatment
    for_children = law.look("DISEASE_FOR_CHILDREN", facts.on)
    if for_children is not None and treatment.disease_code in for_children.value:
        limit = law.ask("CHILD_AGE", facts.on)
        if limit is None:
            return None
        return treatment.age is not None and treatment.age < limit.value
    by_operation = law.look("DISEASE_BY_OPERATION", facts.on)
    if by_operation is not None and treatment.disease_code in by_operation.value:
        return treatment.joint_replacement
    return True


def _as_usual(why: str, clause: str | None) -> Standing:
    return Standing(False, TraceLine(STEP, why, AS_USUAL, clause))


@dataclass(frozen=True)
class _Split:
    """Yuan. Inside the ceiling fund, aid, rest and the patient's part add up to `inside`, to the cent."""

    cost: Decimal
    inside: Decimal
    fund: Decimal
    aid: Decimal
    rest: Decimal
    """What is left to the patient, where aid covers that too (A-16, AMB-25)."""
    left: Decimal
    """What the person still bears inside the ceiling after everything that was really paid: aid never exceeds it."""

    @classmethod
    def of(cls, facts: CaseFacts, ceiling: Decimal, fund: Parameter, aid: Parameter, *, takes_rest: bool) -> "_Split":
        cost = facts.costs.compliant_total
        inside = min(cost, ceiling)
        by_fund, by_aid = cents(inside * Decimal(fund.value)), cents(inside * Decimal(aid.value))
        rest = max(ZERO, inside - by_fund - by_aid) if takes_rest else ZERO
        left = max(ZERO, inside - facts.costs.deducted)
        return cls(cost, inside, by_fund, by_aid, rest, left)

    @property
    def excess(self) -> Decimal:
        return self.cost - self.inside

    @property
    def paid(self) -> Decimal:
        return min(self.aid + self.rest, self.left)

    @property
    def patient(self) -> Decimal:
        return max(ZERO, self.inside - self.fund - self.aid - self.rest)


def _trace(
    facts: CaseFacts, split: _Split, ceiling: Worth, fund: Parameter, aid: Parameter, rest: Parameter
) -> tuple[TraceLine, ...]:
    inside = yuan(split.inside)
    lines = [
        TraceLine(
            "限额内费用",
            f"合规医疗费用 {yuan(split.cost)}，单病种最高限额 {yuan(ceiling.amount)}",
            plain(split.inside),
            ceiling.parameter.clause,
        ),
        TraceLine("医保基金支付", f"{inside} × {percent(Decimal(fund.value))}", plain(split.fund), fund.clause),
        TraceLine("医疗救助支付", f"{inside} × {percent(Decimal(aid.value))}", plain(split.aid), aid.clause),
    ]
    shares = f"{inside} − {yuan(split.fund)} − {yuan(split.aid)}"
    if split.rest:
        lines.append(TraceLine("其余部分由救助保障", shares, plain(split.rest), rest.clause))
    else:
        lines.append(TraceLine("患者负担", shares, plain(split.patient), aid.clause))
    if split.excess:
        formula = f"{yuan(split.cost)} − {yuan(ceiling.amount)}，由定点医疗机构承担"
        lines.append(TraceLine("超过限额部分", formula, plain(split.excess), "A-22"))
    if split.paid < split.aid + split.rest:
        formula = f"{inside} − 已报销和扣除 {yuan(facts.costs.deducted)}，救助不超过个人实际负担"
        lines.append(TraceLine("个人实际负担", formula, plain(split.left), "A-13"))
    return (*lines, TraceLine("年度限额", "不受年度封顶线限制，不占用年度限额", plain(split.paid), aid.clause))
