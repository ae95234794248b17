"""One story's running house, and the waiting that its verbs share."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from runtime.embedded.programs import answers
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from runtime.story.months import Months
from runtime.story.quiet import Quiet
from runtime.story.records import Records

TASK_SECONDS = 30.0
PAUSE = 0.02


class StepFailed(Exception):
    """What was expected and what came, line by line."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))


@dataclass
class World:
    """One story's running house, and what its steps have saved."""

    stack: Stack
    counter: Counter
    records: Records
    quiet: Quiet
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)
    months: Months | None = None

    async def move_to(self, moment: datetime) -> None:
        """Moves the world's time in hops, never past a moment at which anything is due. Raises StepFailed."""
        skipper = self.stack.skipper
        await self.quiet.wait()
        if moment < await skipper.now():
            raise StepFailed(f"应为：时间向前走到 {moment.isoformat()}", f"实为：故事里已经是 {await skipper.now()}")
        while True:
            now = await skipper.now()
            rung = await self.records.next_moment(now)
            opening = self.months.next_opening() if self.months else None
            coming = [one for one in (rung, opening, *self.quiet.timers) if one is not None and now < one < moment]
            hop = min(coming, default=moment)
            await skipper.sleep_until(hop)
            if self.months:
                await self.months.open_begun()
            await self.quiet.wait()
            if hop == moment:
                return

    async def open_task(self, kind: str, subject: str) -> str:
        """The id of the open task, once there is one. Raises StepFailed."""
        until = time.monotonic() + TASK_SECONDS
        while time.monotonic() < until:
            task = await self.records.open_task(kind, subject)
            if task:
                return task
            await asyncio.sleep(PAUSE)
        instead = "、".join(await self.records.open_kinds(subject)) or "没有"
        raise StepFailed(f"应为：有待办的 {kind}", f"实为：{TASK_SECONDS:.0f} 秒内没有；现有待办：{instead}")

    async def settled(self, task: str) -> None:
        """Until the procedure has taken notice of the answer. Raises StepFailed."""
        until = time.monotonic() + TASK_SECONDS
        while not await self.records.acknowledged(task):
            if time.monotonic() > until:
                raise StepFailed("应为：流程受理该答复", f"实为：{TASK_SECONDS:.0f} 秒内没有（任务 {task}）")
            await asyncio.sleep(PAUSE)

    async def back(self, what: str) -> None:
        """Until it runs again and the API says that it is ready."""
        await self.stack.wait_restarted(what)
        until = time.monotonic() + TASK_SECONDS
        while not await answers(f"{self.stack.api_url}/readyz"):
            if time.monotonic() > until:
                raise StepFailed(f"应为：{what} 重新就绪", f"实为：{TASK_SECONDS:.0f} 秒内没有")
            await asyncio.sleep(0.1)
