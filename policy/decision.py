"""A decision and what it rests on. Every rule of `policy/` that decides returns one."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from policy.rulebook import Parameter


class Outcome(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    PARAMETER_MISSING = "parameter_missing"


@dataclass(frozen=True)
class TraceLine:
    """One line of the calculation sheet 计算表: what was done, with which numbers, by which clause.

    `formula` is for people (10,200.00); `value` for programs too: an amount is plain (10200.00), else it is words.
    """

    step: str
    formula: str
    value: str
    clause: str | None = None


@dataclass(frozen=True)
class Decision:
    """Outcome, grounds, facts relied on, the day it speaks of, and the parameter versions used.

    `amount` is yuan with two places, None when nothing may be said (a parameter is missing).
    """

    outcome: Outcome
    as_of: date
    grounds: tuple[str, ...]
    amount: Decimal | None = None
    facts: dict[str, str] = field(default_factory=dict)
    trace: tuple[TraceLine, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    missing: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """FALLBACK (last year's statistic, B-13), DEMO (a demonstration value was used), UNREVIEWED (待复核), UNCONFIRMED (待确认)."""
    in_cap: Decimal | None = None
    """The part of the amount that uses up the year's cap; None where the decision is not about a cap."""
    in_deductible: Decimal | None = None
    """The part of the base that uses up the year's deductible and tiers."""
    care_aid: Decimal = Decimal("0.00")
    """The part of the amount that is care aid, once in a life (A-26)."""
