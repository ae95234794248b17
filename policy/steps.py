"""Each kind of human task, once, by the office that does it: the index.

The counter checks answers against these declarations, the pages draw their forms from them, the workflows wait for their
outcomes, and the separation and access tables name their codes. A new kind of task is an entry in one of the files named
here, not a branch elsewhere.
"""

from collections.abc import Sequence

from policy.adjustment_steps import ADJUSTMENT_STEPS
from policy.anomaly_steps import ANOMALY_STEPS
from policy.comparison_steps import COMPARISON_STEPS
from policy.county_steps import COUNTY_STEPS
from policy.law_steps import LAW_STEPS
from policy.payment_steps import PAYMENT_STEPS
from policy.push_steps import PUSH_STEPS
from policy.recognition_steps import RECOGNITION_STEPS
from policy.refusal_steps import REFUSAL_STEPS
from policy.review_steps import REVIEW_STEPS
from policy.sharing_steps import SHARING_STEPS
from policy.step import Step
from policy.supervision_steps import SUPERVISION_STEPS
from policy.teamwork_steps import TEAMWORK_STEPS
from policy.township_steps import TOWNSHIP_STEPS

_STEPS: tuple[Step, ...] = (
    *TOWNSHIP_STEPS,
    *COUNTY_STEPS,
    *PAYMENT_STEPS,
    *REFUSAL_STEPS,
    *LAW_STEPS,
    *TEAMWORK_STEPS,
    *SHARING_STEPS,
    *ADJUSTMENT_STEPS,
    *ANOMALY_STEPS,
    *REVIEW_STEPS,
    *PUSH_STEPS,
    *RECOGNITION_STEPS,
    *COMPARISON_STEPS,
    *SUPERVISION_STEPS,
)
_BY_KIND = {step.kind: step for step in _STEPS}


def step(kind: str) -> Step:
    """The declaration of `kind`. Raises KeyError for a kind that no procedure has."""
    return _BY_KIND[kind]


def is_kind(kind: str) -> bool:
    return kind in _BY_KIND


def every_step() -> Sequence[Step]:
    return _STEPS
