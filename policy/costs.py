"""The cost statement 费用结算单 (A-13): its parts, the base of the aid, and what cannot be right about it."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from policy.money import ZERO
from policy.problems import Problem

LABELS = {
    "total": "医疗总费用",
    "compliant_total": "合规医疗费用",
    "basic": "基本医保支付",
    "critical_illness": "大病保险支付",
    "supplementary": "补充医疗保险支付",
    "commercial": "商业保险支付",
    "preferential_subsidy": "优抚对象医疗补助",
    "mutual_aid": "社会互助帮困",
}
DEDUCTIONS = ("basic", "critical_illness", "supplementary", "commercial", "preferential_subsidy", "mutual_aid")
"""In the order of A-13: insurance before aid (先保险后救助)."""


@dataclass(frozen=True)
class Costs:
    """Yuan, two places. `compliant_total` is the cost within policy, before any deduction."""

    total: Decimal
    compliant_total: Decimal
    basic: Decimal = ZERO
    critical_illness: Decimal = ZERO
    supplementary: Decimal = ZERO
    commercial: Decimal = ZERO
    preferential_subsidy: Decimal = ZERO
    mutual_aid: Decimal = ZERO

    @property
    def deductions(self) -> dict[str, Decimal]:
        return {name: getattr(self, name) for name in DEDUCTIONS}

    @property
    def deducted(self) -> Decimal:
        """All that others have paid."""
        return sum(self.deductions.values(), ZERO)

    @property
    def base(self) -> Decimal:
        """What the person bears of the compliant cost after all deductions; never below zero (A-13)."""
        return max(ZERO, self.compliant_total - self.deducted)


@dataclass(frozen=True)
class TreatmentDates:
    admitted_on: date | None = None
    discharged_on: date | None = None
    settled_on: date | None = None


def check_costs(costs: Costs) -> tuple[Problem, ...]:
    """What cannot be right; pointers lie inside the cost statement (`/basic`)."""
    unreadable = tuple(
        problem for part in fields(costs) for problem in _check_part(part.name, getattr(costs, part.name))
    )
    return unreadable or tuple(_check_sums(costs))


def check_dates(dates: TreatmentDates, submitted_on: date, today: date) -> tuple[Problem, ...]:
    """Admission, discharge, settlement, submission, today: none may lie before the one it follows."""
    known = [
        ("admitted_on", "入院日期", dates.admitted_on),
        ("discharged_on", "出院日期", dates.discharged_on),
        ("settled_on", "结算日期", dates.settled_on),
    ]
    problems: list[Problem] = []
    earlier: tuple[str, date] | None = None
    for name, label, day in known:
        if day is None:
            continue
        if day > today:
            problems.append(Problem(f"/{name}", f"{label}不能晚于今天", f"{name} lies in the future"))
        elif day > submitted_on:
            problems.append(Problem(f"/{name}", f"{label}不能晚于申请日期", f"{name} lies after the submission"))
        if earlier and day < earlier[1]:
            problems.append(
                Problem(f"/{name}", f"{label}不能早于{earlier[0]}", f"{name} lies before the date it follows")
            )
        earlier = (label, day)
    return tuple(problems)


def _check_part(name: str, amount: Decimal) -> list[Problem]:
    label = LABELS[name]
    if not amount.is_finite():
        return [Problem(f"/{name}", f"{label}不是金额", f"{name} is not an amount")]
    if amount < 0:
        return [Problem(f"/{name}", f"{label}不能为负数", f"{name} must not be negative", "A-13")]
    if (amount * 100) % 1:
        return [Problem(f"/{name}", f"{label}最多两位小数", f"{name} has more than two decimal places")]
    return []


def _check_sums(costs: Costs) -> list[Problem]:
    problems: list[Problem] = []
    if costs.total == 0:
        problems.append(Problem("/total", "医疗总费用必须大于零", "total must be above zero"))
    if costs.compliant_total > costs.total:
        problems.append(
            Problem("/compliant_total", "合规医疗费用不能大于医疗总费用", "compliant_total is above total", "A-25b")
        )
    if costs.basic + costs.critical_illness > costs.compliant_total:
        problems.append(
            Problem(
                "/basic",
                "基本医保和大病保险支付之和不能大于合规医疗费用",
                "basic and critical_illness together are above compliant_total",
                "A-13",
            )
        )
    if costs.deducted > costs.total:
        problems.append(
            Problem(
                "/total",
                "各项报销、补助和帮困之和不能大于医疗总费用",
                "all payments together are above total",
                "A-13",
            )
        )
    return problems
