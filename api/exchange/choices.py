"""Which choices a task offers as its matter stands: what no longer applies is not offered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policy.fields import Field
from policy.review_steps import REVIEW_DEDUP, SELF_CHECK
from policy.step import Outcome, Step

LEFT_OPEN = "left_open"


def as_it_stands(asked: Step, matter: Mapping[str, Any]) -> Step:
    """The step with the choices that its matter, as it is viewed, leaves."""
    if asked.kind != REVIEW_DEDUP.kind:
        return asked
    waiting = (task for task in matter["tasks"] if task["kind"] == SELF_CHECK.kind and task["state"] == "open")
    missing = {task["office"]["department"] for task in waiting}
    return replace(asked, outcomes=tuple(_only(outcome, missing) for outcome in asked.outcomes))


def _only(outcome: Outcome, missing: set[str]) -> Outcome:
    """Departments whose part is not back; where all are, nothing is asked."""
    fields = (_narrowed(field, missing) if field.name == LEFT_OPEN else field for field in outcome.fields)
    return replace(outcome, fields=tuple(field for field in fields if field.name != LEFT_OPEN or field.choices))


def _narrowed(field: Field, missing: set[str]) -> Field:
    return replace(field, choices=tuple(choice for choice in field.choices if choice.code in missing))
