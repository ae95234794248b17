"""Walks that are gone every time: those that failed once, as they printed themselves, and long ways that chance seldom takes."""

from collections.abc import Callable, Mapping

from tests.journeys.walk.machine import Walk
from tests.journeys.walk.requests import RIGHT


def sent_out_of_sight(walk: Walk) -> None:
    """The answer that sends a case to another township could not be told to who gave it, who no longer sees the case."""
    walk.begin(person=0, base=4000, steps=0)
    walk.decide(case=0, outcome=2, days=0)


def refused_appealed_and_paid(walk: Walk) -> None:
    walk.begin(person=0, base=25000, steps=2)
    walk.towards(case=0, goal="refusal", steps=3, days=1)
    walk.act(case=0, act="remedies", number=0, who=RIGHT)
    walk.towards(case=0, goal="reopening", steps=1, days=1)
    walk.carry(case=0, steps=13, days=1)


def lapsed_reopened_and_paid(walk: Walk) -> None:
    walk.begin(person=1, base=25000, steps=0)
    walk.towards(case=0, goal="lapse", steps=2, days=1)
    walk.act(case=0, act="reopen", number=0, who=RIGHT)
    walk.carry(case=0, steps=13, days=1)


def objected_twice_and_paid(walk: Walk) -> None:
    walk.begin(person=2, base=25000, steps=4)
    walk.towards(case=0, goal="objection", steps=3, days=1)
    walk.carry(case=0, steps=5, days=1)
    walk.towards(case=0, goal="objection", steps=2, days=1)
    walk.carry(case=0, steps=13, days=1)


def held_doubted_bounced_and_paid(walk: Walk) -> None:
    walk.begin(person=0, base=25000, steps=10)
    walk.towards(case=0, goal="hold", steps=1, days=1)
    walk.towards(case=0, goal="query", steps=3, days=1)
    walk.towards(case=0, goal="doubt", steps=3, days=1)
    walk.towards(case=0, goal="bounce", steps=3, days=1)
    walk.carry(case=0, steps=3, days=1)


KEPT: Mapping[Callable[[Walk], None], str] = {
    sent_out_of_sight: "submitted",
    refused_appealed_and_paid: "paid",
    lapsed_reopened_and_paid: "paid",
    objected_twice_and_paid: "paid",
    held_doubted_bounced_and_paid: "paid",
}
"""By walk: where its first case then stands."""
