"""What the counter guarantees whatever the procedure: one answer, once, by the right desk."""

import asyncio
import uuid
from typing import Any

import httpx2

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from runtime.story.paper import demo_paper
from store.demonstration import PASSWORD
from tests.journeys.case import OTHER_TOWNSHIP, WRITTEN_WAIT, Case, application, clerk, holder

SECOND_CLERK = "township.township_government.caseworker2@140522100"


async def test_two_officers_at_once_give_one_answer(counter: Counter) -> None:
    case = await Case.file(counter)
    task = (await case.task("acceptance"))["id"]
    for officer in (clerk(), SECOND_CLERK):  # signed in beforehand, so that the two answers meet
        await counter.ask(officer, "GET", "/api/v1/tasks")
    replies = await asyncio.gather(
        case.answer("acceptance", "accept", done_on="2025-01-08", by=clerk(), task=task),
        case.answer("acceptance", "ask_supplement", {"missing": ["history"]}, by=SECOND_CLERK, task=task),
    )
    assert sorted(reply.status or 0 for reply in replies) == [200, 409]
    refused = next(reply for reply in replies if reply.status == 409)
    winner = clerk() if replies[0].status == 200 else SECOND_CLERK
    assert refused.content["type"] == "/problems/already-answered"
    assert refused.content["answered_by"] == winner
    answers = [tag for tag in await case.tags() if tag.startswith("counter:acceptance:")]
    assert answers == [f"counter:acceptance:{refused.content['outcome']}"]


async def test_answer_sent_twice_under_one_key_is_given_once(counter: Counter) -> None:
    case = await Case.file(counter)
    task = (await case.task("acceptance"))["id"]
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = await case.answer("acceptance", "accept", done_on="2025-01-08", headers=key, task=task)
    await case.task("survey")
    again = await case.answer("acceptance", "accept", done_on="2025-01-08", headers=key, task=task)
    assert (first.status, again.status) == (200, 200)
    assert again.content["task"] == first.content["task"] == task
    assert (await case.tags()).count("counter:acceptance:accept") == 1

    other = await case.answer("acceptance", "accept", done_on="2025-01-07", headers=key, task=task)
    assert (other.status, other.content["type"]) == (422, "/problems/idempotency-key-reused")
    without = await case.answer("acceptance", "accept", done_on="2025-01-08", task=task)
    assert (without.status, without.content["type"]) == (409, "/problems/already-answered")


async def test_filing_sent_twice_under_one_key_is_filed_once(stack: Stack, counter: Counter) -> None:
    upload = await _uploaded(stack)
    headers = {**WRITTEN_WAIT, "Idempotency-Key": str(uuid.uuid4())}
    first = await counter.ask(clerk(), "POST", "/api/v1/applications", upload, headers)
    again = await counter.ask(clerk(), "POST", "/api/v1/applications", upload, headers)
    assert (first.status, again.status) == (201, 201)
    assert again.content == first.content


async def test_answer_from_another_desk_is_refused(counter: Counter) -> None:
    case = await Case.file(counter)
    task = (await case.task("acceptance"))["id"]
    expected = {
        clerk(OTHER_TOWNSHIP): 404,
        "county.medical_insurance.caseworker@140827": 404,
        holder("township_review", "140522100"): 403,
        "township.township_government.leader@140522100": 403,
        "county.medical_insurance.caseworker@140522": 403,
        "county.finance.caseworker@140522": 403,
        "city.medical_insurance.supervisor@1405": 403,
        "county.medical_insurance.auditor@140522": 403,
    }
    replies = {
        who: (await case.answer("acceptance", "accept", done_on="2025-01-08", by=who, task=task)).status
        for who in expected
    }
    assert replies == expected
    assert [tag for tag in await case.tags() if tag.startswith("counter:acceptance")] == []


async def test_claimed_task_is_answered_by_its_holder_only(counter: Counter) -> None:
    case = await Case.file(counter)
    task = (await case.task("acceptance"))["id"]
    claimed = await counter.ask(SECOND_CLERK, "POST", f"/api/v1/tasks/{task}/claim")
    assert claimed.status == 200
    refused = await case.answer("acceptance", "accept", done_on="2025-01-08", task=task, by=clerk())
    assert (refused.status, refused.content["type"]) == (409, "/problems/claimed-by-other")
    await case.done("acceptance", "accept", done_on="2025-01-08", by=SECOND_CLERK)


async def test_act_of_tomorrow_or_before_the_step_before_is_refused(counter: Counter) -> None:
    case = await Case.file(counter)
    for day in ("2025-03-04", "2025-01-05"):  # today is Mon 3 March, submission was Mon 6 January
        refused = await case.answer("acceptance", "accept", done_on=day)
        assert (refused.status, refused.content["errors"][0]["pointer"]) == (422, "/done_on")


async def _uploaded(stack: Stack) -> dict[str, Any]:
    """An application whose papers are uploaded already: sent twice, it is one and the same request."""
    body = application()
    async with httpx2.AsyncClient(base_url=stack.api_url, trust_env=False, timeout=30) as http:
        signed_in = await http.post("/api/v1/sessions", json={"username": clerk(), "password": PASSWORD})
        bearer = {"Authorization": f"Bearer {signed_in.json()['token']}"}
        for paper in body["documents"]:
            sent = await http.post("/api/v1/files", files={"file": ("材料.pdf", demo_paper())}, headers=bearer)
            paper["file"] = sent.json()["file"]
    return body


def _without_looks(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "open_tasks"} | {
        "open_tasks": [{**task, "light": None} for task in view["open_tasks"]]
    }
