"""What people do about tasks beside answering them: who may, what it changes, and what it can never do."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from policy.deadlines import SHANGHAI
from store.accounts import AccountRow
from store.database import WHOLE, Database
from store.tasks import PeriodRow, TaskRow
from tests.api.conftest import (
    CASEWORKER,
    COUNTY_CASEWORKER,
    COUNTY_SUPERVISOR,
    MORNING,
    SUPERVISOR,
    Counter,
    StoppedClock,
)

SECOND = "township.township_government.caseworker2@140522100"
LEADER = "township.township_government.leader@140522100"
ELSEWHERE = "township.township_government.caseworker@140522101"
CITY_SUPERVISOR = "city.medical_insurance.supervisor@1405"
PROVINCE_AUDITOR = "province.medical_insurance.auditor@14"
REASON = {"category": "other_department", "reason": "民政部门核对收入"}


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=SHANGHAI)


async def period_of(worker: Database, task: str) -> PeriodRow:
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(TaskRow, task)
        return await session.get_one(PeriodRow, row.period_id)


async def answered_by(worker: Database, username: str, outcome: str) -> dict[str, Any]:
    """The columns of a task that this person has answered."""
    async with worker.transaction(WHOLE) as session:
        person = await session.scalar(select(AccountRow.id).where(AccountRow.username == username))
    return {"state": "answered", "outcome": outcome, "answered_by": person, "answered_at": MORNING}


async def timeline(counter: Counter, filed: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    case = await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")
    return [(entry["tag"], entry["codes"]) for entry in case.json()["timeline"]]


async def test_a_supervisor_assigns_and_the_holder_hands_over_with_a_reason(counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")

    refused = await counter.as_(CASEWORKER, "POST", f"/tasks/{task}/assign", json={"to": SECOND})
    assert refused.status_code == 403
    assigned = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/assign", json={"to": CASEWORKER})
    assert (assigned.status_code, assigned.json()["assignee"]) == (200, CASEWORKER)
    wrong_post = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/assign", json={"to": SUPERVISOR})
    elsewhere = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/assign", json={"to": ELSEWHERE})
    assert (wrong_post.status_code, elsewhere.status_code) == (422, 422)

    way = f"/tasks/{task}/hand-over"
    without = await counter.as_(CASEWORKER, "POST", way, json={"to": SECOND, "reason": " "})
    not_mine = await counter.as_(SECOND, "POST", way, json={"to": CASEWORKER, "reason": "出差"})
    assert (without.status_code, not_mine.status_code) == (422, 403)
    handed = await counter.as_(CASEWORKER, "POST", way, json={"to": SECOND, "reason": "本人下乡"})
    assert handed.json()["assignee"] == SECOND

    told = [(tag, codes.get("to")) for tag, codes in await timeline(counter, filed) if codes.get("to")]
    assert told == [("counter:acceptance:assigned", CASEWORKER), ("counter:acceptance:handed_over", SECOND)]
    done = await counter.answer(CASEWORKER, task, "accept")
    assert (done.status_code, done.json()["type"]) == (409, "/problems/claimed-by-other")


async def test_a_task_is_not_given_to_somebody_whom_an_earlier_step_bars(counter: Counter, worker: Database) -> None:
    """Who checked the papers has come to the supervisor's post since: the review of that refusal is somebody else's."""
    filed = await counter.file()
    await counter.open_task(filed, "acceptance", **await answered_by(worker, SUPERVISOR, "refuse"))
    review = await counter.open_task(filed, "refusal_review")
    refused = await counter.as_(LEADER, "POST", f"/tasks/{review}/assign", json={"to": SUPERVISOR})
    assert (refused.status_code, refused.json()["step"]) == (409, "acceptance")


async def test_a_suspension_stops_the_clock_and_nothing_is_answered_until_it_is_lifted(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    """Filed Mon 3 March 2025, three working days: due Thu 6. Stopped on Tue 4, let go on Thu 13: two days (5, 6) are left,
    counted on Fri 14 and Mon 17."""
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    assert (await period_of(worker, task)).nominal == date(2025, 3, 6)

    clock.moment = at("2025-03-04")
    by_clerk = await counter.as_(CASEWORKER, "POST", f"/tasks/{task}/suspend", json=REASON)
    unknown = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/suspend", json=REASON | {"category": "tired"})
    assert (by_clerk.status_code, unknown.status_code) == (403, 422)
    suspended = (await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/suspend", json=REASON)).json()
    assert suspended["due"]["nominal"] is None
    assert suspended["suspension"] == {
        "category": "other_department",
        "label": "待其他部门核实",
        "since": "2025-03-04",
        "long": False,
    }
    stopped = await period_of(worker, task)
    assert (stopped.ladder, stopped.next_moment) == ([], None)
    twice = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/suspend", json=REASON)
    assert twice.status_code == 409

    clock.moment = at("2025-03-13")
    refused = await counter.answer(CASEWORKER, task, "accept")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/suspended")
    resumed = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/resume")
    assert (resumed.status_code, resumed.json()["due"]["nominal"]) == (200, "2025-03-17")
    assert resumed.json()["suspension"] is None
    tags = await timeline(counter, filed)
    assert ("counter:acceptance:resumed", "2025-03-17") in [(tag, codes.get("new")) for tag, codes in tags]
    assert (await counter.answer(CASEWORKER, task, "accept")).status_code == 200


async def test_a_suspended_task_is_listed_and_marked_when_it_has_stood_for_long(
    counter: Counter, clock: StoppedClock
) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/suspend", json=REASON)
    for day, long in (("2025-04-02", False), ("2025-04-03", True)):  # 30 days, and one more
        clock.moment = at(day)
        listed = await counter.as_(SUPERVISOR, "GET", f"/tasks?state=suspended&q={filed['number']}")
        assert [(item["id"], item["suspension"]["long"]) for item in listed.json()["items"]] == [(task, long)]


async def test_more_time_is_asked_for_by_one_and_granted_by_another(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    """Ten working days from Mon 3 March end on Mon 17; three more on Thu 20."""
    filed = await counter.file()
    task = await counter.open_task(filed, "survey")
    assert (await period_of(worker, task)).nominal == date(2025, 3, 17)
    way = f"/tasks/{task}/extension"

    too_many = await counter.as_(CASEWORKER, "POST", way, json={"days": 6, "reason": "路远"})
    not_theirs = await counter.as_(SUPERVISOR, "POST", way, json={"days": 3, "reason": "路远"})
    assert (too_many.json()["type"], not_theirs.status_code) == ("/problems/too-many-days", 403)
    asked = await counter.as_(CASEWORKER, "POST", way, json={"days": 3, "reason": "申请人住院"})
    assert asked.status_code == 201
    again = await counter.as_(SECOND, "POST", way, json={"days": 1, "reason": "再申请"})
    assert again.json()["type"] == "/problems/extension-asked"
    assert (await period_of(worker, task)).nominal == date(2025, 3, 17), "until it is decided the term runs on"

    answer = {"decision": "approve", "reason": "情况属实"}
    assert (await counter.as_(CASEWORKER, "POST", f"{way}/decide", json=answer)).status_code == 403
    granted = await counter.as_(SUPERVISOR, "POST", f"{way}/decide", json=answer)
    assert (granted.status_code, granted.json()["old"], granted.json()["new"]) == (200, "2025-03-17", "2025-03-20")
    assert (await period_of(worker, task)).nominal == date(2025, 3, 20)
    once_more = await counter.as_(CASEWORKER, "POST", way, json={"days": 1, "reason": "再申请"})
    assert once_more.json()["type"] == "/problems/extended-before"
    late = await counter.open_task(filed, "acceptance")
    clock.moment = at("2025-03-07")  # due on the 6th
    too_late = await counter.as_(CASEWORKER, "POST", f"/tasks/{late}/extension", json={"days": 1, "reason": "忙"})
    assert too_late.json()["type"] == "/problems/too-late"


async def test_an_extension_over_a_holiday_counts_working_days_only(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    """Counted from Wed 17 September 2025: ten working days end on Tue 30 (Sun 28 is worked). National Day and Mid-Autumn are
    off from 1 to 8 October, so one day more is Thu 9 October."""
    clock.moment = at("2025-09-17")
    filed = await counter.file()
    task = await counter.open_task(filed, "survey")
    assert (await period_of(worker, task)).nominal == date(2025, 9, 30)
    await counter.as_(CASEWORKER, "POST", f"/tasks/{task}/extension", json={"days": 1, "reason": "假期"})
    answer = {"decision": "approve", "reason": "同意"}
    granted = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/extension/decide", json=answer)
    assert granted.json()["new"] == "2025-10-09"


async def test_a_refused_extension_changes_no_date(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "survey")
    await counter.as_(CASEWORKER, "POST", f"/tasks/{task}/extension", json={"days": 2, "reason": "忙"})
    answer = {"decision": "refuse", "reason": "人手足够"}
    refused = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/extension/decide", json=answer)
    assert refused.json()["decision"] == "refused"
    assert (await period_of(worker, task)).nominal == date(2025, 3, 17)


async def test_one_urges_once_a_working_day(counter: Counter, clock: StoppedClock) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "survey")
    way = f"/tasks/{task}/remind"
    assert (await counter.as_(SECOND, "POST", way)).status_code == 403
    clock.moment = at("2025-03-07")  # Friday
    urged = await counter.as_(SUPERVISOR, "POST", way, json={"words": "请抓紧"})
    assert (urged.status_code, urged.json()["told"]) == (200, [SECOND, CASEWORKER])
    for day, status in (("2025-03-07", 409), ("2025-03-08", 409), ("2025-03-10", 200)):
        clock.moment = at(day)
        assert (await counter.as_(SUPERVISOR, "POST", way)).status_code == status, day
    from_above = await counter.as_(CITY_SUPERVISOR, "POST", way)
    assert from_above.status_code == 200, "each person counts alone"
    assert (await counter.as_(PROVINCE_AUDITOR, "POST", way)).status_code == 403


async def test_what_has_no_term_is_listed_after_thirty_days(counter: Counter, clock: StoppedClock) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "missing_parameter", detail={"key": "RATE(DSR)"})
    for day, ids in (("2025-04-01", []), ("2025-04-02", [task])):
        clock.moment = at(day)
        listed = await counter.as_(CITY_SUPERVISOR, "GET", f"/tasks?state=stale&q={filed['number']}")
        assert [item["id"] for item in listed.json()["items"]] == ids, day
    assert (await counter.as_(CASEWORKER, "GET", "/tasks?state=stale")).status_code == 403


async def test_bulk_tells_the_truth_line_by_line(counter: Counter) -> None:
    filed = [await counter.file() for _ in range(2)]
    first, second = [await counter.open_task(one, "acceptance") for one in filed]
    other = await counter.open_task(filed[0], "county_review")
    items = [
        {"task": first, "outcome": "accept"},
        {"task": other, "outcome": "propose_approval"},
        {"task": first, "outcome": "accept"},
        {"task": "00000000-0000-7000-8000-000000000000", "outcome": "accept"},
        {"task": second, "outcome": "ask_supplement"},
        {"task": second, "outcome": "accept"},
    ]
    done = await counter.as_(CASEWORKER, "POST", "/tasks/bulk", json={"items": items})
    results = done.json()["results"]
    assert [(line["ok"], line["status"]) for line in results] == [
        (True, 200),
        (False, 403),
        (False, 409),
        (False, 404),
        (False, 422),
        (True, 200),
    ]
    assert results[2]["problem"]["type"] == "/problems/already-answered"
    assert results[0]["subject"]["id"] == filed[0]["id"]


async def test_bulk_under_a_key_is_done_once(counter: Counter) -> None:
    task = await counter.open_task(await counter.file(), "acceptance")
    request = {"json": {"items": [{"task": task, "outcome": "accept"}]}, "headers": {"Idempotency-Key": f"bulk-{task}"}}
    first = await counter.as_(CASEWORKER, "POST", "/tasks/bulk", **request)
    again = await counter.as_(CASEWORKER, "POST", "/tasks/bulk", **request)
    assert first.json()["results"][0]["ok"] is again.json()["results"][0]["ok"] is True


async def test_bulk_takes_two_hundred_and_no_more(counter: Counter) -> None:
    line = {"task": "00000000-0000-7000-8000-000000000000", "outcome": "accept"}
    assert (await counter.as_(CASEWORKER, "POST", "/tasks/bulk", json={"items": [line] * 201})).status_code == 422


@pytest.mark.parametrize("reader", [CASEWORKER, SUPERVISOR, COUNTY_CASEWORKER, COUNTY_SUPERVISOR])
async def test_remarks_are_read_by_those_who_read_what_was_typed(counter: Counter, reader: str) -> None:
    filed = await counter.file()
    way = f"/applications/{filed['id']}/remarks"
    written = await counter.as_(CASEWORKER, "POST", way, json={"text": "申请人电话已换"})
    assert written.status_code == 201
    shown = (await counter.as_(reader, "GET", way)).json()["items"]
    assert [(remark["by"], remark["text"]) for remark in shown] == [(CASEWORKER, "申请人电话已换")]
    assert (await counter.as_(CITY_SUPERVISOR, "GET", way)).json()["items"] == []
    assert (await counter.as_(CITY_SUPERVISOR, "POST", way, json={"text": "好"})).status_code == 403
    assert (await counter.as_(ELSEWHERE, "POST", way, json={"text": "好"})).status_code == 404
    assert "申请人电话已换" not in str(await timeline(counter, filed))


async def test_a_case_is_copied_to_those_who_may_see_it(counter: Counter) -> None:
    filed = await counter.file()
    way = f"/applications/{filed['id']}/copies"
    wrong = await counter.as_(CASEWORKER, "POST", way, json={"to": [CITY_SUPERVISOR, ELSEWHERE, "nobody@14"]})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/to/1", "/to/2"]
    copied = await counter.as_(CASEWORKER, "POST", way, json={"to": [CITY_SUPERVISOR]})
    assert copied.json() == {"to": [CITY_SUPERVISOR], "told": [CITY_SUPERVISOR]}
    again = await counter.as_(CASEWORKER, "POST", way, json={"to": [CITY_SUPERVISOR]})
    assert again.json()["told"] == []
    posts = [{"level": "county", "department": "medical_insurance", "role": "caseworker"}]
    to_a_post = await counter.as_(CASEWORKER, "POST", way, json={"posts": posts})
    assert to_a_post.json()["told"] == ["county.medical_insurance.caseworker2@140522", COUNTY_CASEWORKER]
    blind = [{"level": "county", "department": "health", "role": "caseworker"}]
    assert (await counter.as_(CASEWORKER, "POST", way, json={"posts": blind})).status_code == 422
    mine = (await counter.as_(CITY_SUPERVISOR, "GET", "/copies")).json()["items"]
    assert filed["number"] in [item["number"] for item in mine]


async def test_a_draft_is_its_own_accounts_alone(counter: Counter) -> None:
    form = {"applicant.name": ["金丝雀"], "category": ["GXZC"]}
    assert (await counter.as_(CASEWORKER, "PUT", "/drafts/application", json={"content": form})).status_code == 204
    assert (await counter.as_(CASEWORKER, "GET", "/drafts/application")).json() == {"content": form}
    assert (await counter.as_(SECOND, "GET", "/drafts/application")).status_code == 404
    assert (await counter.as_(CASEWORKER, "DELETE", "/drafts/application")).status_code == 204
    assert (await counter.as_(CASEWORKER, "GET", "/drafts/application")).status_code == 404
    assert (await counter.as_(CASEWORKER, "PUT", "/drafts/140522196001010010", json={"content": {}})).status_code == 422


async def test_the_timeline_names_people_and_keeps_their_usernames_in_codes(counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/assign", json={"to": SECOND})
    case = await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")
    entry = case.json()["timeline"][-1]
    assert (entry["codes"]["to"], entry["text"]) == (SECOND, "受理审查：指派给凤城镇人民政府经办人二")


async def test_the_timeline_says_for_which_category_a_clock_stands_still(counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/suspend", json=REASON)
    case = await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")
    entry = case.json()["timeline"][-1]
    assert entry["text"] == "受理审查：期限中止（待其他部门核实）"
    assert entry["codes"]["category"] == "other_department"


async def test_a_case_that_is_withdrawn_leaves_no_clock_standing(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/suspend", json=REASON)
    way = f"/applications/{filed['id']}/withdraw"
    withdrawn = await counter.as_(CASEWORKER, "POST", way, json={"reason": "申请人撤回"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert [pause["to"] for pause in (await period_of(worker, task)).pauses] == ["2025-03-03"]
