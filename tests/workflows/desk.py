"""A desk without a database, under the names of the real one: its rows are written by the test."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from temporalio import activity

from activities.desk import Request, Waiting


@dataclass
class PlainDesk:
    """`rows` say how a task stands at each look, in order; the last one stays. Looks are noted with their moment."""

    now: Callable[[], Awaitable[datetime]]
    rows: dict[str, list[Waiting]]
    opened: list[Request] = field(default_factory=list)
    looks: list[tuple[str, datetime]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """A nudge that comes before the first task is opened is no news about it: the row is looked at afterwards anyway."""

    @activity.defn
    async def open_task(self, request: Request) -> Waiting:
        self.opened.append(request)
        self.asked.set()
        return self._row(request.step_name)

    @activity.defn
    async def attend(self, task_id: str) -> Waiting:
        self.looks.append((task_id, await self.now()))
        return self._row(task_id)

    @activity.defn
    async def acknowledge_answer(self, task_id: str) -> None:
        self.acknowledged.append(task_id)

    def _row(self, task_id: str) -> Waiting:
        rows = self.rows[task_id]
        return replace(rows.pop(0) if len(rows) > 1 else rows[0], task_id=task_id)


def answered(outcome: str) -> Waiting:
    return Waiting("", outcome=outcome, done_on="2025-03-10")


def until(moment: datetime) -> Waiting:
    return Waiting("", next_moment=moment.isoformat())
