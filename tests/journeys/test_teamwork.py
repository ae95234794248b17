"""Work that people share, stop, extend and press for, with procedures running: the clocks of May and June 2025.

Filed and accepted on Mon 12 May, the survey's ten working days are 13–16, 19–23 and 26 May; the reminder T−2 falls on Thu 22.
Dragon Boat Festival is off from Sat 31 May to Mon 2 June.
"""

from pathlib import Path
from typing import Any

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter, Reply
from tests.journeys.case import Case, clerk
from tests.journeys.town import Town, rungs, town_from

SUPERVISOR = "township.township_government.supervisor@140522100"
CITY = "city.medical_insurance.supervisor@1405"
SECOND_CLERK = "township.township_government.caseworker2@140522100"
CIVIL_AFFAIRS = "county.civil_affairs.caseworker@140522"
OPINION = {
    "post": {"level": "county", "department": "civil_affairs", "role": "caseworker"},
    "text": "请说明该户低保边缘认定情况",
}


async def post(case: Case, by: str, path: str, body: dict[str, Any] | None = None) -> Reply:
    return await case.counter.ask(by, "POST", f"/api/v1/{path}", body or {})


async def accepted(town: Town) -> tuple[Case, str]:
    """A case accepted at this moment, and the task of its survey."""
    case = await town.file()
    await case.done("acceptance", "accept")
    return case, str((await case.task("survey"))["id"])


async def test_stopped_extended_and_ordered_work_keeps_its_own_days(tmp_path: Path) -> None:
    async with town_from("2025-05-12T09:00", tmp_path) as town:
        (stopped, stopped_task), (extended, extended_task), (ordered, ordered_task) = [
            await accepted(town) for _ in range(3)
        ]

        await town.move_to("2025-05-13T10:00")
        asked = {"days": 3, "reason": "申请人住院"}
        assert (await post(extended, clerk(), f"tasks/{extended_task}/extension", asked)).status == 201
        decided = {"decision": "approve", "reason": "情况属实"}
        granted = await post(extended, SUPERVISOR, f"tasks/{extended_task}/extension/decide", decided)
        assert (granted.content["old"], granted.content["new"]) == ("2025-05-26", "2025-05-29")
        order = {"due_on": "2025-05-15", "text": "请说明调查进度"}
        assert (await post(ordered, CITY, f"tasks/{ordered_task}/orders", order)).status == 201

        await town.move_to("2025-05-14T10:00")
        suspension = {"category": "applicant", "reason": "申请人外出就医"}
        assert (await post(stopped, SUPERVISOR, f"tasks/{stopped_task}/suspend", suspension)).status == 200

        await town.move_to("2025-05-16T10:00")
        late = await ordered.answer("order_reply", "replied", {"text": "已约定入户日期"}, by=clerk())
        assert late.status == 200
        await town.quiet()
        assert [rung for rung in await rungs(ordered) if rung[0].startswith("order_reply")] == [
            ("order_reply:due_today", "2025-05-15T09", False),
            ("order_reply:overdue", "2025-05-16T09", False),
        ]
        assert town.mails(ordered.number)["【督办】"] == sorted([clerk(), SECOND_CLERK])
        assert town.mails(ordered.number)["【督办回复】"] == [CITY]
        shown = await ordered.counter.ask(CITY, "GET", f"/api/v1/applications/{ordered.id}/questions")
        assert [(one["state"], one["text"], one["reply"]) for one in shown.content["items"]] == [
            ("replied", "请说明调查进度", "已约定入户日期")
        ]
        assert (await ordered.task("survey"))["due"]["nominal"] == "2025-05-26", "the main step goes its own way"

        await town.move_to("2025-06-03T10:00")
        assert [rung for rung in await rungs(stopped) if rung[0].startswith("survey")] == []
        resumed = await post(stopped, SUPERVISOR, f"tasks/{stopped_task}/resume")
        # 13 and 14 May have counted; eight days are left: 4, 5, 6, 9, 10, 11, 12 and 13 June.
        assert resumed.content["due"]["nominal"] == "2025-06-13"
        await town.move_to("2025-06-11T10:00")
        assert await rungs(stopped) == [("survey:reminder", "2025-06-11T09", False)]
        assert [rung for rung in await rungs(extended) if rung[0].startswith("survey")][:2] == [
            ("survey:reminder", "2025-05-27T09", False),
            ("survey:due_today", "2025-05-29T09", False),
        ]
        assert town.mails(extended.number)["【延期申请】"] == [SUPERVISOR]
        assert town.mails(extended.number)["【延期】"] == [clerk()]


async def test_a_second_opinion_is_asked_of_another_department_and_holds_nothing_up(
    stack: Stack, counter: Counter
) -> None:
    case = await (await Case.file(counter)).to("county_review")
    review = await case.task("county_review")
    reviewer = "county.medical_insurance.caseworker@140522"
    assert (await post(case, clerk(), f"tasks/{review['id']}/opinions", OPINION)).status == 403
    own = OPINION | {"post": {"level": "county", "department": "medical_insurance", "role": "caseworker"}}
    assert (await post(case, reviewer, f"tasks/{review['id']}/opinions", own)).status == 422
    assert (await post(case, reviewer, f"tasks/{review['id']}/opinions", OPINION)).status == 201

    opinion = await case.task("second_opinion")
    assert opinion["office"] == {"division": "140522", "department": "civil_affairs", "role": "caseworker"}
    assert (await case.status()) == "county_review"
    read = await counter.ask(CIVIL_AFFAIRS, "GET", f"/api/v1/applications/{case.id}/questions")
    assert [one["text"] for one in read.content["items"]] == [OPINION["text"]]
    await case.done("second_opinion", "given", {"opinion": "符合认定条件"}, by=CIVIL_AFFAIRS)
    shown = await counter.ask(reviewer, "GET", f"/api/v1/applications/{case.id}/questions")
    assert [(one["state"], one["reply"]) for one in shown.content["items"]] == [("replied", "符合认定条件")]
    assert "county_review" in await case.tasks()
    await case.done("county_review", "propose_approval", done_on="2025-02-07")
    assert stack is not None


async def test_an_order_is_closed_by_who_gave_it_and_asks_no_more(counter: Counter) -> None:
    case = await Case.file(counter)
    task = await case.task("acceptance")
    order = {"due_on": "2025-03-05", "text": "请尽快受理"}
    first = await post(case, SUPERVISOR, f"tasks/{task['id']}/orders", order)
    again = await post(case, SUPERVISOR, f"tasks/{task['id']}/orders", order)
    assert (first.status, again.status) == (201, 409)
    await case.task("order_reply")
    assert (await post(case, CITY, f"orders/{first.content['order']}/close")).status == 403
    assert (await post(case, SUPERVISOR, f"orders/{first.content['order']}/close")).status == 204
    assert "order_reply" not in await case.tasks()
    assert (await post(case, SUPERVISOR, f"tasks/{task['id']}/orders", order)).status == 201


async def test_a_case_that_ends_takes_its_orders_along(counter: Counter) -> None:
    case = await Case.file(counter)
    task = await case.task("acceptance")
    order = {"due_on": "2025-03-05", "text": "请尽快受理"}
    await post(case, SUPERVISOR, f"tasks/{task['id']}/orders", order)
    await case.task("order_reply")
    await case.done("acceptance", "ask_supplement", {"missing": ["history"]})
    await case.done("supplement", "withdrawn")
    await case.until_status("withdrawn")
    assert await case.tasks() == {}
