"""What a new value of a parameter may not be: the floors and ranks of document A (A-14, A-15, A-18, A-19, A-21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from policy.money import percent
from policy.parameters import base_of, dimension_of
from policy.rulebook import Parameter, Rulebook


@dataclass(frozen=True)
class Finding:
    """What speaks against a new value. An `error` refuses it; a `warning` is shown and may be overridden."""

    severity: str
    clause: str
    zh: str
    en: str


def check(rulebook: Rulebook, candidate: Parameter) -> tuple[Finding, ...]:
    """What speaks against `candidate`, seen beside the values in force on its first day."""
    base, category = base_of(candidate.key), dimension_of(candidate.key)
    findings: list[Finding] = []
    if base == "RATE":
        findings += _check_tiers(candidate)
        findings += _check_rate_floor(rulebook, candidate, category)
        findings += _check_rank(rulebook, candidate, category)
    elif base == "CAP":
        findings += _check_cap_floor(rulebook, candidate)
    elif base in ("DISEASE_FUND_SHARE", "DISEASE_AID_SHARE"):
        findings += _check_shares(rulebook, candidate)
    return tuple(findings)


def rates(parameter: Parameter) -> tuple[Decimal, ...]:
    """All rates that a RATE holds: one, or one for each tier."""
    if parameter.unit == "tiers":
        return tuple(Decimal(tier["rate"]) for tier in parameter.value)
    return (Decimal(parameter.value),)


def _check_tiers(candidate: Parameter) -> Iterable[Finding]:
    if candidate.unit != "tiers":
        return
    bounds = [Decimal(tier["above"]) for tier in candidate.value]
    if not _rises(bounds) or not _rises(rates(candidate)):
        yield Finding(
            "error",
            "A-19",
            "分段救助标准的起点和比例都必须逐段提高",
            "the bounds and the rates of tiers must both rise from tier to tier",
        )


def _check_rate_floor(rulebook: Rulebook, candidate: Parameter, category: str) -> Iterable[Finding]:
    floor = rulebook.find("RATE_FLOOR", candidate.effective_from)
    if floor is None or category not in _listed(rulebook, "KEY_TARGETS", candidate.effective_from):
        return
    if min(rates(candidate)) < Decimal(floor.value):
        yield Finding(
            "error",
            floor.clause or "",
            f"重点救助对象的救助比例不得低于{percent(Decimal(floor.value))}",
            f"the rate of key targets must not be below {percent(Decimal(floor.value))}",
        )


def _check_cap_floor(rulebook: Rulebook, candidate: Parameter) -> Iterable[Finding]:
    floor = rulebook.find("CAP_FLOOR", candidate.effective_from)
    if floor is None or candidate.value is None:
        return
    if Decimal(candidate.value) < Decimal(floor.value):
        yield Finding(
            "warning",
            floor.clause or "",
            f"年度最高救助限额原则上不低于{floor.value}元",
            f"the annual cap should in principle not be below {floor.value} yuan",
        )


def _check_shares(rulebook: Rulebook, candidate: Parameter) -> Iterable[Finding]:
    """Fund and aid share one cost: together they pay no more than the whole of it, seen from either side."""
    if candidate.value is None:
        return
    day = candidate.effective_from
    if base_of(candidate.key) == "DISEASE_FUND_SHARE":
        keys = [f"DISEASE_AID_SHARE({category})" for category in _listed(rulebook, "AID_CATEGORIES", day)]
    else:
        keys = ["DISEASE_FUND_SHARE"]
    others = [found for key in keys if (found := rulebook.find(key, day)) is not None and found.value is not None]
    if any(Decimal(candidate.value) + Decimal(other.value) > 1 for other in others):
        yield Finding(
            "error",
            "A-21",
            "医保基金和医疗救助支付的比例之和不能超过100%",
            "the shares of fund and aid together must not exceed the whole",
        )


def _check_rank(rulebook: Rulebook, candidate: Parameter, category: str) -> Iterable[Finding]:
    """Other targets are in principle aided no better than key targets: seen from either side."""
    day = candidate.effective_from
    key_targets = _listed(rulebook, "KEY_TARGETS", day)
    others = set(_listed(rulebook, "AID_CATEGORIES", day)) - set(key_targets)
    if category in others:
        too_high = any(max(rates(candidate)) > min(rates(rate)) for rate in _rates_of(rulebook, key_targets, day))
    elif category in key_targets:
        too_high = any(max(rates(rate)) > min(rates(candidate)) for rate in _rates_of(rulebook, others, day))
    else:
        return
    if too_high:
        yield Finding(
            "warning",
            "A-18",
            "其他救助对象的救助比例原则上不高于重点救助对象",
            "other targets should in principle not be aided at a higher rate than key targets",
        )


def _rates_of(rulebook: Rulebook, categories: Iterable[str], day: date) -> list[Parameter]:
    return [rate for rate in (rulebook.find(f"RATE({c})", day) for c in sorted(categories)) if rate is not None]


def _listed(rulebook: Rulebook, key: str, day: date) -> list[str]:
    found = rulebook.find(key, day)
    return list(found.value) if found else []


def _rises(values: Iterable[Decimal]) -> bool:
    return all(low < high for low, high in pairwise(values))
