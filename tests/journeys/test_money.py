"""W03: a batch from its gathering to the bank's answer, what the bank sends back, and the ledger that must balance."""

import asyncio
import uuid
from typing import Any

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from store.demonstration import PASSWORD
from tests.journeys.case import Case
from tests.journeys.money import (
    BATCHES,
    COUNTY_DESK,
    COUNTY_HEAD,
    COUNTY_LEADER,
    FINANCE_DESK,
    FINANCE_HEAD,
    balances,
    bank_file,
    batch_at_bank,
    books,
    done,
    download,
    handed_in,
    said,
    seen,
    until_state,
    until_waits_for,
)

PAID = {"aid_expense": "10200.00", "special_account": "-10200.00"}
NEW_ACCOUNT = {
    "payee_kind": "person",
    "payee_name": "申甲",
    "account": "6200000000000009999",
    "bank": "虚构银行阳城支行",
    "basis": "持卡人重新提供银行卡复印件",
}


async def payable(counter: Counter) -> tuple[Case, str]:
    """A case whose request for payment is open, and its payment."""
    case = await (await Case.file(counter)).to("payment_request")
    return case, await payment_of(case)


async def payment_of(case: Case) -> str:
    found = await case.counter.ask(COUNTY_DESK, "GET", f"/api/v1/applications/{case.id}")
    return str(found.content["payment"]["id"])


async def test_batch_is_reconciled_line_by_line(counter: Counter, stack: Stack) -> None:
    cases = [await payable(counter) for _one in range(4)]
    batch = await batch_at_bank(counter, [payment for _case, payment in cases])
    lines = await bank_file(counter, batch)
    assert [line["金额"] for line in lines] == ["10200.00"] * 4
    assert await download(counter, FINANCE_HEAD, f"/{batch}/releases/1/payment.xlsx") == await download(
        counter, FINANCE_DESK, f"/{batch}/releases/1/payment.xlsx"
    )
    again = await counter.ask(FINANCE_HEAD, "POST", f"{BATCHES}/{batch}/release", {"password": ""})
    assert (again.status, again.content["type"]) == (409, "/problems/nothing-to-release")

    first = [
        said(lines[0]),
        said(lines[1], "失败", reason="账户已销户"),
        said(lines[2], amount="10200.01"),
        said(lines[0]),
        said({**lines[3], "付款流水号": "99999999920250001-1"}),
        said({**lines[3], "收款人账号": "0000"}),
    ]
    upload = await handed_in(counter, first)
    assert upload["rows"] == {"in": 6, "accepted": 2, "duplicate": 1, "returned": 3}
    codes = [reason["code"] for reason in upload["errors"]]
    assert codes == ["amount-differs", "known-already", "unknown-reference", "account-differs"]
    await cases[0][0].until_status("paid")

    second = await handed_in(counter, [said(lines[0]), said(lines[0], "失败"), said(lines[2]), said(lines[3])])
    assert second["rows"] == {"in": 4, "accepted": 2, "duplicate": 1, "returned": 1}
    for case, _payment in (cases[2], cases[3]):
        await case.until_status("paid")
    still = await seen(counter, batch)
    assert {entry["state"]: (entry["lines"], entry["amount"]) for entry in still["sums"]} == {
        "confirmed": (3, "30600.00"),
        "returned_by_bank": (1, "10200.00"),
    }
    assert still["state"] == "approved"

    bounced, payment = cases[1]
    with books(stack) as connection:
        assert balances(connection, payment) == {"aid_expense": "10200.00", "returned": "-10200.00"}
    await bounced.done("account_correction", "corrected", NEW_ACCOUNT)
    await bounced.done("finance_review", "approve")
    await until_waits_for(counter, batch, "transfer", 1)
    released = await done(counter, FINANCE_HEAD, f"/{batch}/release", {"password": ""})
    assert (released["no"], released["lines"], released["total"]) == (2, 1, "10200.00")
    [line] = await bank_file(counter, batch, no=2)
    assert (line["付款流水号"], line["收款人账号"]) == (f"{bounced.number}-2", "6200000000000009999")
    assert (await handed_in(counter, [said(line)]))["rows"]["accepted"] == 1
    await until_state(counter, batch, "closed")
    with books(stack) as connection:
        assert [balances(connection, payment) for _case, payment in cases] == [PAID] * 4


async def test_release_asks_for_the_password_again(counter: Counter) -> None:
    _case, payment = await payable(counter)
    made = await done(counter, COUNTY_DESK, "", {"payments": [payment]}, status=201)
    batch = made["id"]
    single = await _case.answer("payment_request", "submit")
    assert (single.status, single.content["type"]) == (409, "/problems/in-a-batch")
    assert (await counter.ask(COUNTY_DESK, "POST", f"{BATCHES}/{batch}/approve")).status == 403
    await done(counter, COUNTY_DESK, f"/{batch}/submit")
    await done(counter, COUNTY_LEADER, f"/{batch}/send-back", {"reason": "请核对"})
    await done(counter, COUNTY_DESK, f"/{batch}/submit")
    await done(counter, COUNTY_LEADER, f"/{batch}/approve")
    await until_waits_for(counter, batch, "finance_review", 1)
    await done(counter, FINANCE_DESK, f"/{batch}/finance-approve")
    await until_waits_for(counter, batch, "transfer", 1)
    unreleased = await _case.answer("transfer", "confirmed")
    assert (unreleased.status, unreleased.content["type"]) == (409, "/problems/not-released")
    wrong = await counter.ask(FINANCE_HEAD, "POST", f"{BATCHES}/{batch}/release", {"password": "wrong"})
    assert (wrong.status, wrong.content["type"]) == (403, "/problems/step-up-failed")
    assert (await seen(counter, batch))["releases"] == []
    path, password = f"{BATCHES}/{batch}/release", {"password": PASSWORD}
    at_once = await asyncio.gather(*(counter.ask(FINANCE_HEAD, "POST", path, password) for _twin in range(3)))
    assert sorted(reply.status for reply in at_once if reply.status) == [200, 409, 409]
    assert [one["no"] for one in (await seen(counter, batch))["releases"]] == [1]
    assert len(await bank_file(counter, batch)) == 1
    for form in ("pdf", "xlsx"):
        assert len(await download(counter, COUNTY_DESK, f"/{batch}/request.{form}")) > 1000


async def test_hold_query_return_and_unknown_outcome_lead_on(counter: Counter, stack: Stack) -> None:
    case, payment = await payable(counter)
    await case.done("payment_request", "hold", {"reason": "核查线索"})
    assert (await case.view())["payment"]["status"] == "on_hold"
    await case.done("payment_request", "submit")
    await case.done("finance_review", "query", {"question": "请说明收款人"})
    assert (await case.view())["payment"]["status"] == "queried"
    await case.done("payment_query", "answered", {"reply": "为本人账户"})
    await case.done("finance_review", "return", {"reason": "请补充说明"})
    assert (await case.view())["payment"]["status"] == "pay_prepared"
    again = await case.task("payment_request")
    assert again["due"]["basis"]["counted_from"] == again["opened_at"][:10]  # a term of its own, from the return on
    await case.done("payment_request", "submit")
    await case.done("finance_review", "approve")
    await case.done("transfer", "unknown")
    assert "transfer" not in await case.tasks()
    await case.done("bank_inquiry", "not_paid", {"note": "银行称未受理"})
    await case.done("transfer", "unknown")
    await case.done("bank_inquiry", "paid", {"bank_receipt": "HD-77"})
    seen_case = await case.until_status("paid")
    assert [one["state"] for one in seen_case["payment"]["attempts"]] == ["not_paid", "confirmed"]
    with books(stack) as connection:
        assert balances(connection, payment) == PAID


async def test_death_after_finance_has_approved_leads_back_to_the_payee(counter: Counter, stack: Stack) -> None:
    case, payment = await payable(counter)
    made = await done(counter, COUNTY_DESK, "", {"payments": [payment]}, status=201)
    batch = made["id"]
    await done(counter, COUNTY_DESK, f"/{batch}/submit")
    await done(counter, COUNTY_LEADER, f"/{batch}/approve")
    await until_waits_for(counter, batch, "finance_review", 1)
    await done(counter, FINANCE_DESK, f"/{batch}/finance-approve")
    await until_waits_for(counter, batch, "transfer", 1)
    with books(stack) as connection:
        connection.execute("update application set deceased_on = '2025-03-01' where id = %s", (case.id,))
    left = await done(counter, FINANCE_HEAD, f"/{batch}/release", {"password": PASSWORD}, status=409)
    assert [one["code"] for one in left["left_out"]] == ["payee-deceased"]
    await case.done("transfer", "return", {"reason": "申请人已死亡"})
    refused = await case.answer("finance_review", "approve")
    assert (refused.status, refused.content["type"]) == (409, "/problems/payee-deceased")
    await case.done("finance_review", "return", {"reason": "请更正收款人"})
    closed = await until_state(counter, batch, "closed")
    assert [line["state"] for line in closed["items"]] == ["returned"]
    with books(stack) as connection:
        states = "select state from payment_attempt where payment_id = %s order by no"
        assert connection.execute(states, (payment,)).fetchall() == [("cancelled",)]
        connection.execute("update application set payee_checked_on = '2025-03-03' where id = %s", (case.id,))
    await case.done("payment_request", "submit")
    await case.done("finance_review", "approve")
    await case.done("transfer", "confirmed")
    await case.until_status("paid")
    with books(stack) as connection:
        assert balances(connection, payment) == PAID
        assert connection.execute(states, (payment,)).fetchall() == [("cancelled",), ("confirmed",)]


async def test_two_officers_and_repeated_answers_pay_once(counter: Counter, stack: Stack) -> None:
    case, payment = await payable(counter)
    await case.done("payment_request", "submit")
    await case.done("finance_review", "approve")
    task = (await case.task("transfer"))["id"]
    key = {"Idempotency-Key": str(uuid.uuid4())}
    outcomes = ("confirmed", "bounced", "confirmed", "confirmed")
    fields: dict[str, dict[str, Any]] = {"confirmed": {}, "bounced": {"reason": "other"}}
    replies = await asyncio.gather(
        *(case.answer("transfer", one, fields[one], task=task, by=FINANCE_HEAD, headers={}) for one in outcomes),
        *(case.answer("transfer", "confirmed", task=task, by=FINANCE_HEAD, headers=key) for _twin in range(3)),
    )
    accepted = [reply for reply in replies if reply.status == 200]
    assert {reply.status for reply in replies} <= {200, 409}
    assert len(accepted) >= 1
    with books(stack) as connection:
        paid = connection.execute(
            "select count(*) from payment_attempt where payment_id = %s and state <> 'open'", (payment,)
        ).fetchone()
    assert paid == (1,)


async def test_recovery_is_booked_beside_what_was_paid(counter: Counter, stack: Stack) -> None:
    case, payment = await payable(counter)
    await case.done("payment_request", "submit")
    await case.done("finance_review", "approve")
    await case.done("transfer", "confirmed")
    await case.until_status("paid")
    claim = {"amount": "200.00", "reason": "重复报销", "decided_on": "2025-03-03"}
    path = f"/api/v1/payments/{payment}/recoveries"
    too_much = await counter.ask(COUNTY_DESK, "POST", path, {**claim, "amount": "10200.01"})
    assert too_much.status == 422
    made = await counter.ask(COUNTY_DESK, "POST", path, claim)
    assert made.status == 201, made.content
    recovery = f"/api/v1/recoveries/{made.content['id']}"
    assert (await counter.ask(COUNTY_DESK, "POST", f"{recovery}/approve")).status == 403
    assert (await counter.ask(COUNTY_HEAD, "POST", f"{recovery}/approve")).status == 204
    with books(stack) as connection:
        assert balances(connection, payment) == {
            "aid_expense": "10000.00",
            "recoverable": "200.00",
            "special_account": "-10200.00",
        }
    received = {"received_on": "2025-03-03"}
    assert (await counter.ask(FINANCE_DESK, "POST", f"{recovery}/receive", received)).status == 204
    assert (await counter.ask(FINANCE_DESK, "POST", f"{recovery}/receive", received)).status == 409
    with books(stack) as connection:
        assert balances(connection, payment) == {"aid_expense": "10000.00", "special_account": "-10000.00"}
        person = "select person_id from application where id = %s"
        net = connection.execute(
            f"select recovered_in_year(({person}), 2024), recovered_in_year(({person}), 2025)", (case.id, case.id)
        ).fetchone()
    assert [str(one) for one in net] == ["200.00", "0"]


async def test_fund_shows_raised_paid_and_the_ratio(counter: Counter) -> None:
    path = "/api/v1/funds/140522"
    before = (await counter.ask(FINANCE_DESK, "GET", f"{path}/2025")).content
    income = {"source": "donation", "amount": "1000.00", "received_on": "2025-02-03", "document": "收据3号"}
    assert (await counter.ask(COUNTY_DESK, "POST", f"{path}/income", income)).status == 403
    made = await counter.ask(FINANCE_DESK, "POST", f"{path}/income", income)
    assert made.status == 201, made.content
    opening = {**income, "source": "opening_balance", "amount": "500.00", "received_on": "2024-12-31"}
    assert (await counter.ask(FINANCE_DESK, "POST", f"{path}/income", opening)).status == 201
    after = (await counter.ask(FINANCE_DESK, "GET", f"{path}/2025")).content
    assert float(after["raised"]) - float(before["raised"]) == 1000
    assert float(after["balance"]) - float(before["balance"]) == 1500
    assert float(after["carried_over"]) - float(before["carried_over"]) == 500
    city = (await counter.ask("city.medical_insurance.supervisor@1405", "GET", "/api/v1/funds/1405/2025")).content
    assert city["raised"] == after["raised"]
    assert [part["division"] for part in city["parts"]] == ["140522"]
    assert (await counter.ask(FINANCE_DESK, "POST", f"{path}/income/{made.content['id']}/undo")).status == 204
    undone = (await counter.ask(FINANCE_DESK, "GET", f"{path}/2025")).content
    assert undone["raised"] == before["raised"]
    assert (await counter.ask(FINANCE_DESK, "POST", f"{path}/income/{made.content['id']}/undo")).status == 409
    assert (await counter.ask("county.medical_insurance.caseworker@140827", "GET", f"{path}/2025")).status == 404
