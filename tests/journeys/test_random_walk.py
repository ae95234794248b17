"""Random persons do random things to random cases, and the promises hold after each (I1, I2, I3, I10, I12)."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing

import psycopg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from runtime.embedded.stack import Stack
from tests.conftest import MORNING
from tests.faults.promises_of_cases import PROMISES, broken
from tests.journeys.walk.breaches import BREACHES
from tests.journeys.walk.counter import Counter
from tests.journeys.walk.kept import KEPT
from tests.journeys.walk.machine import House, Walk
from tests.journeys.walk.people import marked_people
from tests.journeys.walk.tables import Tables

MORE = os.environ.get("JIUZHU_WALKS")
"""How many walks somebody has asked for, each time others. The suite goes the same ones every time."""
WALKS, STEPS = int(MORE or 10), 36


@pytest_asyncio.fixture(scope="module")
async def house(stack: Stack) -> AsyncIterator[House]:
    with closing(Counter(stack.api_url)) as counter, closing(Tables(stack.dsn("postgres"))) as tables:
        yield House(counter, tables, MORNING, marked_people(counter))


async def test_promises_hold_on_random_walks(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    Walk.house = house
    walks = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        derandomize=MORE is None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a walk told shorter would take minutes to find
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Walk, settings=walks)
    with capsys.disabled():
        sys.stdout.write(f"\n{_report(house, time.monotonic() - began)}\n")


@pytest.mark.parametrize("kept", KEPT)
async def test_promises_hold_on_a_kept_walk(house: House, kept: Callable[[Walk], None]) -> None:
    Walk.house = house
    walk = Walk()
    await asyncio.to_thread(kept, walk)
    assert house.tables.standing(walk.cases[0].id).status == KEPT[kept]


async def test_every_breach_is_found(house: House, stack: Stack) -> None:
    """The queries can fail: each breach, planted in a paid, a refused and a waiting case and taken back, is told."""
    Walk.house = house
    await asyncio.to_thread(_one_of_each)
    with psycopg.connect(stack.dsn("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        assert broken(connection, house.tables.since, house.now) == {}
        for promise, breach in BREACHES.items():
            connection.execute("begin")
            for statement in breach.split(";"):
                connection.execute(statement.encode())
            assert promise in broken(connection, house.tables.since, house.now), promise
            connection.execute("rollback")
        assert broken(connection, house.tables.since, house.now) == {}


def test_every_promise_has_its_breach() -> None:
    assert BREACHES.keys() == PROMISES.keys()


def _one_of_each() -> None:
    walk = Walk()
    walk.begin(person=3, base=25000, steps=13)
    walk.file(person=0, bill=0, base=60000, lacking=False)
    walk.carry(case=1, steps=13, days=1)
    walk.file(person=0, bill=1, base=60000, lacking=False)
    walk.carry(case=2, steps=2, days=1)
    walk.decide(case=2, outcome=0, days=0)
    walk.file(person=2, bill=0, base=9000, lacking=False)
    walk.carry(case=3, steps=1, days=53)


def _report(house: House, seconds: float) -> str:
    done = ", ".join(f"{name} {number}" for name, number in sorted(house.done.items()))
    refused = ", ".join(f"{name} {number}" for name, number in sorted(house.refused.items()))
    return (
        f"{WALKS} walks of {STEPS} steps, {seconds:.0f} s; taken {house.done.total()}: {done}; "
        f"refused {house.refused.total()}: {refused}"
    )
