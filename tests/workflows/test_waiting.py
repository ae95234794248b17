"""The one way to wait for a person (architecture decision 3), on a time-skipping server and a desk without a database."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.casework import CaseStart
from activities.desk import Waiting
from runtime.embedded.temporal_server import program
from runtime.worker import runner
from tests.workflows.desk import PlainDesk, answered, until
from tests.workflows.errand import BrokenErrand, Errand, StagedErrand
from workflows.waiting import Answer, UnknownOutcome

QUEUE = "errands"
REVIEWED = {"township_review": [answered("eligible")]}


@pytest_asyncio.fixture(scope="module")
async def world() -> AsyncIterator[WorkflowEnvironment]:
    server = program("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as world:
        yield world


@asynccontextmanager
async def errand(
    world: WorkflowEnvironment, desk: PlainDesk, run: Any = Errand.run
) -> AsyncIterator[WorkflowHandle[Errand, list[str]]]:
    hands: list[Callable[..., Any]] = [desk.open_task, desk.attend, desk.acknowledge_answer]
    async with Worker(
        world.client,
        task_queue=QUEUE,
        workflows=[Errand, BrokenErrand, StagedErrand],
        activities=hands,
        workflow_runner=runner(),
    ):
        yield await world.client.start_workflow(run, CaseStart("case"), id=f"errand/{uuid.uuid4()}", task_queue=QUEUE)


async def test_waiting_looks_again_at_each_moment_that_the_row_names(world: WorkflowEnvironment) -> None:
    began = await world.get_current_time()
    first, second = began + timedelta(days=2), began + timedelta(days=5)
    desk = PlainDesk(
        world.get_current_time, {"survey": [until(first), until(second), answered("recorded")], **REVIEWED}
    )
    async with errand(world, desk) as working:
        assert await working.result() == ["recorded", "eligible"]
    assert [task for task, _ in desk.looks] == ["survey", "survey"]
    assert all(
        timedelta(0) <= at - due < timedelta(minutes=1)
        for (_, at), due in zip(desk.looks, (first, second), strict=True)
    )


async def test_waiting_is_ended_by_a_nudge_long_before_its_moment(world: WorkflowEnvironment) -> None:
    far = await world.get_current_time() + timedelta(days=300)
    desk = PlainDesk(world.get_current_time, {"survey": [until(far), answered("recorded")], **REVIEWED})
    async with errand(world, desk) as working:
        await desk.asked.wait()
        await working.signal(Errand.nudge, 7)
        assert await working.result() == ["recorded", "eligible"]
    assert desk.looks[0][1] < far - timedelta(days=299)


async def test_waiting_ignores_a_row_number_that_it_has_seen(world: WorkflowEnvironment) -> None:
    """The relay delivers at least once: the second delivery of a signal is no news."""
    far = await world.get_current_time() + timedelta(days=300)
    desk = PlainDesk(world.get_current_time, {"survey": [until(far), until(far), answered("recorded")], **REVIEWED})
    async with errand(world, desk) as working:
        await desk.asked.wait()
        for _ in range(3):
            await working.signal(Errand.nudge, 7)
        assert await working.result() == ["recorded", "eligible"]
    # One look for the three signals; the next one at the moment itself.
    assert len(desk.looks) == 2
    assert desk.looks[1][1] >= far


async def test_waiting_without_a_term_ends_only_by_a_nudge(world: WorkflowEnvironment) -> None:
    desk = PlainDesk(world.get_current_time, {"survey": [Waiting(""), answered("recorded")], **REVIEWED})
    async with errand(world, desk) as working:
        await world.sleep(timedelta(days=400))
        assert desk.looks == []
        await working.signal(Errand.nudge, 1)
        assert await working.result() == ["recorded", "eligible"]


async def test_next_step_acknowledges_the_answer_before_it(world: WorkflowEnvironment) -> None:
    desk = PlainDesk(world.get_current_time, {"survey": [answered("recorded")], **REVIEWED})
    async with errand(world, desk) as working:
        await working.result()
    assert [(one.kind, one.counted_from, one.acknowledges) for one in desk.opened] == [
        ("survey", "2025-03-03", []),
        ("township_review", "2025-03-10", ["survey"]),
    ]


async def test_missing_parameter_of_a_period_is_asked_for_once_and_the_row_looked_at_again(
    world: WorkflowEnvironment,
) -> None:
    desk = PlainDesk(
        world.get_current_time,
        {
            "survey": [Waiting("", missing="SURVEY_WD"), answered("recorded")],
            "missing_parameter:SURVEY_WD": [answered("entered")],
            **REVIEWED,
        },
    )
    async with errand(world, desk) as working:
        assert await working.result() == ["recorded", "eligible"]
    assert [one.step_name for one in desk.opened] == ["survey", "missing_parameter:SURVEY_WD", "township_review"]
    assert desk.acknowledged == ["missing_parameter:SURVEY_WD"]


async def test_step_that_was_closed_by_the_system_says_why(world: WorkflowEnvironment) -> None:
    desk = PlainDesk(world.get_current_time, {"survey": [Waiting("", closed="released")], **REVIEWED})
    async with errand(world, desk) as working:
        assert await working.result() == ["released", "eligible"]


def test_an_answer_that_its_procedure_does_not_know_stops_it() -> None:
    answer = Answer("task", "released", "2025-03-10", "2025-03-03")
    answer.must_be("released")
    with pytest.raises(UnknownOutcome):
        answer.must_be("recorded")


async def test_what_broke_beside_before_the_waiting_began_breaks_it(world: WorkflowEnvironment) -> None:
    """Not at the next nudge, which may come in a year or never."""
    desk = PlainDesk(world.get_current_time, {"survey": [Waiting("")]})
    async with errand(world, desk):
        with pytest.raises(WorkflowFailureError):
            await asyncio.wait_for(
                world.client.execute_workflow(
                    BrokenErrand.run, CaseStart("case"), id=f"broken/{uuid.uuid4()}", task_queue=QUEUE
                ),
                20,
            )


async def test_an_answer_taken_back_is_asked_for_again_in_the_same_period(world: WorkflowEnvironment) -> None:
    """撤回: the next step is closed, the step before it opened in another round; the survey's one term runs on."""
    desk = PlainDesk(
        world.get_current_time,
        {
            "survey": [answered("absent"), answered("recorded")],
            "township_review": [Waiting("", closed="recalled"), answered("eligible")],
        },
    )
    async with errand(world, desk, StagedErrand.run) as working:
        assert await working.result() == ["absent", "recorded", "eligible"]
    assert [(asked.kind, asked.round, asked.term) for asked in desk.opened] == [
        ("survey", 1, 1),
        ("township_review", 1, 1),
        ("survey", 2, 1),
        ("township_review", 2, 1),
    ]
