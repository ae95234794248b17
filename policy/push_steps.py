"""W09 高额费用推送 (D-02)."""

from policy.step import Step

PUSH_STEPS: tuple[Step, ...] = ()
