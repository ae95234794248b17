"""Batches at the counter: who may, what goes in once, numbers without gaps, and a ledger that the database keeps in balance."""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from activities.payments import Payments, PaymentStep
from api.answering.payment import check_heirs
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.demonstration import PASSWORD
from store.files import FileRow
from store.models import Base
from store.payments import AttemptRow, PaymentRow
from store.vault import Vault
from tests.api.conftest import COUNTY_CASEWORKER, COUNTY_SUPERVISOR, MORNING, Counter, StoppedClock, SystemTime

LEADER = "county.medical_insurance.leader@140522"
FINANCE = "county.finance.caseworker@140522"
FINANCE_SUPERVISOR = "county.finance.supervisor@140522"
NEIGHBOUR = "county.medical_insurance.caseworker@140827"
TOWNSHIP_CASEWORKER = "township.township_government.caseworker@140522100"
ADMINISTRATOR = "county.medical_insurance.administrator@140522"


async def payable(counter: Counter, worker: Database, amount: str = "100.00") -> dict[str, Any]:
    """A filed case with an approved amount and an open request, as the procedures leave it; with its payment's id."""
    filed = await counter.file()
    application, division = uuid.UUID(filed["id"]), filed["number"][:9]
    async with worker.transaction(WHOLE) as session:
        decision = DecisionRow(
            id=uuid.uuid4(),
            application_id=application,
            division=division,
            outcome="eligible",
            amount=Decimal(amount),
            as_of=MORNING.date(),
            category="GXZC",
            base=Decimal(amount),
            grounds=[],
            trace=[],
            facts={},
            parameters=[],
            missing=[],
            marks=[],
            made_at=MORNING,
            final=True,
        )
        session.add(decision)
        await session.flush()
        payment = PaymentRow(
            id=uuid.uuid4(),
            application_id=application,
            decision_id=decision.id,
            division=division,
            amount=Decimal(amount),
            payee_kind="person",
            status="pay_prepared",
            created_at=MORNING,
        )
        session.add(payment)
    task = await counter.open_task(filed, "payment_request")
    return {**filed, "payment": str(payment.id), "task": task}


async def prepared(counter: Counter, *payments: str, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"payments": list(payments)}
    return await counter.as_(COUNTY_CASEWORKER, "POST", "/disbursements", json=body, headers=headers)


async def test_batch_asked_for_twice_is_made_once(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    key = str(uuid.uuid4())
    first, second = await asyncio.gather(*(prepared(counter, one["payment"], key=key) for _twin in range(2)))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()


async def test_payment_lies_in_one_batch_only_and_numbers_have_no_gaps(counter: Counter, worker: Database) -> None:
    payments = [(await payable(counter, worker))["payment"] for _one in range(3)]
    replies = await asyncio.gather(*(prepared(counter, *payments) for _twin in range(4)))
    made = [reply.json() for reply in replies if reply.status_code == 201]
    assert sum(one["lines"] for one in made) == 3
    assert all(reply.json()["type"] == "/problems/nothing-to-gather" for reply in replies if reply.status_code != 201)
    following = await payable(counter, worker)
    after = (await prepared(counter, following["payment"])).json()
    numbers = sorted(int(one["number"].rpartition("-")[2]) for one in made)
    assert numbers == list(range(numbers[0], numbers[0] + len(made)))
    assert int(after["number"].rpartition("-")[2]) == numbers[-1] + 1


async def test_who_may_do_what(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    batch = (await prepared(counter, one["payment"])).json()["id"]
    path = f"/disbursements/{batch}"
    seen = {
        COUNTY_CASEWORKER: 200,
        LEADER: 200,
        FINANCE: 200,
        NEIGHBOUR: 404,
        TOWNSHIP_CASEWORKER: 403,
        ADMINISTRATOR: 403,
    }
    for who, status in seen.items():
        assert (await counter.as_(who, "GET", path)).status_code == status, who
    for who in (COUNTY_SUPERVISOR, LEADER, FINANCE):
        assert (await counter.as_(who, "POST", f"{path}/submit")).status_code == 403, who
    assert (await counter.as_(COUNTY_CASEWORKER, "POST", f"{path}/submit")).status_code == 200
    for who in (COUNTY_CASEWORKER, COUNTY_SUPERVISOR, FINANCE_SUPERVISOR):
        assert (await counter.as_(who, "POST", f"{path}/approve")).status_code == 403, who
    release = await counter.as_(FINANCE, "POST", f"{path}/release", json={"password": "x"})
    assert release.status_code == 403


async def test_leader_who_decided_a_case_does_not_approve_its_batch(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    countersign = await counter.open_task(one, "county_countersign")
    assert (await counter.answer(LEADER, countersign, "signed")).status_code == 200
    batch = (await prepared(counter, one["payment"])).json()["id"]
    await counter.as_(COUNTY_CASEWORKER, "POST", f"/disbursements/{batch}/submit")
    refused = await counter.as_(LEADER, "POST", f"/disbursements/{batch}/approve")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/separation-of-duties")
    assert refused.json()["cases"] == [one["number"]]


async def test_approval_tells_of_each_line(counter: Counter, worker: Database) -> None:
    good, claimed = await payable(counter, worker), await payable(counter, worker)
    second = "county.medical_insurance.caseworker2@140522"
    assert (await counter.as_(second, "POST", f"/tasks/{claimed['task']}/claim")).status_code == 200
    batch = (await prepared(counter, good["payment"], claimed["payment"])).json()["id"]
    await counter.as_(COUNTY_CASEWORKER, "POST", f"/disbursements/{batch}/submit")
    told = (await counter.as_(LEADER, "POST", f"/disbursements/{batch}/approve")).json()
    assert (told["done"], told["refused"]) == (1, 1)
    assert {line["number"]: line["done"] for line in told["lines"]} == {good["number"]: True, claimed["number"]: False}
    again = (await counter.as_(LEADER, "POST", f"/disbursements/{batch}/approve")).json()
    assert (again["done"], again["refused"]) == (0, 1)
    async with worker.transaction(WHOLE) as session:
        by = await session.scalar(
            text("select a.username from task t join account a on a.id = t.answered_by where t.id = :task"),
            {"task": good["task"]},
        )
    assert by == COUNTY_CASEWORKER


async def test_line_taken_out_may_go_into_another_batch(counter: Counter, worker: Database) -> None:
    one, other = await payable(counter, worker), await payable(counter, worker)
    batch = (await prepared(counter, one["payment"], other["payment"])).json()["id"]
    change = {"remove": [one["payment"]]}
    assert (await counter.as_(COUNTY_CASEWORKER, "POST", f"/disbursements/{batch}/lines", json=change)).json()[
        "lines"
    ] == 1
    assert (await prepared(counter, one["payment"])).status_code == 201
    back = await counter.as_(COUNTY_CASEWORKER, "POST", f"/disbursements/{batch}/lines", json={"add": [one["payment"]]})
    assert [left["code"] for left in back.json()["left_out"]] == ["not-open"]


async def test_nobody_dead_is_paid_before_the_payee_was_corrected(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text("update application set deceased_on = '2025-03-01' where id = :id"), {"id": one["id"]}
        )
    refused = await counter.answer(COUNTY_CASEWORKER, one["task"], "submit")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/payee-deceased")
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text("update application set payee_checked_on = '2025-03-02' where id = :id"), {"id": one["id"]}
        )
    assert (await counter.answer(COUNTY_CASEWORKER, one["task"], "submit")).status_code == 200


async def test_township_is_never_a_payee(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    task = await counter.open_task(one, "account_correction")
    payee = {"payee_kind": "person", "payee_name": "凤城镇人民政府", "account": "6222000011112222", "basis": "更正"}
    refused = await counter.answer(COUNTY_CASEWORKER, task, "corrected", fields=payee)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/fields/payee_name")
    township = await counter.answer(COUNTY_CASEWORKER, task, "corrected", fields={**payee, "payee_kind": "township"})
    assert township.json()["errors"][0]["pointer"] == "/fields/payee_kind"


@pytest.mark.parametrize(
    ("reason", "bank", "status"),
    [
        ("account_closed", "另一银行", 422),
        ("name_mismatch", "虚构银行", 422),
        ("no_account", "虚构银行", 422),
        ("no_account", "另一银行", 200),
        ("wrong_bank", "另一银行", 200),
        ("account_frozen", "虚构银行", 200),
        ("other", "虚构银行", 200),
    ],
)
async def test_account_that_was_sent_back_is_not_tried_again(
    counter: Counter, worker: Database, vault: Vault, reason: str, bank: str, status: int
) -> None:
    one, attempt = await payable(counter, worker), uuid.uuid4()
    tried = {"name": "金小雀", "account": "6222000011112222", "bank": "虚构银行"}
    async with worker.transaction(WHOLE) as session:
        bounced = AttemptRow(
            id=attempt,
            payment_id=uuid.UUID(one["payment"]),
            division="140522100",
            no=1,
            state="bounced",
            payee_kind="person",
            payee_sealed=vault.seal("payment_attempt", "payee", attempt, tried),
            opened_at=MORNING,
            ended_on=MORNING.date(),
            reason=reason,
        )
        session.add(bounced)
    task = await counter.open_task(one, "account_correction")
    payee = {
        "payee_kind": "person",
        "payee_name": "金小雀",
        "account": "6222 0000 1111 2222",
        "bank": bank,
        "basis": "核",
    }
    replied = await counter.answer(COUNTY_CASEWORKER, task, "corrected", fields=payee)
    assert replied.status_code == status, replied.text
    if status == 422:
        [problem] = replied.json()["errors"]
        assert (problem["pointer"], problem["zh"]) == ("/fields/account", "与退票的账户相同，请核对后重新填写")
        right = payee | {"account": "6222000011113333"}
        assert (await counter.answer(COUNTY_CASEWORKER, task, "corrected", fields=right)).status_code == 200


async def test_step_up_lasts_a_few_minutes_and_wrong_ones_are_counted(
    counter: Counter, system_time: SystemTime
) -> None:
    path = f"/disbursements/{uuid.uuid4()}/release"

    async def given(password: str) -> int:
        return (await counter.as_(FINANCE_SUPERVISOR, "POST", path, json={"password": password})).status_code

    assert await given("") == 403
    assert await given(PASSWORD) == 404, "the password is right, the batch unknown"
    assert await given("") == 404
    system_time.passed = timedelta(minutes=6)
    assert await given("") == 403
    assert [await given("wrong") for _try in range(6)] == [403] * 5 + [429]
    assert await given(PASSWORD) == 429


async def test_heir_is_paid_where_the_jurisdiction_lets_heirs_be_paid(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    task = await counter.open_task(one, "account_correction")
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text("update application set deceased_on = '2025-03-01' where id = :id"), {"id": one["id"]}
        )
    payee = {"payee_kind": "person", "payee_name": "金小雀", "account": "6222000011112222", "basis": "继承人"}
    replied = await counter.answer(COUNTY_CASEWORKER, task, "corrected", fields=payee)
    assert replied.status_code == 200, replied.text
    assert [problem.pointer for problem in check_heirs("INSTITUTION_ONLY")] == ["/fields/payee_kind"]


TABLES = (
    "payment_attempt",
    "recovery",
    "ledger_entry",
    "ledger_line",
    "disbursement",
    "disbursement_line",
    "disbursement_release",
    "fund_income",
)


def test_models_and_migrations_say_the_same(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    named = [f"'{table}'" for table in (*TABLES, "payment")]
    assert [one for one in differences if any(name in repr(one) for name in named)] == []


async def test_every_table_forces_its_walls(worker: Database) -> None:
    forced = "select relname from pg_class where relname = any(:tables) and relrowsecurity and relforcerowsecurity"
    async with worker.transaction(WHOLE) as session:
        assert set(await session.scalars(text(forced), {"tables": list(TABLES)})) == set(TABLES)


async def test_other_counties_and_departments_see_no_money(
    counter: Counter, worker: Database, migrated: DataFolder
) -> None:
    one = await payable(counter, worker)
    await prepared(counter, one["payment"])
    seen = {}
    async with await psycopg.AsyncConnection.connect(f"host={migrated.socket} user=jiuzhu_api dbname=jiuzhu") as sql:
        for scope, department in (("140522", "finance"), ("140827", "finance"), ("140522", "civil_affairs")):
            await sql.execute(
                "select set_config('app.scope', %s, true), set_config('app.department', %s, true)", (scope, department)
            )
            rows = await sql.execute("select (select count(*) from disbursement), (select count(*) from payment)")
            seen[scope, department] = [count > 0 for count in await rows.fetchone() or ()]
    assert seen == {
        ("140522", "finance"): [True, True],
        ("140827", "finance"): [False, False],
        ("140522", "civil_affairs"): [False, False],
    }


async def test_payment_file_is_handed_out_by_its_batch_alone(counter: Counter, worker: Database) -> None:
    file = uuid.uuid4()
    async with worker.transaction(WHOLE) as session:
        session.add(
            FileRow(
                id=file,
                division="140522",
                origin="payment_file",
                media_type="text/csv",
                size=1,
                sha256=b"",
                name_sealed=b"",
                created_at=MORNING,
            )
        )
    for who in (COUNTY_CASEWORKER, COUNTY_SUPERVISOR, FINANCE_SUPERVISOR):
        assert (await counter.as_(who, "GET", f"/files/{file}")).status_code == 404, who


UNBALANCED = """
with entry as (insert into ledger_entry (key, kind, division, booked_on, booked_at)
  values (:key, 'income', '140522', '2025-03-03', now()) returning id)
insert into ledger_line (entry_id, division, account, side, amount)
select id, '140522', a, s, m from entry, (values ('special_account', 'debit', 2.00), ('income', 'credit', :credit)) v(a, s, m)
"""


@pytest.mark.parametrize(("credit", "kept"), [("2.00", True), ("1.99", False)])
async def test_database_refuses_an_entry_out_of_balance(worker: Database, credit: str, kept: bool) -> None:
    values = {"key": f"test/{uuid.uuid4()}", "credit": Decimal(credit)}

    async def book() -> None:
        async with worker.transaction(WHOLE) as session:
            await session.execute(text(UNBALANCED), values)

    if kept:
        await book()
        with pytest.raises(DBAPIError, match="ledger_entry_key_key"):
            await book()
    else:
        with pytest.raises(DBAPIError, match="not in balance"):
            await book()


async def test_entry_without_lines_is_refused(worker: Database) -> None:
    with pytest.raises(DBAPIError, match="not in balance"):
        async with worker.transaction(WHOLE) as session:
            await session.execute(
                text(
                    "insert into ledger_entry (key, kind, division, booked_on, booked_at) "
                    "values (:key, 'income', '140522', '2025-03-03', now())"
                ),
                {"key": f"test/{uuid.uuid4()}"},
            )


@pytest.mark.parametrize("role", ["jiuzhu_api", "jiuzhu_worker"])
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_line", "disbursement_release"])
async def test_books_are_only_added_to(migrated: DataFolder, role: str, table: str) -> None:
    address = f"host={migrated.socket} user={role} dbname=jiuzhu"
    async with await psycopg.AsyncConnection.connect(address) as sql:
        for statement in (f"update {table} set division = division", f"delete from {table}"):
            await sql.execute(
                "select set_config('app.scope', '140522', true), set_config('app.department', 'finance', true)"
            )
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await sql.execute(statement.encode())
            await sql.rollback()


async def test_attempt_is_paid_once_whatever_is_tried(counter: Counter, worker: Database) -> None:
    one = await payable(counter, worker)
    insert = text(
        "insert into payment_attempt (payment_id, division, no, state, payee_kind, payee_sealed, opened_at, ended_on) "
        "values (:payment, '140522100', :no, 'confirmed', 'person', ''::bytea, now(), '2025-03-03')"
    )
    async with worker.transaction(WHOLE) as session:
        await session.execute(insert, {"payment": one["payment"], "no": 1})
    with pytest.raises(DBAPIError, match="payment_attempt_paid_once"):
        async with worker.transaction(WHOLE) as session:
            await session.execute(insert, {"payment": one["payment"], "no": 2})


async def test_procedure_that_walks_through_its_answers_again_books_nothing_anew(
    counter: Counter, worker: Database, vault: Vault, clock: StoppedClock
) -> None:
    """As after Temporal has lost it: the bank sent the first attempt back, the second is on its way."""
    one = await payable(counter, worker)
    payments = Payments(worker, clock, vault)

    async def answered(kind: str, outcome: str) -> PaymentStep:
        clock.moment += timedelta(minutes=1)
        async with worker.transaction(WHOLE) as session:
            by = await session.scalar(text("select id from account where username = :name"), {"name": FINANCE})
        task = await counter.open_task(
            one, kind, state="answered", outcome=outcome, answered_by=by, answered_at=clock.moment
        )
        return PaymentStep(one["id"], task, clock.moment.date().isoformat())

    async def books() -> tuple[list[str], list[tuple[int, str]]]:
        async with worker.transaction(WHOLE) as session:
            keys = await session.scalars(
                text("select key from ledger_entry where payment_id = :payment order by key"),
                {"payment": one["payment"]},
            )
            attempts = await session.execute(
                text("select no, state from payment_attempt where payment_id = :payment order by no"),
                {"payment": one["payment"]},
            )
            return list(keys), [(row.no, row.state) for row in attempts]

    approved = await answered("finance_review", "approve")
    await payments.approved(approved)
    bounced = await answered("transfer", "bounced")
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text("update payment_attempt set state = 'bounced', ended_on = :day where payment_id = :payment"),
            {"day": clock.moment.date(), "payment": one["payment"]},
        )
    await payments.bounced(bounced)
    corrected = await answered("account_correction", "corrected")
    await payments.corrected(corrected)
    await payments.submitted(replace(corrected, again=True))
    second = await answered("finance_review", "approve")
    await payments.approved(second)
    before = await books()
    assert before[1] == [(1, "bounced"), (2, "open")]
    await payments.approved(approved)
    await payments.bounced(bounced)
    await payments.corrected(corrected)
    await payments.submitted(replace(corrected, again=True))
    await payments.approved(second)
    assert await books() == before
    await answered("transfer", "return")
    await payments.submitted(replace(corrected, again=True))
    assert (await books())[1] == [(1, "bounced"), (2, "cancelled")]
