"""W08 集中复核 (J-14)."""

from policy.step import Step

REVIEW_STEPS: tuple[Step, ...] = ()
