"""The same request sent twice is done once."""

import asyncio
from typing import Any

from sqlalchemy import select, text

from store.accounts import IdempotencyRow
from store.database import WHOLE, Database
from store.tasks import TaskRow
from tests.api.conftest import CASEWORKER, PDF, Counter


async def send(counter: Counter, body: dict[str, Any], key: str) -> Any:
    return await counter.as_(CASEWORKER, "POST", "/applications", json=body, headers={"Idempotency-Key": key})


async def test_an_application_sent_twice_is_filed_once(counter: Counter) -> None:
    body = await counter.application()
    first, again = await send(counter, body, "twice"), await send(counter, body, "twice")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


async def test_twins_sent_at_the_same_moment_are_filed_once(counter: Counter) -> None:
    body = await counter.application()
    answers = await asyncio.gather(*(send(counter, body, "twins") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_key_is_not_used_for_another_request(counter: Counter) -> None:
    await send(counter, await counter.application(), "other")
    answer = await send(counter, await counter.application(), "other")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"


async def test_an_answer_whose_reply_was_lost_may_be_sent_again(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    headers = {"Idempotency-Key": f"answer-{task}"}
    for _ in range(2):
        answer = await counter.as_(
            CASEWORKER, "POST", f"/tasks/{task}/answer", json={"outcome": "accept"}, headers=headers
        )
        assert answer.status_code == 200
    async with worker.transaction(WHOLE) as session:
        entries = await session.scalar(
            text("select count(*) from timeline where subject_id = :id and tag = 'counter:acceptance:accept'"),
            {"id": filed["id"]},
        )
        assert await session.scalar(select(TaskRow.outcome).where(TaskRow.id == task)) == "accept"
    assert entries == 1


async def test_kept_answers_hold_ids_only(counter: Counter, worker: Database) -> None:
    await send(counter, await counter.application(), "ids-only")
    async with worker.transaction(WHOLE) as session:
        rows = (await session.scalars(select(IdempotencyRow))).all()
    kept = [row.answer.keys() for row in rows if "number" in row.answer]
    assert kept
    batch = {"id", "number", "lines", "left_out"}  # a count, and the ids and codes of what stayed out
    assert all(keys <= {"id", "number", "status"} or keys == batch for keys in kept)
    assert "ids-only" not in {row.key for row in rows}, "a key may have been made of a person's number"


async def test_a_file_sent_twice_is_kept_once(counter: Counter) -> None:
    async def send_file() -> Any:
        files = {"file": ("scan.pdf", PDF)}
        return await counter.as_(CASEWORKER, "POST", "/files", files=files, headers={"Idempotency-Key": "file-twice"})

    assert (await send_file()).json() == (await send_file()).json()
