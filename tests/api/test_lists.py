"""The inbox: whose tasks, in which order, with how much time left."""

from datetime import datetime
from typing import Any

from policy.deadlines import SHANGHAI
from tests.api.conftest import CASEWORKER, COUNTY_SUPERVISOR, SUPERVISOR, Counter, StoppedClock, day


async def listed(counter: Counter, username: str, **params: Any) -> dict[str, Any]:
    answer = await counter.as_(username, "GET", "/tasks", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_task_tells_its_due_date_and_why(counter: Counter) -> None:
    """S-01: acceptance 3 working days from Mon 3 March is Thu 6 March."""
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    shown = (await counter.as_(CASEWORKER, "GET", f"/tasks/{task}")).json()
    assert shown["title"] == "受理审查"
    assert shown["subject"] == {"type": "application", "id": filed["id"], "number": filed["number"]}
    assert shown["office"] == {"division": "140522100", "department": "township_government", "role": "caseworker"}
    due = shown["due"]
    assert (due["nominal"], due["work_target"], due["working_days_left"]) == ("2025-03-06", "2025-03-06", 3)
    assert due["basis"]["counted"] == ["2025-03-04", "2025-03-05", "2025-03-06"]
    assert shown["opened_at"] == "2025-03-03T09:00:00+08:00"
    accept = shown["outcomes"][0]
    assert (accept["name"], accept["label"], accept["later"]) == ("accept", "受理", False)
    nothing = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    assert accept["schema"] == nothing
    assert shown["outcomes"][3]["schema"]["required"] == ["provisions", "reason"]


async def test_the_light_turns_yellow_and_red(counter: Counter, clock: StoppedClock) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    seen = {}
    for on in (3, 4, 6, 7):
        clock.moment = datetime(2025, 3, on, 9, 0, tzinfo=SHANGHAI)
        shown = (await counter.as_(CASEWORKER, "GET", f"/tasks/{task}")).json()
        seen[on] = (shown["light"], shown["due"]["working_days_left"])
    assert seen == {3: ("green", 3), 4: ("yellow", 2), 6: ("yellow", 0), 7: ("red", -1)}


async def test_overdue_tasks_are_those_past_their_last_day(counter: Counter, clock: StoppedClock) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    clock.moment = datetime(2025, 3, 6, 23, 59, tzinfo=SHANGHAI)
    assert (await listed(counter, CASEWORKER, state="overdue", q=filed["number"]))["items"] == []
    clock.moment = datetime(2025, 3, 7, 0, 0, tzinfo=SHANGHAI)
    overdue = await listed(counter, CASEWORKER, state="overdue", q=filed["number"])
    assert [item["id"] for item in overdue["items"]] == [task]


async def test_mine_are_those_that_i_claimed(counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    assert (await listed(counter, CASEWORKER, box="mine", q=filed["number"]))["items"] == []
    await counter.as_(CASEWORKER, "POST", f"/tasks/{task}/claim")
    mine = await listed(counter, CASEWORKER, box="mine", q=filed["number"])
    assert [item["assignee"] for item in mine["items"]] == [CASEWORKER]


async def test_the_area_is_for_those_who_oversee(counter: Counter) -> None:
    filed = await counter.file()
    await counter.open_task(filed, "acceptance")
    assert (await counter.as_(CASEWORKER, "GET", "/tasks", params={"box": "area"})).status_code == 403
    for overseer in (SUPERVISOR, COUNTY_SUPERVISOR):
        area = await listed(counter, overseer, box="area", q=filed["number"])
        assert [item["kind"] for item in area["items"]] == ["acceptance"]


async def test_the_office_of_a_supervisor_and_a_leader_is_their_whole_unit(counter: Counter) -> None:
    filed = await counter.file()
    for kind in ("survey", "township_review", "county_review", "finance_review"):
        await counter.open_task(filed, kind)
    leader = "township.township_government.leader@140522100"
    seen = {
        username: sorted(item["kind"] for item in (await listed(counter, username, q=filed["number"]))["items"])
        for username in (CASEWORKER, SUPERVISOR, leader, COUNTY_SUPERVISOR)
    }
    assert seen == {
        CASEWORKER: ["survey"],
        SUPERVISOR: ["survey", "township_review"],
        leader: ["survey", "township_review"],
        COUNTY_SUPERVISOR: ["county_review"],
    }


async def test_pages_follow_each_other_by_cursor_without_gap(counter: Counter) -> None:
    filed = await counter.file()
    wanted = [
        await counter.open_task(filed, "survey", counted_from=day(f"2025-02-{n:02}")) for n in (20, 10, 15, 10, 21)
    ]
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await listed(counter, CASEWORKER, q=filed["number"], limit=2, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(item["id"] for item in seen) == sorted(wanted)
    targets = [item["due"]["work_target"] for item in seen]
    assert targets == sorted(targets)
    assert (await counter.as_(CASEWORKER, "GET", "/tasks", params={"cursor": "rubbish"})).status_code == 422


async def test_an_unknown_kind_is_refused_with_those_that_there_are(counter: Counter) -> None:
    refused = await counter.as_(CASEWORKER, "GET", "/tasks", params={"kind": "surveys"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/kind")
    assert "survey（入户调查）" in refused.json()["errors"][0]["zh"]


async def test_what_is_done_is_listed_with_its_answer(counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    await counter.answer(CASEWORKER, task, "accept")
    done = await listed(counter, CASEWORKER, state="done", q=filed["number"])
    assert [(item["id"], item["answer"]["label"], item["answer"]["by"]) for item in done["items"]] == [
        (task, "受理", CASEWORKER)
    ]


async def test_cases_are_listed_by_status_and_division(counter: Counter) -> None:
    filed = await counter.file()
    for params in ({"status": "submitted"}, {"division": "140522000000"}, {"q": "GXZC"}):
        answer = await counter.as_(COUNTY_SUPERVISOR, "GET", "/applications", params={**params, "limit": 200})
        assert filed["id"] in {item["id"] for item in answer.json()["items"]}
        assert "金丝雀" not in answer.text
    for params in ({"status": "paid"}, {"division": "140522101"}, {"q": "DBBY"}):
        answer = await counter.as_(COUNTY_SUPERVISOR, "GET", "/applications", params={**params, "limit": 200})
        assert filed["id"] not in {item["id"] for item in answer.json()["items"]}
