"""W18 与省级名单比对 (J-22)."""

from policy.step import Step

COMPARISON_STEPS: tuple[Step, ...] = ()
