"""The invented cases and the invented exchange of `make up`: through the counter of one real house, at different steps, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from policy.clock import today
from policy.deadlines import add_months
from policy.identity_number import check
from policy.procedures import Procedure
from runtime.clock import SystemClock
from runtime.demo_cases import PROVINCE, file_demo_cases
from runtime.demo_exchange import COUNTY, JIAXIANG, NEIGHBOUR, ExchangeDays, file_demo_exchange
from runtime.demo_exchange_people import BURDENED, LISTED
from runtime.demo_people import CASES
from runtime.embedded.stack import Stack
from runtime.months import open_by_hand, open_one
from runtime.story.counter import Counter
from store.packs import rulebook_from_packs

DESKS = (
    "township.township_government.caseworker@140522100",
    "township.township_government.supervisor@140522100",
    "township.township_government.caseworker@140522101",
    "county.medical_insurance.caseworker@140522",
    "county.medical_insurance.supervisor@140522",
    "county.finance.caseworker@140522",
    "city.medical_insurance.supervisor@1405",
)
INSURANCE = f"county.medical_insurance.caseworker@{COUNTY}"
WRONG_ON_PURPOSE = 2
COUNTED = ("matter", "upload", "sharing", "finding", "push_item", "recognition", "adjustment_row", "adjustment")


@dataclass
class House:
    stack: Stack
    counter: Counter
    day: date

    async def get(self, actor: str, path: str) -> Any:
        reply = await self.counter.ask(actor, "GET", path)
        assert reply.status == 200, reply
        return reply.content

    async def file_exchange(self, day: date, said: list[str]) -> int:
        async def open_push(division: str, month: date) -> None:
            await open_one(self.stack.settings, Procedure.PUSH, division, month)

        return await file_demo_exchange(self.stack.api_url, day, open_push, said.append)

    async def pushes(self) -> dict[date, str]:
        """How the county's pushes stand by their month, once the last one has its list."""
        for _ in range(100):
            found = (await self.get(INSURANCE, f"/api/v1/pushes?division={COUNTY}"))["items"]
            stands = {date.fromisoformat(f"{one['month']}-01"): one["status"] for one in found}
            if stands[max(stands)] != "snapshot":
                break
            await asyncio.sleep(0.2)
        return stands

    async def counts(self) -> dict[str, int]:
        async with await psycopg.AsyncConnection.connect(self.stack.dsn("postgres").replace("+psycopg", "")) as sql:
            return {name: (await _one(sql, f"select count(*) from {name}")) for name in COUNTED}


async def _one(sql: psycopg.AsyncConnection[Any], query: Any) -> int:
    row = await (await sql.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


@pytest_asyncio.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    months_by_hand = {"JIUZHU_MONTHS": "false"}
    async with Stack(tmp_path_factory.mktemp("demo") / "data", demo=True, up=True, env=months_by_hand) as stack:
        counter = Counter(stack.api_url)
        yield House(stack, counter, today(SystemClock()))
        await counter.close()


def test_the_invented_people_are_all_different_and_well_numbered() -> None:
    day = today(SystemClock())
    numbers = [case.id_number for case in CASES] + [row[5] for row in LISTED] + [one.id_number for one in BURDENED]
    names = [case.name for case in CASES] + [row[4] for row in LISTED] + [one.name for one in BURDENED]
    assert sum(check(number, day) is not None for number in numbers) == WRONG_ON_PURPOSE
    assert len(set(numbers)) == len(set(names)) == len(numbers)


@pytest.mark.parametrize("year", [2025, 2026])
def test_on_whatever_day_it_is_filed_every_day_of_the_exchange_is_possible(year: int) -> None:
    calendar = rulebook_from_packs(COUNTY, date(year, 6, 1)).calendar
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        days = ExchangeDays.of(day, calendar)
        assert days.adjusted_on < days.filed_on < days.ordered_until
        assert calendar.working_days_between(days.adjusted_on, day) <= 2, "in time: five working days"
        assert days.known_since <= days.before < days.last < days.month <= day
        assert {one.day for one in (days.known_since, days.before, days.last, days.month)} == {1}


async def test_cases_stand_at_different_steps_and_lights(house: House) -> None:
    said: list[str] = []
    assert await file_demo_cases(house.stack.api_url, house.day, said.append) == len(CASES)
    filed = await house.get(PROVINCE, "/api/v1/applications?limit=50")
    tasks = [await house.get(desk, "/api/v1/tasks?state=open&box=office&limit=50") for desk in DESKS]
    assert await file_demo_cases(house.stack.api_url, house.day, said.append) == 0
    statuses = [item["status"] for item in filed["items"]]
    assert len(statuses) == len(CASES)
    assert {"submitted", "survey", "twp_review", "twp_publicity", "county_review", "county_publicity"} < set(statuses)
    assert {"approved", "paid", "rejected", "objection", "wait_cab"} < set(statuses)
    open_tasks = [task for found in tasks for task in found["items"]]
    assert {task["light"] for task in open_tasks} == {"green", "yellow", "red"}
    assert {"delivery", "missing_parameter", "pending_papers"} < {task["kind"] for task in open_tasks}
    assert len(said) == 1


async def test_the_exchange_of_three_counties_stands_at_different_steps(house: House) -> None:
    said: list[str] = []
    for division in (COUNTY, NEIGHBOUR, JIAXIANG):
        await open_by_hand(house.stack.settings, f"{house.day:%Y-%m}", division, said.append)
    said.clear()
    assert await house.file_exchange(house.day, said) == 7, said
    assert len(said) == 1

    lists = await house.get(INSURANCE, "/api/v1/adjustments")
    roster = next(one for one in lists["items"] if one["facts"]["category"] == "DB")
    assert roster["facts"]["fates"] == {"accepted": 9, "returned": 3}
    assert set(roster["facts"]["received"]) == {"finance", "medical_insurance"}
    month = house.day.replace(day=1)
    board = (await house.get(PROVINCE, f"/api/v1/cycles?month={month:%Y-%m}&division={NEIGHBOUR}"))["items"][0]
    assert {board["obligations"][one]["state"] for one in ("sharing_in", "sharing_out")} == {"met"}
    assert await house.pushes() == {add_months(month, -2): "acknowledged", add_months(month, -1): "selected"}
    findings = await house.get(PROVINCE, f"/api/v1/findings?division={COUNTY}&kind=late_push")
    assert [one["state"] for one in findings["items"]] == ["ordered"]
    screened = await house.get(f"county.civil_affairs.caseworker@{COUNTY}", "/api/v1/recognitions?list=falling_into")
    assert sorted(one["status"] for one in screened["items"]) == ["in_recognition", "screening"]
    reviews = await house.get(f"county.medical_insurance.caseworker@{JIAXIANG}", "/api/v1/reviews")
    assert list(reviews["items"][0]["facts"]["returned"]) == ["civil_affairs"]
    assert reviews["items"][0]["status"] in ("dept_self_check", "msb_dedup"), (
        "from the 11th on the bureau goes on alone"
    )


async def test_the_exchange_filed_again_on_this_or_another_day_changes_nothing(house: House) -> None:
    before, said = await house.counts(), list[str]()
    assert await house.file_exchange(house.day, said) == 7, said
    assert await house.file_exchange(add_months(house.day.replace(day=1), 1), said) == 0
    assert await house.counts() == before
    assert said == []
