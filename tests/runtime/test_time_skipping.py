"""A story's world: it begins on its date, moves in hops, and all its clocks agree."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from policy.deadlines import SHANGHAI
from runtime.clock import clock
from runtime.embedded.stack import Stack
from runtime.temporal import connect

START = datetime(2025, 9, 26, 9, 0, tzinfo=SHANGHAI)


@workflow.defn
class Sleeper:
    @workflow.run
    async def run(self) -> list[str]:
        began = workflow.now()
        await workflow.sleep(timedelta(days=3))
        return [began.isoformat(), workflow.now().isoformat()]


@pytest_asyncio.fixture(scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("story") / "data"
    async with Stack(folder, engine="time-skipping", start=START, children=(), migrate=False) as stack:
        yield stack


async def test_story_begins_on_its_date_and_moves_in_hops(story: Stack) -> None:
    client = await connect(story.settings)
    async with Worker(client, task_queue="q", workflows=[Sleeper], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow(Sleeper.run, id="sleeper", task_queue="q")
        for days in (1, 2, 4):
            await story.skipper.sleep_until(START + timedelta(days=days))
            assert abs(await story.skipper.now() - clock(story.settings).now()) < timedelta(seconds=2)
        began, ended = (datetime.fromisoformat(moment) for moment in await handle.result())

    assert START <= began < START + timedelta(minutes=5)
    assert timedelta(0) <= ended - began - timedelta(days=3) < timedelta(minutes=5)
    assert START + timedelta(days=4) <= await story.skipper.now() < START + timedelta(days=4, minutes=5)


async def test_moment_already_past_moves_nothing(story: Stack) -> None:
    before = await story.skipper.now()
    await story.skipper.sleep_until(START)
    assert before <= await story.skipper.now() < before + timedelta(minutes=1)
