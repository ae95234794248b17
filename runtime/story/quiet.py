"""Quiet: the moment when everything that a step set in motion has come to rest, so that time may move again.

Read from the tables and from the workflows' histories, since the time-skipping server can list nothing and its describe
does not show workflow tasks (docs/decisions/0051).
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from policy.clock import Clock
from runtime.story.history import State, state_of
from runtime.story.records import Records

PATIENCE = 60.0
"""A killed worker's task is given to the next one only after its ten seconds have passed."""
PAUSE = 0.02
LOOKS = 2
"""Looks in a row that must find everything at rest: between two rows of one chain there is an instant without any."""


class NotQuiet(Exception):
    """It did not come to rest in time; says what was still under way."""

    def __init__(self, under_way: Sequence[str]) -> None:
        super().__init__(f"应为：各项办理停当\n实为：仍在进行：{'、'.join(under_way)}")


class Quiet:
    def __init__(self, client: Client, records: Records, clock: Clock) -> None:
        self._client, self._records, self._clock = client, records, clock
        self._ended: dict[str, int] = {}
        self.timers: tuple[datetime, ...] = ()
        """When the sleeping workflows wake, as of the last look."""

    async def wait(self, patience: float = PATIENCE) -> None:
        """Return when all is at rest. Raises NotQuiet or WorkflowFailed."""
        until = time.monotonic() + patience
        looks = 0
        while looks < LOOKS:
            under_way = await self._under_way()
            looks = 0 if under_way else looks + 1
            if under_way and time.monotonic() > until:
                raise NotQuiet(under_way)
            await asyncio.sleep(PAUSE)

    async def _under_way(self) -> list[str]:
        now = self._clock.now()
        rows = [f"{name} {count}" for name, count in (await self._records.under_way(now)).items()]
        return rows or await self._at_work(now)

    async def _at_work(self, now: datetime) -> list[str]:
        signalled = await self._records.workflows()
        waiting = [one for one, last in signalled.items() if self._ended.get(one) != last]
        states = dict(zip(waiting, await asyncio.gather(*(self._state(one) for one in waiting)), strict=True))
        self._ended |= {one: signalled[one] for one, state in states.items() if state.ended}
        timers = sorted(timer for state in states.values() for timer in state.timers)
        self.timers = tuple(timers)
        busy = [f"{one}（{state.at_work}）" for one, state in states.items() if state.at_work]
        return busy + [f"{timer.isoformat()} 的定时器" for timer in timers[:1] if timer <= now]

    async def _state(self, workflow_id: str) -> State:
        try:
            answer = await self._client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(
                    namespace=self._client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
                )
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return State("尚未启动", False, ())
            raise
        return state_of(workflow_id, answer.history.events)
