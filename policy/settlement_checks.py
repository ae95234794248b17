"""Settlements that contradict a person's identity as it turned out to be (C-12, C-14; A-36).

Settled with aid after the identity had ended: recover or write off, a person decides. Not settled with aid because the
departments were slow: the person is told and claims by hand. What was never known about no list says nothing about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from policy.exchange_terms import SettlementFinding
from policy.terms import Category


@dataclass(frozen=True)
class Held:
    """One period of the person, with the day on which its mark could first be seen at a hospital's counter.

    `by_list`, `ended_by_list`: whether a list of dynamic adjustment brought it, or ended it.
    """

    category: Category
    starts_on: date
    ends_on: date | None
    marked_on: date
    by_list: bool
    ended_by_list: bool

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class Settled:
    """One settlement by its key: settled when, one-stop or not, with medical aid or without."""

    key: Any
    settled_on: date
    one_stop: bool
    aided: bool


@dataclass(frozen=True)
class Contradiction:
    """`since`: the first day without the identity, or the first day with it."""

    key: Any
    finding: SettlementFinding
    category: Category
    since: date


def contradictions(held: Sequence[Held], settled: Sequence[Settled]) -> tuple[Contradiction, ...]:
    """What is to be looked at by the bureau, one entry at most for each settlement."""
    return tuple(entry for one in settled for entry in _of(held, one))


def _of(held: Sequence[Held], one: Settled) -> Iterator[Contradiction]:
    covering = [period for period in held if period.covers(one.settled_on)]
    if one.one_stop and one.aided and not covering:
        ended = [period for period in held if period.ended_by_list and _ended_by(period, one.settled_on)]
        latest = max(ended, key=lambda period: period.ends_on or date.min, default=None)
        if latest is not None and latest.ends_on is not None:
            yield Contradiction(one.key, SettlementFinding.MISMATCH_REVIEW, latest.category, latest.ends_on)
    elif not one.one_stop and covering:
        first = min(covering, key=lambda period: period.marked_on)
        if first.by_list and one.settled_on <= first.marked_on:
            yield Contradiction(one.key, SettlementFinding.MAKE_GOOD, first.category, first.starts_on)


def _ended_by(period: Held, day: date) -> bool:
    return period.ends_on is not None and period.ends_on <= day
