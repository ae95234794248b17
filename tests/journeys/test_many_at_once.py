"""Many people at once: of all that answer one task one is first, and the others are told who (I1, I3)."""

import asyncio
import random
import uuid
from collections import Counter as Tally
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pytest_asyncio

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter, Reply
from tests.conftest import MORNING
from tests.journeys.case import OTHER_TOWNSHIP, REFUSED, WRITTEN_WAIT, Case, application, clerk
from tests.journeys.walk.tables import Tables

SEED = 20261122
CLERKS = (clerk(OTHER_TOWNSHIP), f"township.township_government.caseworker2@{OTHER_TOWNSHIP}")
FINANCE = ("county.finance.caseworker@140522", "county.finance.caseworker2@140522")
PAYER = "county.finance.supervisor@140522"
AT_ONCE = 4

Choice = tuple[str, Mapping[str, Any]]
ACCEPTANCES: Mapping[str, Choice] = {
    "survey": ("accept", {}),
    "supplement": ("ask_supplement", {"missing": ["history"]}),
    "refusal_review": ("refuse", REFUSED),
}
"""By the step that each leads to."""
REVIEWS: Mapping[str, Choice] = {
    "transfer": ("approve", {}),
    "payment_query": ("query", {"question": "请说明金额"}),
    "payment_request": ("return", {"reason": "请补充附件"}),
}
TRANSFERS: Mapping[str, Choice] = {
    "": ("confirmed", {"bank_receipt": "HD-0002"}),
    "account_correction": ("bounced", {"reason": "no_account"}),
    "bank_inquiry": ("unknown", {}),
}


@pytest_asyncio.fixture(autouse=True)
async def tables(stack: Stack) -> AsyncIterator[Tables]:
    """Of what is filed from here on every promise holds when all has come to rest."""
    with closing(Tables(stack.dsn("postgres"))) as tables:
        tables.begin()
        yield tables
        assert await asyncio.to_thread(tables.comes_to_rest, MORNING) == {}


async def test_of_two_hundred_answers_to_twenty_tasks_twenty_are_taken(counter: Counter) -> None:
    cases = await _filed(counter, 20)
    tasks = [(await case.task("acceptance"))["id"] for case in cases]
    choices = list(ACCEPTANCES.values())
    sent = [(task, CLERKS[n % 2], choices[n % 3]) for task in tasks for n in range(10)]
    random.Random(SEED).shuffle(sent)
    await _signed_in(counter, *CLERKS)
    replies = await asyncio.gather(*(_answer(counter, *one, "2025-01-08") for one in sent))

    assert Tally(reply.status for reply in replies) == {200: 20, 409: 180}
    for case, task in zip(cases, tasks, strict=True):
        here = [(one, reply) for one, reply in zip(sent, replies, strict=True) if one[0] == task]
        await _one_was_first(case, "acceptance", here, ACCEPTANCES)


async def test_two_officers_at_once_pay_once(counter: Counter) -> None:
    await _signed_in(counter, *FINANCE, PAYER)
    cases = await _filed(counter, 3)
    await _each(cases, "finance_review")
    for case in cases:
        task = (await case.task("finance_review"))["id"]
        sent = [(task, FINANCE[n % 2], choice) for n, choice in enumerate([*REVIEWS.values()] * 2)]
        replies = await asyncio.gather(*(_answer(counter, *one, "2025-02-25") for one in sent))
        await _one_was_first(case, "finance_review", list(zip(sent, replies, strict=True)), REVIEWS)
    paying = await _filed(counter, 3)
    await _each(paying, "transfer")
    for case in paying:
        task = (await case.task("transfer"))["id"]
        sent = [(task, PAYER, choice) for choice in [*TRANSFERS.values()] * 2]
        replies = await asyncio.gather(*(_answer(counter, *one, "2025-02-27") for one in sent))
        await _one_was_first(case, "transfer", list(zip(sent, replies, strict=True)), TRANSFERS)


async def test_same_request_sent_ten_times_at_once_is_done_once(counter: Counter) -> None:
    await _signed_in(counter, CLERKS[0], PAYER)
    key = {"Idempotency-Key": str(uuid.uuid4()), **WRITTEN_WAIT}
    body = application("DB", township=OTHER_TOWNSHIP, documents=[{"kind": "diagnosis", "pending": True}])
    filings = await asyncio.gather(
        *(counter.ask(clerk(OTHER_TOWNSHIP), "POST", "/api/v1/applications", body, key) for _twin in range(10))
    )
    assert {(reply.status, reply.content["id"]) for reply in filings} == {(201, filings[0].content["id"])}
    other = await counter.ask(clerk(OTHER_TOWNSHIP), "POST", "/api/v1/applications", {**body, "category": "TK"}, key)
    assert (other.status, other.content["type"]) == (422, "/problems/idempotency-key-reused")

    case = await (await Case.file(counter, township=OTHER_TOWNSHIP)).to("transfer")
    task = (await case.task("transfer"))["id"]
    sent = [(task, PAYER, TRANSFERS[""])] * 10
    key = {"Idempotency-Key": str(uuid.uuid4()), **WRITTEN_WAIT}
    replies = await asyncio.gather(*(_answer(counter, *one, "2025-02-27", key) for one in sent))
    assert {(reply.status, reply.content["subject"]["id"]) for reply in replies} == {(200, case.id)}
    assert (await case.tags()).count("counter:transfer:confirmed") == 1
    assert (await case.until_status("paid"))["payment"]["status"] == "confirmed"


async def _signed_in(counter: Counter, *people: str) -> None:
    """Beforehand: attempts to sign in all at once would be refused."""
    for who in people:
        assert (await counter.ask(who, "GET", "/api/v1/sessions/current")).status == 200


async def _filed(counter: Counter, number: int) -> Sequence[Case]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> Case:
        async with places:
            return await Case.file(counter, township=OTHER_TOWNSHIP)

    return await asyncio.gather(*(one() for _case in range(number)))


async def _each(cases: Sequence[Case], kind: str) -> None:
    await cases[0].to(kind)  # everybody is signed in by then
    await asyncio.gather(*(case.to(kind) for case in cases[1:]))


async def _answer(
    counter: Counter, task: str, who: str, choice: Choice, day: str, headers: Mapping[str, str] | None = None
) -> Reply:
    content = {"outcome": choice[0], "fields": dict(choice[1]), "done_on": day, "paper_reason": "按纸质档案补录"}
    return await counter.ask(who, "POST", f"/api/v1/tasks/{task}/answer", content, headers or {"Prefer": "wait=0"})


async def _one_was_first(
    case: Case, kind: str, sent: Sequence[tuple[tuple[str, str, Choice], Reply]], leads_to: Mapping[str, Choice]
) -> None:
    """One answer was taken and the case went on by it, once; everybody else is told whose it was."""
    (taken, _reply), *more = [one for one in sent if one[1].status == 200]
    assert not more
    _task, first, (outcome, _fields) = taken
    refused = [reply.content for _one, reply in sent if reply.status != 200]
    assert {said["type"] for said in refused} == {"/problems/already-answered"}
    assert {(said["answered_by"], said["outcome"]) for said in refused} == {(first, outcome)}
    assert all(f"（{first}）" in said["title"] for said in refused)
    following = next(step for step, choice in leads_to.items() if choice[0] == outcome)
    if following:
        await case.task(following)
    else:
        await case.until_status("paid")
    tags = await case.tags()
    assert [tag for tag in tags if tag.startswith(f"counter:{kind}:")] == [f"counter:{kind}:{outcome}"]
    assert list(await case.tasks()) == ([following] if following else [])
