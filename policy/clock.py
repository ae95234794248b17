"""Where now comes from (architecture decision 13). Only `runtime/` makes one."""

from datetime import date, datetime
from typing import Protocol

from policy.deadlines import SHANGHAI


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in Asia/Shanghai."""
        ...


def today(clock: Clock) -> date:
    """The present day in Shanghai."""
    return clock.now().astimezone(SHANGHAI).date()
