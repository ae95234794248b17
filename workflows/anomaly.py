"""W11 异常数据核实: rows that went back to the department they came from, until each is corrected, confirmed or withdrawn.

docs/process/anomaly.md is the same procedure in the office's words. The good rows of the batch never wait for it.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.anomaly import Anomalies
    from activities.matters import Matter, Matters, MatterStart, Move
    from policy.exchange_terms import MatterStatus

from workflows.waiting import Answer, MatterProcedure

GOES_ON = "goes-on-in-another-history"


@workflow.defn(name="anomaly")
class Anomaly(MatterProcedure):
    """One batch of one department: what is answered is checked again, and comes back if it still does not hold."""

    CHECKS = 200
    """After so many it goes on in another history: a roster's thousands of rows may be answered one by one."""

    def __init__(self) -> None:
        super().__init__()
        self._checks, self._under_way = 0, 0
        self._sleepers: list[int] = []
        """How many nudges each part had heard of when it fell asleep."""
        self._leaves = False

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter: Matter = await self.do(Matters.look_up, self.begin(start))
        if workflow.patched(GOES_ON):
            settled = await self._settled(matter)
        else:
            self.beside(self._rechecked_as_it_comes(matter.id))
            settled = await self._asked(matter)
        settled.must_be("settled")
        await self.do(Matters.move, Move(matter.id, MatterStatus.RECHECKED.value, self.hand_over()))
        await self.do(Matters.end, Move(matter.id, MatterStatus.CLOSED.value))
        await self.do(Anomalies.tell_list, matter.id)

    async def _settled(self, matter: Matter) -> Answer:
        """The answer to the task. What follows another history finds the task open, and checks what has been answered."""
        asked = asyncio.create_task(self._asked(matter))
        self.beside(self._rechecked_as_it_comes(matter.id, self.CHECKS))
        await workflow.wait_condition(lambda: asked.done() or (self._leaves and self._at_rest()))
        if not asked.done():
            workflow.continue_as_new(MatterStart(matter.id, self.hand_over()))
        return await asked

    def _at_rest(self) -> bool:
        """Nothing is under way, and nobody is just being woken: what another history may follow upon."""
        return self._under_way == 0 and all(heard == self._nudges for heard in self._sleepers)

    async def do(self, method: Any, argument: Any) -> Any:
        return await self._counted(super().do(method, argument))

    async def go_through(self, method: Any, argument: Any) -> Any:
        return await self._counted(super().go_through(method, argument))

    async def _counted(self, work: Awaitable[Any]) -> Any:
        self._under_way += 1
        try:
            return await work
        finally:
            self._under_way -= 1

    async def _sleep(self, since: int, until: str = "") -> None:
        if self._leaves:  # what comes now is looked at in the other history
            await workflow.wait_condition(lambda: False)
        self._sleepers.append(since)
        try:
            await super()._sleep(since, until)
        finally:
            self._sleepers.remove(since)

    async def _asked(self, matter: Matter) -> Answer:
        post = f"county/{matter.department}/caseworker"
        return await self.ask("anomaly_correction", counted_from=matter.opened_on, post=post)

    async def _rechecked_as_it_comes(self, matter_id: str, most: int = 0) -> None:
        """The department answers row by row; the last one answers the task."""
        while True:
            since = self._nudges
            await self.go_through(Anomalies.recheck, matter_id)
            self._checks += 1
            self._leaves = self._checks == most
            await self._sleep(since)
