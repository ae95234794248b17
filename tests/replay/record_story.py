"""Records histories of the exchange's procedures from a story: what the story's procedures did, under names of their own.

python -m tests.replay.record_story tests/scenarios/stories/X.yaml sharing-cycle=sharing-cycle/140522/2025-11 …

A workflow's name alone (anomaly=anomaly) is the one of that kind that was woken most often: its id is not known beforehand.
A workflow of the 1st (month-begins, sharing-month/37/2025-12) is started after the last step if the story has not.
A history that is there already is kept.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from runtime import simulate
from runtime.codec import EncryptingCodec
from runtime.story.pack import set_parameters
from runtime.story.reading import read_story
from runtime.story.report import Outcome
from runtime.story.world import World
from runtime.temporal import connect
from tests.replay.histories import Recorded, in_clear, keep, recorded
from tests.replay.replaying import asked_of
from workflows.sharing_month import MonthBegins

BEGINS = "month-begins"


async def main(path: Path, names: Mapping[str, str]) -> None:
    story_file = read_story(path)
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="jiuzhu-record-")))
        stack = await exits.enter_async_context(simulate._stack(story_file, folder / "data"))
        world = await simulate._world(exits, stack, story_file)
        now = simulate.clock(stack.settings).now()
        set_parameters(stack.dsn("migration"), story_file.story.parameters, now, demo=story_file.story.demo)
        if world.months and story_file.story.months_from == "start":
            await world.months.open(now.date())
        outcome = Outcome(story_file.story.title, len(story_file.story.steps))
        await simulate._steps(world, story_file, outcome)
        if outcome.failure:
            sys.exit(str(outcome.failure))
        await world.quiet.wait()
        await _keep(world, names)


async def _keep(world: World, names: Mapping[str, str]) -> None:
    client, codec = await connect(world.stack.settings), EncryptingCodec(world.stack.keyring)
    if BEGINS in names.values():
        await client.execute_workflow(MonthBegins.run, id=BEGINS, task_queue="bulk")
    for name in sorted(names.keys() - {one.name for one in recorded()}):
        handle = client.get_workflow_handle(await _id_of(world, names[name]))
        if name.startswith("sharing-month"):
            await _finished(handle)
        history = await in_clear(await handle.fetch_history(), codec)
        keep(replace(Recorded(name, history, ()), asked=await asked_of(history)))
        sys.stdout.write(f"{name}: {len(history.events)} events\n")


async def _id_of(world: World, named: str) -> str:
    if "/" in named or named == BEGINS:
        return named
    engine = create_async_engine(world.stack.dsn("postgres"))
    query = "select workflow_id from outbox where workflow = :workflow group by 1 order by count(*) desc, 1 limit 1"
    try:
        async with engine.connect() as connection:
            return str(await connection.scalar(text(query), {"workflow": named}))
    finally:
        await engine.dispose()


async def _finished(handle: WorkflowHandle[Any, Any]) -> None:
    """Once the relay has started it."""
    while True:
        try:
            await handle.result()
            return
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("story", type=Path)
    parser.add_argument("names", nargs="+", help="name=workflow id")
    given = parser.parse_args()
    asyncio.run(main(given.story, dict(name.split("=", 1) for name in given.names)))
