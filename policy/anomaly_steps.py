"""W11 异常回传: rows that went back to where they came from."""

from policy.step import Step

ANOMALY_STEPS: tuple[Step, ...] = ()
