"""`jiuzhu simulate`: a whole story against the real API, workers, PostgreSQL, mail and a Temporal whose time can be moved.

The language is described in docs/process/stories.md.
"""

import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import typer
from sqlalchemy.exc import SQLAlchemyError

from runtime.clock import clock
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter, SignInRefused
from runtime.story.history import WorkflowFailed
from runtime.story.months import Months
from runtime.story.names import NoSuchPath, UnknownName
from runtime.story.pack import set_parameters
from runtime.story.quiet import NotQuiet, Quiet
from runtime.story.reading import StoryFile, read_story
from runtime.story.records import Records
from runtime.story.report import Failure, Outcome
from runtime.story.verbs import do
from runtime.story.world import StepFailed, World
from runtime.temporal import connect
from store.database import Database


async def run(file: Path, *, timeline: bool = False, as_json: bool = False) -> int:
    """Run the story in the file and print how it went; 0 when all holds, else 1. Raises StartTrouble."""
    outcome = await tell(read_story(file))
    typer.echo(outcome.as_json() if as_json else outcome.as_text(timeline=timeline))
    return 0 if outcome.holds else 1


async def tell(story_file: StoryFile) -> Outcome:
    """Run the story in a data folder of its own, on ports of its own, which are gone afterwards."""
    story = story_file.story
    outcome = Outcome(story.title, len(story.steps))
    began = time.monotonic()
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="jiuzhu-story-")))
        stack = await exits.enter_async_context(_stack(story_file, folder / "data"))
        world = await _world(exits, stack, story_file)
        set_parameters(stack.dsn("migration"), story.parameters, clock(stack.settings).now(), demo=story.demo)
        if world.months and story_file.story.months_from == "start":
            await world.months.open(clock(stack.settings).now().date())
        outcome.starting = time.monotonic() - began
        await _steps(world, story_file, outcome)
        outcome.entries = await world.records.timeline()
    return outcome


def _stack(story_file: StoryFile, folder: Path) -> Stack:
    story = story_file.story
    env = {}
    if story.points:
        env["JIUZHU_FAULT_POINTS"] = ",".join(story.points)
    if story.replaces_worker and story.engine == "time-skipping":
        # The test server goes on offering a procedure to the worker that last had it in memory, for ever.
        env["JIUZHU_WORKFLOW_CACHE"] = "0"
    return Stack(folder, engine=story.engine, start=story.start, demo=True, env=env)


async def _world(exits: AsyncExitStack, stack: Stack, story_file: StoryFile) -> World:
    counter = Counter(stack.api_url, story_file.folder)
    exits.push_async_callback(counter.close)
    records = Records(stack.dsn("migration"))
    exits.push_async_callback(records.close)
    now = clock(stack.settings)
    quiet = Quiet(await connect(stack.settings), records, now)
    months = Months(Database(stack.dsn("worker")), now, story_file.story.months)
    exits.push_async_callback(months.close)
    names = {"today": now.now().date().isoformat()}
    return World(stack, counter, records, quiet, story_file.folder, names, months)


async def _steps(world: World, story_file: StoryFile, outcome: Outcome) -> None:
    began = time.monotonic()
    for number, step in enumerate(story_file.story.steps, 1):
        try:
            await do(world, step)
        except (StepFailed, NotQuiet, WorkflowFailed, SignInRefused, UnknownName, NoSuchPath) as error:
            outcome.failure = Failure(number, step, str(error))
            break
        except SQLAlchemyError as error:
            outcome.failure = Failure(number, step, f"实为：数据库没有答复（{type(error).__name__}）")
            break
    outcome.seconds = time.monotonic() - began
