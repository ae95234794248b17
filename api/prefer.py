"""`Prefer: wait=N`: how long an answer may wait for the procedure to catch up (RFC 7240)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header

DEFAULT_WAIT = 2.0
LONGEST_WAIT = 30.0
LOOK_EVERY = 0.02

PreferHeader = Annotated[str | None, Header(alias="Prefer")]


def wait_seconds(prefer: str | None) -> float:
    """The seconds asked for, 2 by default, 30 at most."""
    asked = re.search(r"\bwait\s*=\s*(\d+(?:\.\d+)?)", prefer or "")
    return min(float(asked[1]), LONGEST_WAIT) if asked else DEFAULT_WAIT


async def wait_until(holds: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """True as soon as it holds, False when the seconds have passed. Asked at least once."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not await holds():
        if loop.time() >= until:
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True
