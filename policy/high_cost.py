"""Whose year's burden is over the monitoring line, and who is pushed this month (B-14, B-15, B-22, D-03, J-18…J-20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy.case_facts import Consulted
from policy.costs import Costs
from policy.exchange_terms import ListType
from policy.money import ZERO
from policy.monitoring_line import RESIDENCE_UNKNOWN, Insured, Line, line_for, residence_matters
from policy.rulebook import Parameter, Rulebook

_DEDUCTED: Mapping[str, tuple[str, ...]] = {
    "AFTER_ALL_INSURANCE": ("basic", "critical_illness", "supplementary", "commercial"),
    "AFTER_BASIC_AND_CRITICAL": ("basic", "critical_illness"),
}


@dataclass(frozen=True)
class Pushed:
    """The last push of a person: what was said then."""

    burden: Decimal
    year: int
    list: ListType


@dataclass(frozen=True)
class HighCost:
    """What becomes of one person in one month's push.

    `over`: the burden exceeds the line, by a cent at least. `suppressed`: over, but left out as nothing has changed since
    the last push (D-03). With something `missing` nothing may be said, and neither holds.
    """

    line: Line | None
    over: bool
    suppressed: bool
    grounds: tuple[str, ...]
    marks: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    missing: tuple[str, ...]

    @property
    def pushed(self) -> bool:
        return self.over and not self.suppressed


def burden(rulebook: Rulebook, costs: Costs, on: date) -> Decimal:
    """What a person bears of the year's costs in yuan, as the jurisdiction counts it (BURDEN_DEF, AMB-5); never below zero.

    Costs outside the policy count, aid is not deducted. Raises MissingParameter.
    """
    deducted = _DEDUCTED[rulebook.parameter("BURDEN_DEF", on).value]
    return max(ZERO, costs.total - sum((getattr(costs, part) for part in deducted), ZERO))


def monitored(
    rulebook: Rulebook, insured: Insured, year_to_date: Decimal, on: date, last: Pushed | None = None
) -> HighCost:
    """Whether somebody with this burden since 1 January is pushed for the month of which `on` is the last day.

    Nothing is raised: what is missing stands in the answer.
    """
    law = Consulted(rulebook)
    found = line_for(law, insured, on)
    line = None if law.missing else found
    over = line is not None and year_to_date > line.amount
    rule = _may_be_left_out(law, on) if line and over and _unchanged(line, year_to_date, on, last) else None
    grounds = (*(line.grounds if line else ()), *([rule.clause] if rule and rule.clause else []))
    fallback = ("FALLBACK",) if line and line.fallback else ()
    unknown = (RESIDENCE_UNKNOWN,) if residence_matters(law, insured, on) else ()
    marks = (*law.marks, *fallback, *unknown)
    return HighCost(line, over, rule is not None, grounds, marks, tuple(law.used), tuple(law.missing))


def still_heavy(rulebook: Rulebook, after_aid: Decimal, on: date) -> bool | None:
    """Whether what is left after all three systems is still heavy (B-22); None where no sum says what that is."""
    found = rulebook.find("STILL_HEAVY", on)
    return None if found is None or found.value is None else after_aid > Decimal(found.value)


def _unchanged(line: Line, year_to_date: Decimal, on: date, last: Pushed | None) -> bool:
    """Equal to the cent since the last push of the same year for the same list (AMB-5b)."""
    return last is not None and (last.burden, last.year, last.list) == (year_to_date, on.year, line.list)


def _may_be_left_out(law: Consulted, on: date) -> Parameter | None:
    """The rule by which what has not changed may be left out; None where every month names everybody."""
    found = law.look("PUSH_SUPPRESS", on)
    return found if found is not None and found.value else None
