"""Snow over Yangcheng: days that do not count in one division, whatever the national calendar says later."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from activities.recalculation import import_year
from store.database import WHOLE, Database
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from tests.api.conftest import CASEWORKER, COUNTY_SUPERVISOR, MORNING, Counter

COUNTY_LEADER = "county.medical_insurance.leader@140522"
NEIGHBOUR = "county.medical_insurance.leader@140827"
TOWNSHIP_LEADER = "township.township_government.leader@140522100"
SNOW = {
    "division": "140522",
    "from": "2025-03-05",
    "to": "2025-03-06",
    "reason": "暴雪",
    "document": "阳政办发〔2025〕3号",
}


@pytest.fixture(autouse=True)
async def the_snow_melts(counter: Counter) -> AsyncIterator[None]:
    yield
    for closure in (await counter.as_(COUNTY_LEADER, "GET", "/closures")).json()["items"]:
        if closure["withdrawn_at"] is None:
            await counter.as_(COUNTY_LEADER, "POST", f"/closures/{closure['id']}/withdraw")


async def due(worker: Database, task: str) -> date | None:
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(TaskRow, task)
        return (await session.get_one(PeriodRow, row.period_id)).nominal


async def close(counter: Counter, by: str = COUNTY_LEADER, **changes: Any) -> Any:
    return await counter.as_(by, "POST", "/closures", json=SNOW | changes)


async def test_a_closure_moves_what_is_open_says_why_and_is_taken_back(counter: Counter, worker: Database) -> None:
    """Three working days from Mon 3 March end on Thu 6. With Wed 5 and Thu 6 closed: Tue 4, Fri 7, Mon 10."""
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    assert await due(worker, task) == date(2025, 3, 6)

    closed = await close(counter)
    assert closed.status_code == 201
    assert closed.json()["moved"] >= 1
    assert await due(worker, task) == date(2025, 3, 10)
    shown = (await counter.as_(CASEWORKER, "GET", f"/tasks/{task}")).json()
    assert {"day": "2025-03-05", "why": "停办（暴雪）"} in shown["due"]["basis"]["skipped"]
    asked = await counter.as_(CASEWORKER, "GET", "/policy/due?key=ACCEPT_WD&division=140522100&from=2025-03-03")
    assert asked.json()["nominal"] == "2025-03-10"
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    moved = [entry for entry in case["timeline"] if entry["tag"] == "calendar:acceptance:moved"]
    assert [(entry["codes"]["old"], entry["codes"]["new"]) for entry in moved] == [("2025-03-06", "2025-03-10")]
    assert moved[0]["text"] == "因本地停办，受理审查期限由2025-03-06改为2025-03-10"

    withdrawn = await counter.as_(COUNTY_LEADER, "POST", f"/closures/{closed.json()['id']}/withdraw")
    assert withdrawn.status_code == 200
    assert await due(worker, task) == date(2025, 3, 6)
    again = await counter.as_(COUNTY_LEADER, "POST", f"/closures/{closed.json()['id']}/withdraw")
    assert again.status_code == 409


async def test_a_later_national_calendar_leaves_the_closure_standing(counter: Counter, worker: Database) -> None:
    """The new version of 2025 makes Fri 7 March a rest day as well: Tue 4, Mon 10, Tue 11."""
    task = await counter.open_task(await counter.file(), "acceptance")
    await close(counter)
    async with worker.transaction(WHOLE) as session:
        before = (await load_rulebook(session, "14", MORNING.date())).calendar.years[2025]
        extra = replace(before, version=before.version + 1, rest={**before.rest, date(2025, 3, 7): "临时放假"})
        await import_year(session, "14", extra, MORNING)
    try:
        assert await due(worker, task) == date(2025, 3, 11)
    finally:
        async with worker.transaction(WHOLE) as session:
            await import_year(session, "14", replace(before, version=before.version + 2), MORNING)


async def test_a_closed_township_leaves_the_neighbours_dates_alone(counter: Counter, worker: Database) -> None:
    here = await counter.open_task(await counter.file(), "acceptance")
    assert (await close(counter, division="140522101")).status_code == 201
    assert await due(worker, here) == date(2025, 3, 6)
    for division, nominal in (("140522100", "2025-03-06"), ("140522101", "2025-03-10"), ("140522", "2025-03-06")):
        way = f"/policy/due?key=ACCEPT_WD&division={division}&from=2025-03-03"
        asked = await counter.as_(COUNTY_LEADER, "GET", way)
        assert asked.json()["nominal"] == nominal, division


@pytest.mark.parametrize(
    ("by", "changes", "status"),
    [
        (COUNTY_SUPERVISOR, {}, 403),
        (TOWNSHIP_LEADER, {"division": "140522100"}, 403),
        (NEIGHBOUR, {}, 404),
        (COUNTY_LEADER, {"division": "1405"}, 404),
        (COUNTY_LEADER, {"division": "140522999"}, 404),
        (COUNTY_LEADER, {"to": "2025-03-04"}, 422),
        (COUNTY_LEADER, {"to": "2026-03-04"}, 422),
        (COUNTY_LEADER, {"reason": "联系13800138000"}, 422),
    ],
)
async def test_only_a_leader_closes_and_only_the_own_offices(
    counter: Counter, by: str, changes: dict[str, str], status: int
) -> None:
    assert (await close(counter, by, **changes)).status_code == status
