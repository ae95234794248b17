"""The money's desks in journeys: who does what with a batch, what the bank sends back, and the ledger by its own SQL."""

import asyncio
import csv
import io
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter, Reply
from store.demonstration import PASSWORD
from tests.journeys.case import PATIENCE

COUNTY_DESK = "county.medical_insurance.caseworker@140522"
COUNTY_HEAD = "county.medical_insurance.supervisor@140522"
COUNTY_LEADER = "county.medical_insurance.leader@140522"
FINANCE_DESK = "county.finance.caseworker@140522"
FINANCE_HEAD = "county.finance.supervisor@140522"
BATCHES = "/api/v1/disbursements"
HEADER = ("付款流水号", "金额", "收款人账号", "交易结果", "失败原因", "交易日期", "银行回单号")


async def batch_at_bank(counter: Counter, payments: Sequence[str]) -> str:
    """A batch of those payments, approved by everybody and released; its id."""
    made = await done(counter, COUNTY_DESK, "", {"payments": list(payments)}, status=201)
    batch = made["id"]
    await done(counter, COUNTY_DESK, f"/{batch}/submit")
    approved = await done(counter, COUNTY_LEADER, f"/{batch}/approve")
    assert approved["refused"] == 0, approved
    await until_waits_for(counter, batch, "finance_review", len(payments))
    await done(counter, FINANCE_DESK, f"/{batch}/finance-approve")
    await until_waits_for(counter, batch, "transfer", len(payments))
    await done(counter, FINANCE_HEAD, f"/{batch}/release", {"password": PASSWORD})
    return str(batch)


async def done(counter: Counter, actor: str, path: str, content: Any = None, status: int = 200) -> dict[str, Any]:
    reply = await counter.ask(actor, "POST", f"{BATCHES}{path}", content)
    assert reply.status == status, reply.content
    return dict(reply.content)


async def seen(counter: Counter, batch: str, by: str = FINANCE_DESK) -> dict[str, Any]:
    reply = await counter.ask(by, "GET", f"{BATCHES}/{batch}")
    assert reply.status == 200, reply.content
    return dict(reply.content)


async def until_waits_for(counter: Counter, batch: str, kind: str, lines: int) -> dict[str, Any]:
    """The batch, as soon as so many of its lines wait for that step."""
    until = time.monotonic() + PATIENCE
    while True:
        now = await seen(counter, batch)
        if sum(1 for line in now["items"] if line["waits_for"] == kind) >= lines:
            return now
        assert time.monotonic() < until, now["items"]
        await asyncio.sleep(0.05)


async def until_state(counter: Counter, batch: str, state: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while (now := await seen(counter, batch))["state"] != state:
        assert time.monotonic() < until, now
        await asyncio.sleep(0.05)
    return now


async def download(counter: Counter, actor: str, path: str) -> bytes:
    answer = await counter._http.get(f"{BATCHES}{path}", headers=await counter._authorization(actor))
    assert answer.status_code == 200, answer.text
    return answer.content


async def bank_file(counter: Counter, batch: str, no: int = 1) -> list[dict[str, str]]:
    """The lines of the payment file as the bank reads them."""
    content = await download(counter, FINANCE_HEAD, f"/{batch}/releases/{no}/payment.csv")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def said(
    line: Mapping[str, str],
    result: str = "成功",
    *,
    amount: str | None = None,
    reason: str = "",
    day: str = "2025-03-03",
) -> tuple[str, ...]:
    """What the bank says about a line of the payment file; the account by its last four digits."""
    return (line["付款流水号"], amount or line["金额"], line["收款人账号"][-4:], result, reason, day, "HD01")


async def handed_in(counter: Counter, rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """A return file with those lines, as it was taken in; waits until it has been worked off."""
    content = "\r\n".join(",".join(row) for row in (HEADER, *rows)).encode("gb18030")
    reply: Reply = await counter.hand_in(
        FINANCE_DESK, "/api/v1/uploads", {"kind": "bank_return", "division": "140522"}, ("回盘.csv", content)
    )
    assert reply.status in (200, 202), reply.content
    until = time.monotonic() + PATIENCE
    while True:
        upload = await counter.ask(FINANCE_DESK, "GET", f"/api/v1/uploads/{reply.content['id']}")
        if upload.content["state"] in ("done", "refused"):
            return dict(upload.content)
        assert time.monotonic() < until, upload.content
        await asyncio.sleep(0.05)


@contextmanager
def books(stack: Stack) -> Any:
    """The tables as SQL of one's own sees them."""
    with psycopg.connect(stack.dsn("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def balances(connection: Any, payment: str) -> dict[str, str]:
    """Debits less credits of a payment by account, without those that are even."""
    rows = connection.execute(
        "select l.account, sum(case l.side when 'debit' then l.amount else -l.amount end)::text from ledger_line l "
        "join ledger_entry e on e.id = l.entry_id where e.payment_id = %s group by 1 having "
        "sum(case l.side when 'debit' then l.amount else -l.amount end) <> 0 order by 1",
        (payment,),
    ).fetchall()
    return dict(rows)
