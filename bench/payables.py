"""A batch of 500 payables from its gathering to the bank's answer, twelve of them sent back, reconciled to the cent.

The payables are written as the application procedure leaves them (case, final decision, county's notice, payment), each
with an amount of its own; from there everything goes through the counter: gathering, the leader's approval, finance's
review, release, the bank's return files, the corrected accounts, the second release. At the end SQL of its own adds up.

python -m bench.payables [--payables 500] [--returns 12] [--seed 1]
"""

import argparse
import asyncio
import csv
import io
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from sqlalchemy import select

from bench.machine import commit, machine
from policy.deadlines import SHANGHAI
from policy.procedures import CASEWORK, Procedure, workflow_id
from runtime import keys
from runtime.demo_people import COUNTY, COUNTY_DESK, FINANCE_DESK, FINANCE_HEAD, TOWN, TOWN_DESK
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from runtime.temporal import connect
from store.accounts import AccountRow
from store.applications import ApplicationRow, PublicityRow
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.demonstration import PASSWORD
from store.outbox import start_case
from store.payments import PaymentRow
from store.people import PersonRow
from store.vault import Vault
from tests.casework import id_number
from tests.faults.promises import PROMISES

LEADER = f"county.medical_insurance.leader@{COUNTY}"
BATCHES = "/api/v1/disbursements"
HEADER = ("付款流水号", "金额", "收款人账号", "交易结果", "失败原因", "交易日期", "银行回单号")
PATIENCE = 600.0
CHECKED = tuple(name for name in PROMISES if name.startswith("I1") and "approved application" not in name)
_SUMS = """
select (select count(*) from payment_attempt where state = 'confirmed'),
       (select count(*) from payment_attempt where state = 'bounced'),
       (select count(*) from (select payment_id from payment_attempt where state = 'confirmed'
         group by 1 having count(*) > 1) twice),
       (select sum(amount) from payment), (select sum(l.amount) from ledger_line l join ledger_entry e on e.id = l.entry_id
         where e.kind = 'paid' and l.account = 'special_account')
"""


@dataclass
class Seconds:
    """How long each part took."""

    parts: dict[str, float] = field(default_factory=dict)

    async def of(self, name: str, work: Any) -> Any:
        began = time.monotonic()
        made = await work
        self.parts[name] = time.monotonic() - began
        return made


async def run(payables: int, returns: int, seed: int) -> str:
    """Raises AssertionError when a cent is missing."""
    chance, seconds = random.Random(seed), Seconds()
    with tempfile.TemporaryDirectory() as folder:
        async with Stack(Path(folder) / "data", demo=True, up=True) as stack:
            counter = Counter(stack.api_url)
            counter._http.timeout = httpx2.Timeout(PATIENCE)
            await seconds.of("payables written", _payables(stack, payables, chance))
            await seconds.of("requests opened", _until_open(counter, payables))
            batch = (await _post(counter, COUNTY_DESK, "", {}, 201))["id"]
            await _post(counter, COUNTY_DESK, f"/{batch}/submit")
            await seconds.of("leader approves, lines submitted", _post(counter, LEADER, f"/{batch}/approve"))
            await _until(counter, batch, "finance_review", payables)
            await seconds.of("finance approves all lines", _post(counter, FINANCE_DESK, f"/{batch}/finance-approve"))
            await _until(counter, batch, "transfer", payables)
            released = await seconds.of("release and files", _release(counter, batch))
            assert released["lines"] == payables
            lines = await _bank_file(counter, batch, 1)
            failed = set(chance.sample(range(payables), returns))
            answer = [_said(line, failed=place in failed) for place, line in enumerate(lines)]
            told = await seconds.of("first return file", _return(counter, answer))
            assert (told["accepted"], told["returned"]) == (payables, 0), told
            again = await _return(counter, list(reversed(answer)))
            assert (again["accepted"], again["duplicate"]) == (0, payables), again
            await seconds.of("accounts corrected", _correct(counter, batch, returns))
            await _release(counter, batch)
            second = [_said(line) for line in await _bank_file(counter, batch, 2)]
            assert (await _return(counter, second))["accepted"] == returns
            await seconds.of("until the batch has closed", _until_closed(counter, batch))
            report = _reconciled(stack, payables, returns)
            await counter.close()
    parts = "; ".join(f"{name} {took:.1f} s" for name, took in seconds.parts.items())
    return f"{report}; {parts}; seed {seed}, commit {commit()}, {machine()}"


async def _payables(stack: Stack, number: int, chance: random.Random) -> None:
    """As the application procedure leaves them; the procedure itself is put in its place as ended."""
    vault = keys.vault(keys.load(stack.settings.folder.keyring))
    database = Database(stack.settings.database_url("worker"), pool_size=4)
    now = datetime.now(SHANGHAI)
    async with database.transaction(WHOLE) as session:
        clerk = await session.scalar(select(AccountRow.id).where(AccountRow.username == TOWN_DESK.format(town=TOWN)))
        assert clerk is not None
        numbers = []
        for place in range(number):
            application = _case(vault, place, clerk, now)
            numbers.append(application.key)
            session.add(_person(vault, application, place, now))
            await session.flush()
            session.add(application)
            await session.flush()
            decision = _decision(application, Decimal(chance.randrange(100, 4_000_000)) / 100, now)
            session.add_all((decision, _notice(application, now.date())))
            await session.flush()
            session.add(_payment(application, decision, now))
            await start_case(session, Procedure.PAYMENT, application, at=now)
    await database.close()
    client = await connect(stack.settings)
    for one in numbers:
        identity = workflow_id(Procedure.APPLICATION, one)
        await client.start_workflow("probe", id=identity, task_queue=CASEWORK)


def _person(vault: Vault, application: ApplicationRow, place: int, now: datetime) -> PersonRow:
    number = id_number("140522", f"19{60 + place // 900}0301", place % 900)
    return PersonRow(
        id=application.person_id,
        division=TOWN,
        id_index=vault.blind("id_number", number),
        name_index=vault.blind("name", f"试{place}"),
        last4_index=vault.blind("last4", number[-4:]),
        sealed=vault.seal("person", "sealed", application.person_id, {"name": f"试{place}", "id_number": number}),
        created_at=now,
    )


def _case(vault: Vault, place: int, clerk: uuid.UUID, now: datetime) -> ApplicationRow:
    key, day = uuid.uuid4(), now.date() - timedelta(days=60)
    payee = {"name": f"试{chr(0x4E00 + place)}", "account": f"62000000000{place:08d}", "bank": "虚构银行阳城支行"}
    money = dict.fromkeys(
        ("critical_illness", "supplementary", "commercial", "preferential_subsidy", "mutual_aid"), Decimal(0)
    )
    return ApplicationRow(
        id=key,
        number=f"{TOWN}{now.year}{90000 + place:05d}",
        division=TOWN,
        category="GXZC",
        status="county_publicity",
        person_id=uuid.uuid4(),
        residence="rural",
        registered_in=TOWN,
        submitted_on=day,
        filed_at=now,
        filed_by=clerk,
        accepted_on=day,
        last_act_on=day,
        pending_papers=False,
        opening=1,
        resume_at="acceptance",
        direct=False,
        applicant_sealed=vault.seal("application", "applicant", key, {"name": payee["name"]}),
        medical_sealed=vault.seal("application", "medical", key, {}),
        payee_sealed=vault.seal("application", "payee", key, payee),
        settlement_index=vault.blind("settlement", f"bench-{place}"),
        total=Decimal(90000),
        compliant_total=Decimal(80000),
        basic=Decimal(10000),
        admitted_on=day,
        discharged_on=day,
        settled_on=day,
        out_of_region=False,
        one_stop=False,
        payee_kind="person",
        **money,
    )


def _decision(application: ApplicationRow, amount: Decimal, now: datetime) -> DecisionRow:
    return DecisionRow(
        id=uuid.uuid4(),
        application_id=application.id,
        division=TOWN,
        outcome="eligible",
        amount=amount,
        as_of=application.settled_on,
        category="GXZC",
        base=Decimal(70000),
        grounds=["A-13"],
        trace=[],
        facts={},
        parameters=[],
        missing=[],
        marks=["DEMO"],
        made_at=now,
        final=True,
    )


def _notice(application: ApplicationRow, today: date) -> PublicityRow:
    posted = today - timedelta(days=10)
    return PublicityRow(
        application_id=application.id,
        division=TOWN,
        level="county",
        round=1,
        posted_on=posted,
        last_day=today - timedelta(days=3),
        result="no_objection",
        result_on=today,
    )


def _payment(application: ApplicationRow, decision: DecisionRow, now: datetime) -> PaymentRow:
    return PaymentRow(
        application_id=application.id,
        decision_id=decision.id,
        division=TOWN,
        amount=decision.amount,
        payee_kind="person",
        status="pay_prepared",
        created_at=now,
    )


def _said(line: dict[str, str], *, failed: bool = False) -> Sequence[str]:
    day = datetime.now(SHANGHAI).date().isoformat()
    result, reason = ("失败", "账户已销户") if failed else ("成功", "")
    return (line["付款流水号"], line["金额"], line["收款人账号"][-4:], result, reason, day, "HD")


async def _release(counter: Counter, batch: str) -> dict[str, Any]:
    return await _post(counter, FINANCE_HEAD, f"/{batch}/release", {"password": PASSWORD})


async def _correct(counter: Counter, batch: str, returns: int) -> None:
    """The county finds out the right accounts, finance looks at them."""
    waiting = await _until(counter, batch, "account_correction", returns)
    for place, line in enumerate(line for line in waiting["items"] if line["waits_for"] == "account_correction"):
        fields = {
            "payee_kind": "person",
            "payee_name": f"试改{place}",
            "account": f"62999999999{place:08d}",
            "basis": "重新提供的银行卡复印件",
        }
        answer = {"outcome": "corrected", "fields": fields}
        reply = await counter.ask(COUNTY_DESK, "POST", f"/api/v1/tasks/{line['task']}/answer", answer)
        assert reply.status == 200, reply
    await _until(counter, batch, "finance_review", returns)
    await _post(counter, FINANCE_DESK, f"/{batch}/finance-approve")
    await _until(counter, batch, "transfer", returns)


async def _post(counter: Counter, actor: str, path: str, content: Any = None, status: int = 200) -> dict[str, Any]:
    reply = await counter.ask(actor, "POST", f"{BATCHES}{path}", content)
    assert reply.status == status, reply
    if "refused" in reply.content:
        assert reply.content["refused"] == 0, reply.content
    return dict(reply.content)


async def _bank_file(counter: Counter, batch: str, no: int) -> list[dict[str, str]]:
    headers = await counter._authorization(FINANCE_HEAD)
    answer = await counter._http.get(f"{BATCHES}/{batch}/releases/{no}/payment.csv", headers=headers)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def _return(counter: Counter, rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    content = "\r\n".join(",".join(row) for row in (HEADER, *rows)).encode("gb18030")
    form = {"kind": "bank_return", "division": COUNTY}
    reply = await counter.hand_in(FINANCE_DESK, "/api/v1/uploads", form, ("return.csv", content))
    assert reply.status == 202, reply
    address = f"/api/v1/uploads/{reply.content['id']}"

    def over(upload: Any) -> bool:
        return upload["state"] in ("done", "refused")

    return dict((await _when(counter, FINANCE_DESK, address, over))["rows"])


async def _until_open(counter: Counter, number: int) -> None:
    until = time.monotonic() + PATIENCE
    address, found, cursor = "/api/v1/tasks?state=open&kind=payment_request&limit=200", 0, ""
    while found < number:
        assert time.monotonic() < until
        found, cursor = 0, ""
        while True:
            page = (await counter.ask(COUNTY_DESK, "GET", address + (f"&cursor={cursor}" if cursor else ""))).content
            found, cursor = found + len(page["items"]), page["next"] or ""
            if not cursor:
                break
        await asyncio.sleep(0.5)


async def _until(counter: Counter, batch: str, kind: str, lines: int) -> dict[str, Any]:
    def there(seen: Any) -> bool:
        return sum(1 for line in seen["items"] if line["waits_for"] == kind) >= lines

    return await _when(counter, FINANCE_DESK, f"{BATCHES}/{batch}", there)


async def _until_closed(counter: Counter, batch: str) -> dict[str, Any]:
    return await _when(counter, FINANCE_DESK, f"{BATCHES}/{batch}", lambda seen: seen["state"] == "closed")


async def _when(counter: Counter, actor: str, address: str, fact: Callable[[Any], bool]) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while not fact(seen := (await counter.ask(actor, "GET", address)).content):
        assert time.monotonic() < until, seen
        await asyncio.sleep(0.5)
    return dict(seen)


def _reconciled(stack: Stack, payables: int, returns: int) -> str:
    """What SQL of its own finds, to the cent."""
    with psycopg.connect(stack.dsn("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(_SUMS).fetchone()
        assert row is not None
        confirmed, bounced, twice, owed, paid = row
        assert (confirmed, bounced, twice) == (payables, returns, 0), row
        assert owed == paid, row
        broken = {name: found for name in CHECKED if (found := connection.execute(PROMISES[name].encode()).fetchall())}
        assert broken == {}, broken
    return f"{payables} payables, {returns} sent back and paid at the second attempt, none twice; {paid} yuan owed and paid"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payables", type=int, default=500)
    parser.add_argument("--returns", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    sys.stdout.write(asyncio.run(run(chosen.payables, chosen.returns, chosen.seed)) + "\n")


if __name__ == "__main__":
    main()
