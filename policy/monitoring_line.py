"""Which monitoring line 监测标准 a person stands under: a list and the sum that the year's burden must exceed.

Shanxi names sums (B-14, B-15), Jining shares of last year's income (J-18, J-19). Which categories stand under which line
is PUSH_GROUP(category), or PUSH_GROUP(category,rural) and (category,urban) where that matters (AMB-23).
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy.case_facts import Consulted
from policy.exchange_terms import Insurance, ListType
from policy.money import cents, percent, yuan
from policy.rulebook import Parameter
from policy.terms import Category, Residence

NOT_MONITORED = "none"
RESIDENCE_UNKNOWN = "RESIDENCE_UNKNOWN"
"""Whether somebody lives in the country or in town decides the line, and is not known: the lower one is taken."""


@dataclass(frozen=True)
class Insured:
    """Whom the line is asked for. Without `insurance` the person is taken to be in one that is monitored."""

    categories: Sequence[Category]
    residence: Residence | None = None
    insurance: Insurance | None = None


@dataclass(frozen=True)
class Line:
    list: ListType
    amount: Decimal
    formula: str
    rule: Parameter
    grounds: tuple[str, ...]
    fallback: bool = False
    """The statistic of the year before last stands in for last year's, which is not published yet (PCDI_FALLBACK)."""


def line_for(law: Consulted, insured: Insured, on: date) -> Line | None:
    """The lowest line that any of the person's categories stands under on `on`; None for somebody who is not monitored.

    What is missing is noted in `law`. Somebody without a category is an ordinary insured person.
    """
    lines = [line for line in _lines(law, insured, on) if line is not None and _is_monitored(law, insured, line, on)]
    return min(lines, key=lambda line: line.amount, default=None)


def every_line(law: Consulted, on: date) -> tuple[Line, ...]:
    """The lines that anybody at all stands under on `on`, one for each list; what is missing is noted in `law`."""
    insured = itertools.product(Category, Residence, Insurance)
    found = (
        line_for(law, Insured((category,), residence, insurance), on) for category, residence, insurance in insured
    )
    return tuple({line.list: line for line in found if line is not None}.values())


def residence_matters(law: Consulted, insured: Insured, on: date) -> bool:
    """Whether the person's line depends on a residence that is not known."""
    return insured.residence is None and any(
        law.rulebook.find(_key(category, residence), on) for category in insured.categories for residence in Residence
    )


def _lines(law: Consulted, insured: Insured, on: date) -> Iterator[Line | None]:
    for category in insured.categories or (Category.PT,):
        for group in _groups(law, category, insured.residence, on):
            if group.value != NOT_MONITORED:
                yield _line(law, ListType(group.value), group, on)


def _groups(law: Consulted, category: Category, residence: Residence | None, on: date) -> list[Parameter]:
    residences = [residence] if residence else list(Residence)
    by_residence = [found for r in residences if (found := law.look(_key(category, r), on)) is not None]
    if by_residence:
        return by_residence
    group = law.ask(_key(category), on)
    return [group] if group is not None else []


def _key(category: Category, residence: Residence | None = None) -> str:
    return f"PUSH_GROUP({category.value},{residence.value})" if residence else f"PUSH_GROUP({category.value})"


def _line(law: Consulted, which: ListType, group: Parameter, on: date) -> Line | None:
    rule = law.ask(f"PUSH_THRESHOLD({which.value})", on)
    if rule is None:
        return None
    grounds = tuple(dict.fromkeys(clause for clause in (group.clause, rule.clause) if clause))
    if rule.unit != "ratio_of_pcdi":
        amount = Decimal(rule.value)
        return Line(which, amount, yuan(amount), rule, grounds)
    return _share_of_income(law, which, rule, grounds, on)


def _share_of_income(
    law: Consulted, which: ListType, rule: Parameter, grounds: tuple[str, ...], on: date
) -> Line | None:
    year, fallback = on.year - 1, False
    income = law.look(f"PCDI({year})", on)
    if income is None and _may_fall_back(law, on):
        year, fallback = on.year - 2, True
        income = law.look(f"PCDI({year})", on)
    if income is None:
        law.lack(f"PCDI({on.year - 1})")
        return None
    ratio, yearly = Decimal(rule.value), Decimal(income.value)
    formula = f"{year}年全省居民人均可支配收入 {yuan(yearly)} × {percent(ratio)}"
    return Line(which, cents(yearly * ratio), formula, rule, grounds, fallback)


def _may_fall_back(law: Consulted, on: date) -> bool:
    found = law.look("PCDI_FALLBACK", on)
    return found is not None and found.value == "PREVIOUS_YEAR"


def _is_monitored(law: Consulted, insured: Insured, line: Line, on: date) -> bool:
    if insured.insurance is None:
        return True
    found = law.ask(f"PUSH_INSURANCE({line.list.value})", on)
    return found is None or insured.insurance.value in found.value
