"""The counter killed after a release or an answer was committed, before anybody was told: nobody is paid twice."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio

from policy.deadlines import SHANGHAI
from runtime import faults
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from store.demonstration import PASSWORD
from tests.faults.promises import PROMISES
from tests.journeys.case import PATIENCE, Case
from tests.journeys.money import (
    BATCHES,
    COUNTY_DESK,
    COUNTY_LEADER,
    FINANCE_DESK,
    FINANCE_HEAD,
    bank_file,
    books,
    done,
    handed_in,
    said,
    seen,
    until_state,
    until_waits_for,
)
from tests.journeys.test_money import payable

MORNING = datetime(2025, 3, 3, 9, 0, tzinfo=SHANGHAI)
POINTS = ("answer.after_commit", "release.after_commit")
BOOKS = [name for name in PROMISES if name.startswith("I1")]


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("money") / "data"
    env = {"JIUZHU_FAULT_POINTS": ",".join(POINTS)}
    async with Stack(folder, engine="time-skipping", start=MORNING, demo=True, env=env) as stack:
        yield stack


@pytest_asyncio.fixture(scope="module")
async def counter(stack: Stack) -> AsyncIterator[Counter]:
    counter = Counter(stack.api_url)
    yield counter
    await counter.close()


async def killed_at(stack: Stack, counter: Counter, point: str, actor: str, path: str, content: object) -> None:
    """The request commits, the counter dies, and the same request is sent again: it must be taken as done."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    faults.arm(stack.settings.folder, point, "api")
    lost = await counter.ask(actor, "POST", f"{BATCHES}{path}", content, key)
    assert lost.lost
    await stack.wait_restarted("api")
    until = time.monotonic() + PATIENCE
    while (again := await counter.ask(actor, "POST", f"{BATCHES}{path}", content, key)).lost:
        assert time.monotonic() < until
        await asyncio.sleep(0.1)
    assert again.status == 200, again.content


async def test_lost_replies_pay_nobody_twice(counter: Counter, stack: Stack) -> None:
    cases: list[tuple[Case, str]] = [await payable(counter) for _one in range(2)]
    made = await done(counter, COUNTY_DESK, "", {"payments": [payment for _case, payment in cases]}, status=201)
    batch = made["id"]
    await done(counter, COUNTY_DESK, f"/{batch}/submit")
    await killed_at(stack, counter, "answer.after_commit", COUNTY_LEADER, f"/{batch}/approve", None)
    await until_waits_for(counter, batch, "finance_review", 2)
    await killed_at(stack, counter, "answer.after_commit", FINANCE_DESK, f"/{batch}/finance-approve", None)
    await until_waits_for(counter, batch, "transfer", 2)
    release = {"password": PASSWORD}
    await killed_at(stack, counter, "release.after_commit", FINANCE_HEAD, f"/{batch}/release", release)
    assert [one["no"] for one in (await seen(counter, batch))["releases"]] == [1]
    lines = [said(line) for line in await bank_file(counter, batch)]
    assert (await handed_in(counter, lines))["rows"]["accepted"] == 2
    assert (await handed_in(counter, list(reversed(lines))))["rows"]["duplicate"] == 2
    await until_state(counter, batch, "closed")
    for case, _payment in cases:
        await case.until_status("paid")
    with books(stack) as connection:
        broken = {name: connection.execute(PROMISES[name]).fetchall() for name in BOOKS}
        assert {name: rows for name, rows in broken.items() if rows} == {}
        assert connection.execute("select count(*) from ledger_entry where kind = 'paid'").fetchone() == (2,)
