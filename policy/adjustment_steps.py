"""W06 动态调整: lists, certificates, their receipt."""

from policy.step import Step

ADJUSTMENT_STEPS: tuple[Step, ...] = ()
