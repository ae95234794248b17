"""W17 监测和督促整改 (C-25)."""

from policy.step import Step

SUPERVISION_STEPS: tuple[Step, ...] = ()
