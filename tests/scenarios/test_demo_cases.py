"""The invented cases of `make up`: through the counter of a real house, at different steps and lights, once."""

from pathlib import Path

from policy.clock import today
from policy.identity_number import check
from runtime.clock import SystemClock
from runtime.demo_cases import PROVINCE, file_demo_cases
from runtime.demo_people import CASES
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter

DESKS = (
    "township.township_government.caseworker@140522100",
    "township.township_government.supervisor@140522100",
    "township.township_government.caseworker@140522101",
    "county.medical_insurance.caseworker@140522",
    "county.medical_insurance.supervisor@140522",
    "county.finance.caseworker@140522",
    "city.medical_insurance.supervisor@1405",
)


def test_the_invented_people_are_all_different_and_well_numbered() -> None:
    assert [case.name for case in CASES if check(case.id_number, today(SystemClock()))] == []
    assert len({case.id_number for case in CASES}) == len({case.name for case in CASES}) == len(CASES)


async def test_cases_stand_at_different_steps_and_lights(tmp_path: Path) -> None:
    said: list[str] = []
    async with Stack(tmp_path / "data", demo=True, up=True) as stack:
        day = today(SystemClock())
        assert await file_demo_cases(stack.api_url, day, said.append) == len(CASES)
        counter = Counter(stack.api_url)
        filed = await counter.ask(PROVINCE, "GET", "/api/v1/applications?limit=50")
        tasks = [await counter.ask(desk, "GET", "/api/v1/tasks?state=open&box=office&limit=50") for desk in DESKS]
        await counter.close()
        assert await file_demo_cases(stack.api_url, day, said.append) == 0
    statuses = [item["status"] for item in filed.content["items"]]
    assert len(statuses) == len(CASES)
    assert {"submitted", "survey", "twp_review", "twp_publicity", "county_review", "county_publicity"} < set(statuses)
    assert {"approved", "paid", "rejected", "objection", "wait_cab"} < set(statuses)
    open_tasks = [task for reply in tasks for task in reply.content["items"]]
    assert {task["light"] for task in open_tasks} == {"green", "yellow", "red"}
    assert {"delivery", "missing_parameter", "pending_papers"} < {task["kind"] for task in open_tasks}
    assert len(said) == 1
