"""Walks that failed once, as they printed themselves: each found something, and is gone again every time."""

from tests.journeys.walk.machine import Walk


def sent_out_of_sight(walk: Walk) -> None:
    """The answer that sends a case to another township could not be told to who gave it, who no longer sees the case."""
    walk.begin(person=0, base=4000, steps=0)
    walk.decide(case=0, outcome=2, days=0)


KEPT = (sent_out_of_sight,)
