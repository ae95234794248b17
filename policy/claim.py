"""What one category gives on a claim by the general rule: deductible, tiers, cap, tilt (A-14 to A-19, B-20), with the
lines that show it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from policy.case_facts import CaseFacts, Consulted
from policy.costs import LABELS, Costs
from policy.decision import TraceLine
from policy.deductible import Deductible, deductible_for
from policy.money import ZERO, cents, percent, plain, yuan
from policy.rulebook import Parameter
from policy.terms import Category
from policy.tilt import tilt_of


@dataclass(frozen=True)
class Claim:
    """What one category would give, with the lines that show it."""

    category: Category
    amount: Decimal
    grounds: tuple[str | None, ...]
    trace: tuple[TraceLine, ...]
    in_cap: Decimal
    """The part of the amount that uses up the year's cap …"""
    in_deductible: Decimal
    """… and the part of the base that uses up the year's deductible and tiers."""
    fallback: bool = False
    of_base: bool = True
    """Whether the amount was reckoned from the base of A-13, which is then shown first."""

    def after(self, line: TraceLine) -> "Claim":
        """The same with a line before its own."""
        return replace(self, trace=(line, *self.trace))


def claim_of(law: Consulted, facts: CaseFacts, category: Category, rates_of: Category | None = None) -> Claim | None:
    """None when something that it needs is missing; all that is missing is noted.

    `rates_of` names the category whose standards are applied where it is another one (A-20).
    """
    standards = rates_of or category
    scope = law.ask("DEDUCT_SCOPE", facts.on)
    deductible = deductible_for(law, standards, facts.on)
    rate = law.ask(f"RATE({standards})", facts.on)
    cap = law.ask(f"CAP({standards})", facts.on)
    aided = law.rulebook.parameter("AID_CATEGORIES", facts.on)
    if scope is None or deductible is None or rate is None or cap is None:
        return None
    before = _base_before(facts) if scope.value == "YEAR" else ZERO
    left = max(ZERO, deductible.amount - before)
    lines = [*_deductible_lines(facts, deductible, before, left)]
    by_rate, rate_lines = _by_rate(facts.costs.base, before, deductible.amount, rate)
    amount, cap_line = capped(by_rate, cap, facts.paid_this_year)
    tilt = tilt_of(law, facts, facts.costs.base - amount)
    if tilt is None:
        return None
    grounds = (
        aided.value[category],
        "A-13",
        deductible.rule.clause if deductible.amount else None,
        "B-13" if deductible.fallback else None,
        rate.clause,
        "A-19" if rate.unit == "tiers" else None,
        cap.clause,
        *tilt.grounds,
    )
    return Claim(
        category,
        amount + tilt.amount,
        grounds,
        (*lines, *rate_lines, cap_line, *tilt.trace),
        in_cap=amount,
        in_deductible=facts.costs.base,
        fallback=deductible.fallback,
    )


def base_line(costs: Costs) -> TraceLine:
    """The base of A-13: what the person bears of the compliant cost."""
    parts = [f"{LABELS[name]} {yuan(amount)}" for name, amount in costs.deductions.items() if amount]
    formula = " − ".join([f"{LABELS['compliant_total']} {yuan(costs.compliant_total)}", *parts])
    return TraceLine("救助基数", formula, plain(costs.base), "A-13")


def capped(by_rate: Decimal, cap: Parameter, paid: Decimal) -> tuple[Decimal, TraceLine]:
    """What is left of the year's cap, at most."""
    if cap.value is None:
        return by_rate, TraceLine("年度限额", "不设封顶线", plain(by_rate), cap.clause)
    limit = Decimal(cap.value)
    left = max(ZERO, limit - paid)
    amount = min(by_rate, left)
    cut = f"；封顶，核减{yuan(by_rate - amount)}" if amount < by_rate else "；未超限额"
    formula = f"限额 {yuan(limit)} − 本年已救助 {yuan(paid)} = 剩余 {yuan(left)}{cut}"
    return amount, TraceLine("年度限额", formula, plain(amount), cap.clause)


def _base_before(facts: CaseFacts) -> Decimal:
    return max(facts.base_before or ZERO, facts.deductible_used_this_year)


def _deductible_lines(facts: CaseFacts, deductible: Deductible, before: Decimal, left: Decimal) -> list[TraceLine]:
    clause = "B-13" if deductible.fallback else deductible.rule.clause
    note = "（上年度数据未公布，按上一年度的起付标准）" if deductible.fallback else ""
    lines = [TraceLine("起付标准", deductible.formula + note, plain(deductible.amount), clause)]
    used = min(before, deductible.amount)
    if used:
        formula = f"{yuan(deductible.amount)} − 本年已使用 {yuan(used)}"
        lines.append(TraceLine("剩余起付标准", formula, plain(left), deductible.rule.clause))
    above = max(ZERO, facts.costs.base - left)
    formula = f"{yuan(facts.costs.base)} − {yuan(left)}"
    return [*lines, TraceLine("起付标准以上部分", formula, plain(above), deductible.rule.clause)]


def _by_rate(base: Decimal, before: Decimal, deductible: Decimal, rate: Parameter) -> tuple[Decimal, list[TraceLine]]:
    """Each tier's rate on the part of this claim that lies inside it, above the deductible; tiers are bounds of base."""
    tiers = [(ZERO, Decimal(rate.value))] if rate.unit == "ratio" else _tiers(rate)
    start, end = max(before, deductible), before + base
    exact, lines = ZERO, []
    for (above, ratio), (limit, _) in pairwise([*tiers, (end, ZERO)]):
        part = max(ZERO, min(end, limit) - max(start, above))
        if part or rate.unit == "ratio":
            exact += part * ratio
            formula = f"{yuan(part)} × {percent(ratio)}"
            lines.append(TraceLine("按比例救助", formula, plain(cents(part * ratio)), rate.clause))
    return cents(exact), lines


def _tiers(rate: Parameter) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(tier["above"]), Decimal(tier["rate"])) for tier in rate.value]
