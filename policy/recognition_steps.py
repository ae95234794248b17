"""W10 认定和反馈 (C-07)."""

from policy.step import Step

RECOGNITION_STEPS: tuple[Step, ...] = ()
