"""A story's months: the divisions that it names are opened as its clock passes each 1st at 00:00, as the schedule does it."""

from collections.abc import Sequence
from datetime import date, datetime, time

from activities.months import open_month
from policy.clock import Clock, today
from policy.deadlines import SHANGHAI, add_months
from store.database import WHOLE, Database


class Months:
    """`opened` is the first day of the latest month that has been opened, or begins outside the story."""

    def __init__(self, database: Database, clock: Clock, divisions: Sequence[str]) -> None:
        self._database, self._clock, self._divisions = database, clock, divisions
        self._opened = today(clock).replace(day=1)

    async def close(self) -> None:
        await self._database.close()

    def next_opening(self) -> datetime | None:
        """The 1st at 00:00 that comes next; None where the story opens no months."""
        if not self._divisions:
            return None
        return datetime.combine(add_months(self._opened, 1), time(), SHANGHAI)

    async def open_begun(self) -> None:
        """Opens every month that has begun since the last look."""
        while self._divisions and add_months(self._opened, 1) <= today(self._clock):
            self._opened = add_months(self._opened, 1)
            await self.open(self._opened)

    async def open(self, month: date) -> None:
        for division in self._divisions:
            async with self._database.transaction(WHOLE) as session:
                await open_month(session, division, month, self._clock.now())
