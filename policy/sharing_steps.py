"""W07 and the adjustment that opens W06: the monthly sharing."""

from policy.step import Step

SHARING_STEPS: tuple[Step, ...] = ()
