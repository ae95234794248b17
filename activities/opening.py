"""The hands that open a month in a whole province: one county after the other, each in a transaction of its own.

An attempt that was cut off is taken up behind the last county it had told of; opening one twice is harmless.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.months import divisions_of, open_month, provinces
from policy.clock import Clock, today
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from store.database import WHOLE, Database
from store.outbox import start

log = structlog.get_logger(__name__)

REST = 0.3
"""Seconds between two divisions: what they start is worked on meanwhile, and the counter beside it."""
BUSY = 3
"""On a busy machine it rests longer: this many times as long as a division took."""
FAILED = "months-not-opened"
CANNOT_BE_OPENED = (MissingParameter, LookupError, ValueError)
"""What one division's rules or rows may lack; the others are opened all the same."""


@dataclass
class AreaMonth:
    """A province's month, by its first day in ISO form."""

    area: str
    month: str


class Opening:
    def __init__(self, database: Database, clock: Clock, rest: float = REST) -> None:
        self._database, self._clock, self._rest = database, clock, rest

    @activity.defn(name="months_begin")
    async def begin(self) -> int:
        """Starts the present month in every province that has rules; returns how many there are."""
        async with self._database.transaction(WHOLE) as session:
            return await begin_month(session, self._clock)

    @activity.defn(name="months_open_area")
    async def open_area(self, asked: AreaMonth) -> int:
        """Opens the month everywhere in the area; returns how many matters were opened. Heartbeats with the division
        behind which the next attempt goes on.

        A division that cannot be opened holds up no other: the rest is opened, and the whole is tried again.
        """
        async with self._database.transaction(WHOLE) as session:
            divisions = await divisions_of(session, asked.area)
        before = activity.info().heartbeat_details
        behind = str(before[0]) if before else ""
        fresh, failed = 0, []
        for division in (code for code in divisions if code > behind):
            began = time.monotonic()
            try:
                async with self._database.transaction(WHOLE) as session:
                    opened = await open_month(session, division, date.fromisoformat(asked.month), self._clock.now())
                    fresh += len(opened)
            except CANNOT_BE_OPENED as error:
                log.exception("a month could not be opened", division=division, kind=type(error).__name__)
                failed.append(division)
            activity.heartbeat(behind if failed else division)
            await asyncio.sleep(self._rest and max(self._rest, BUSY * (time.monotonic() - began)))
        if failed:
            raise ApplicationError(FAILED, *failed, type=FAILED)
        log.info("month opened", area=asked.area, month=asked.month, matters=fresh)
        return fresh


async def begin_month(session: AsyncSession, clock: Clock) -> int:
    """Has the procedure of the present month started for every area; said twice, it is started once."""
    month, areas = today(clock).replace(day=1), await provinces(session)
    for area in areas:
        await start(
            session,
            Procedure.SHARING_MONTH,
            month_key(area, month),
            {"area": area, "month": month.isoformat()},
            at=clock.now(),
        )
    return len(areas)


def month_key(area: str, month: date) -> str:
    """14/2026-11."""
    return f"{area}/{month:%Y-%m}"
