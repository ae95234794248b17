"""Rows answered one by one, thousands of them: the procedure goes on in another history and asks nobody twice."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio
from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.anomaly import Rechecked
from activities.desk import Waiting
from activities.matters import Matter, MatterStart, Move
from runtime.embedded.temporal_server import program
from runtime.worker import runner
from tests.workflows.desk import PlainDesk, answered
from tests.workflows.errand import BriefAnomaly

QUEUE = "anomalies"


@dataclass
class PlainHands:
    """The matter's hands without a database, under the names of the real ones."""

    checks: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    moves: list[str] = field(default_factory=list)

    @activity.defn(name="matter_look_up")
    async def look_up(self, matter_id: str) -> Matter:
        return Matter(matter_id, "batch", "140522", "civil_affairs", "", "returned", "2025-03-03", closed=False)

    @activity.defn(name="anomaly_recheck")
    async def recheck(self, _matter_id: str) -> Rechecked:
        await self.checks.put(1)
        return Rechecked(open=1)

    @activity.defn(name="matter_move")
    async def move(self, asked: Move) -> None:
        self.moves.append(f"{asked.status} {' '.join(asked.acknowledges)}")

    @activity.defn(name="matter_end")
    async def end(self, asked: Move) -> None:
        self.moves.append(asked.status)

    @activity.defn(name="anomaly_tell_list")
    async def tell_list(self, _matter_id: str) -> None:
        self.moves.append("told")


@pytest_asyncio.fixture(scope="module")
async def world() -> AsyncIterator[WorkflowEnvironment]:
    server = program("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as world:
        yield world


async def test_many_answers_lead_to_another_history_that_finds_the_task_open(world: WorkflowEnvironment) -> None:
    desk, hands = PlainDesk(world.get_current_time, {"anomaly_correction": [Waiting("")]}), PlainHands()
    activities: list[Callable[..., Any]] = [desk.open_task, desk.attend, desk.acknowledge_answer]
    activities += [hands.look_up, hands.recheck, hands.move, hands.end, hands.tell_list]
    async with Worker(
        world.client, task_queue=QUEUE, workflows=[BriefAnomaly], activities=activities, workflow_runner=runner()
    ):
        key = f"anomaly/{uuid.uuid4()}"
        first = await world.client.start_workflow(BriefAnomaly.run, MatterStart("matter"), id=key, task_queue=QUEUE)
        working: WorkflowHandle[Any, Any] = world.client.get_workflow_handle(key)
        for row in range(BriefAnomaly.CHECKS - 1):
            await asyncio.wait_for(hands.checks.get(), 20)
            await working.signal(BriefAnomaly.nudge, row)
        for _check in ("the last here", "the first of the other history"):
            await asyncio.wait_for(hands.checks.get(), 20)
        desk.rows["anomaly_correction"] = [answered("settled")]
        await working.signal(BriefAnomaly.nudge, 99)
        await working.result()
        begun = world.client.get_workflow_handle(key, run_id=first.first_execution_run_id)
        last = (await begun.fetch_history()).events[-1]
        assert last.HasField("workflow_execution_continued_as_new_event_attributes"), last
    assert {(one.step_name, one.round, one.term, one.counted_from, one.post) for one in desk.opened} == {
        ("anomaly_correction", 1, 1, "2025-03-03", "county/civil_affairs/caseworker")
    }, "the same task, found by its natural key"
    assert len(desk.opened) >= 2
    assert hands.moves == ["rechecked anomaly_correction", "closed", "told"]
