"""The deductible 起付标准 of a category in the year of the event: a sum, or a share of the income of the year before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy.case_facts import Consulted
from policy.money import ZERO, cents, percent, yuan
from policy.rulebook import Parameter
from policy.terms import Category


@dataclass(frozen=True)
class Deductible:
    amount: Decimal
    rule: Parameter
    formula: str
    fallback: bool


def deductible_for(law: Consulted, category: Category, on: date) -> Deductible | None:
    """The deductible of the event's year; where the statistic that it is a share of has not been published by then, the
    deductible of the year before (B-13).
    """
    key = f"DEDUCT({category})"
    rule = law.ask(key, on)
    if rule is None:
        return None
    if rule.unit != "ratio_of_pcdi" or rule.value is None:
        return _fixed(rule)
    income = law.rulebook.find(f"PCDI({on.year - 1})", on)
    if income is not None:
        law.use(income)
        return _share_of_income(rule, income, on.year - 1, fallback=False)
    return _deductible_of_the_year_before(law, rule, on)


def _deductible_of_the_year_before(law: Consulted, rule: Parameter, on: date) -> Deductible | None:
    year = on.year
    fallback = law.ask("PCDI_FALLBACK", on)
    income = law.rulebook.find(f"PCDI({year - 2})", on)
    if fallback is None or fallback.value != "PREVIOUS_YEAR" or income is None:
        law.lack(f"PCDI({year - 1})")
        return None
    earlier = law.rulebook.find(rule.key, date(year - 1, 12, 31)) or rule
    law.use(earlier)
    if earlier.unit != "ratio_of_pcdi" or earlier.value is None:
        return _fixed(earlier, fallback=True)
    law.use(income)
    return _share_of_income(earlier, income, year - 2, fallback=True)


def _fixed(rule: Parameter, *, fallback: bool = False) -> Deductible:
    amount = ZERO if rule.value is None else cents(Decimal(rule.value))
    return Deductible(amount, rule, "不设起付线" if amount == 0 else yuan(amount), fallback)


def _share_of_income(rule: Parameter, income: Parameter, year: int, *, fallback: bool) -> Deductible:
    ratio, yearly = Decimal(rule.value), Decimal(income.value)
    formula = f"{year}年全省居民人均可支配收入 {yuan(yearly)} × {percent(ratio)}"
    return Deductible(cents(yearly * ratio), rule, formula, fallback)
