"""Rulebooks for tests: as shipped, and with single values put in their place."""

from dataclasses import replace
from datetime import date
from typing import Any

from policy.rulebook import Basis, Parameter, Rulebook
from store.packs import rulebook_from_packs

KNOWN_ON = date(2026, 11, 2)


def shipped(division: str = "140522", *, demo: bool = True, up: bool = False) -> Rulebook:
    return rulebook_from_packs(division, KNOWN_ON, demo=demo, up=up)


def value(
    key: str,
    content: Any,
    unit: str,
    *,
    division: str = "14",
    since: date = date(2019, 8, 1),
    until: date | None = None,
    basis: Basis = Basis.DOCUMENT,
    clause: str | None = None,
    version: int = 1,
) -> Parameter:
    return Parameter(key, content, unit, division, since, until, "测试文件〔2025〕1号", basis, clause, version)


def having(rulebook: Rulebook, *values: Parameter) -> Rulebook:
    """The rulebook with these values beside those it holds; nearer, later or newer ones win as they do in the tables."""
    parameters = dict(rulebook.parameters)
    for parameter in values:
        parameters[parameter.key] = (*parameters.get(parameter.key, ()), parameter)
    return replace(rulebook, parameters=parameters)


def without(rulebook: Rulebook, *keys: str) -> Rulebook:
    return replace(rulebook, parameters={k: v for k, v in rulebook.parameters.items() if k not in keys})
