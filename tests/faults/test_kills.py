"""Ten cases in flight while worker, API, relay, Temporal and PostgreSQL are killed (-9) in turn: all ten come to their end.

Whoever answers asks again only when a reply was lost or the counter said 503, as the same request. Nothing is asserted by
the clock; what was kept is read from the tables by SQL that shares no code with the product.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import psycopg
import pytest

from runtime.demo_people import COUNTY_DESK, COUNTY_HEAD, FINANCE_DESK, FINANCE_HEAD, MAIN_PATH, TOWN, Act
from runtime.demo_people import TOWN_DESK as DESK
from runtime.demo_people import TOWN_HEAD as HEAD
from runtime.embedded.stack import Stack
from tests.casework import Case, Office, application
from tests.faults.promises import Connection, at_rest, broken
from tests.faults.promises_of_cases import EARLIEST
from tests.faults.promises_of_cases import broken as broken_in_cases

NO_MONTHS = {"JIUZHU_MONTHS": "false"}
"""Cases alone: the months of 129 divisions would be under way beside them."""
KILLED = ("worker", "api", "relay", "temporal", "postgres")
SEED = 20261122
TOWN_DESK, TOWN_HEAD = DESK.format(town=TOWN), HEAD.format(town=TOWN)
_REASON = (("provisions", ["A-39"]), ("reason", "家庭经济状况与申请不符"))
_WRITTEN = (
    Act("refusal_notice", "issued", 1, DESK),
    Act("delivery", "failed", 1, DESK, (("reason", "外出"),)),
    Act("delivery", "delivered", 1, DESK),
)
REFUSED_BY_COUNTY = (*MAIN_PATH[:7], Act("county_approval", "refuse", 1, COUNTY_HEAD, _REASON), *_WRITTEN)
REFUSED_BY_TOWN = (*MAIN_PATH[:2], Act("township_review", "not_eligible", 0, HEAD, _REASON), *_WRITTEN)
PATHS = (*(MAIN_PATH for _case in range(8)), REFUSED_BY_COUNTY, REFUSED_BY_TOWN)


async def test_ten_cases_survive_the_killing_of_every_process(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    began, chance = time.monotonic(), random.Random(SEED)
    async with Stack(tmp_path_factory.mktemp("kills") / "data", demo=True, up=True, env=NO_MONTHS) as stack:
        office = Office(stack.api_url)
        await office.sign_in(TOWN_DESK, TOWN_HEAD, COUNTY_DESK, COUNTY_HEAD, FINANCE_DESK, FINANCE_HEAD)
        cases = await asyncio.gather(*(_at_some_step(office, number, path) for number, path in enumerate(PATHS)))
        for turn, victim in enumerate(KILLED):
            await _answered_through_a_kill(stack, office, cases, victim, len(KILLED) - turn, chance)
        assert not any(case.acts for case in cases)
        with psycopg.connect(stack.dsn("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            await _comes_to_rest(connection)
            assert broken(connection) == {}
            assert broken_in_cases(connection, EARLIEST, datetime.now(UTC)) == {}
            _every_plant_is_found(connection)
            with capsys.disabled():
                sys.stdout.write(f"\n{_report(connection, office, time.monotonic() - began)}\n")
        await office.close()


async def _at_some_step(office: Office, number: int, path: Sequence[Act]) -> Case:
    """Filed, and some steps on: each of them waits at another desk when the killing begins."""
    case = await office.file(application(number, base=20000 + 1000 * number), path)
    for _act in range(number % 4):
        await office.act(case)
    return case


async def _answered_through_a_kill(
    stack: Stack, office: Office, cases: Sequence[Case], victim: str, turns_left: int, chance: random.Random
) -> None:
    """Every case goes on by its share of steps; in the midst of it, after some answers, the victim is killed."""
    given = 0
    enough = asyncio.Event()
    deadly = chance.randrange(1, len(cases))

    def answered() -> None:
        nonlocal given
        given += 1
        if given == deadly:
            enough.set()

    work = [asyncio.create_task(_carry(office, case, -(-len(case.acts) // turns_left), answered)) for case in cases]
    killing = asyncio.create_task(_kill_when(enough, stack, victim))
    await asyncio.gather(killing, *work)


async def _carry(office: Office, case: Case, steps: int, answered: Callable[[], None]) -> None:
    for _step in range(steps):
        await office.act(case)
        answered()


async def _kill_when(enough: asyncio.Event, stack: Stack, victim: str) -> None:
    await enough.wait()
    old = stack.kill(victim)
    await stack.wait_restarted(victim)
    assert stack.pid(victim) not in (None, old)


async def _comes_to_rest(connection: Connection) -> None:
    """Returns when nothing is on its way any more; after two minutes whatever is left is told by `broken`."""
    for _look in range(600):
        if at_rest(connection):
            return
        await asyncio.sleep(0.2)


PLANTS = {
    "I1 an approved application is paid exactly once": """
        insert into ledger_entry (key, kind, division, payment_id, decision_id, booked_on, booked_at)
        select key || '/again', kind, division, payment_id, decision_id, booked_on, booked_at from ledger_entry
         where kind = 'paid' limit 1""",
    "I1 nothing else is paid": """
        update ledger_entry set kind = 'given' where id = (select id from ledger_entry where kind = 'paid' limit 1)""",
    "I1 nothing is owed for what has been paid": """
        update ledger_line set account = 'aid_expense' where id = (
          select l.id from ledger_line l join ledger_entry e on e.id = l.entry_id where e.kind = 'paid'
             and l.account = 'payable' limit 1)""",
    "I1 debits equal credits in every entry": """
        update ledger_line set amount = amount + 1 where id = (select id from ledger_line limit 1)""",
    "I1 the books balance": "update ledger_line set amount = amount + 1 where id = (select id from ledger_line limit 1)",
    "I2 two persons approved, neither of them the one who entered it": """
        update task set answered_by = (select answered_by from task where kind = 'county_approval' limit 1)
         where kind = 'finance_review'""",
    "I3 every case has come to its end": """
        update application set status = 'approved' where number = (select max(number) from application)""",
    "I3 no task is open": """
        update task set state = 'open', outcome = null, answered_by = null where id = (select id from task limit 1)""",
    "I3 no answer is without acknowledgement": """
        update task set acknowledged_at = null where id = (select id from task limit 1)""",
    "I3 no outbox row is undelivered": "update outbox set state = 'pending' where id = (select min(id) from outbox)",
    "an answer is one entry in the timeline": """
        insert into timeline (subject_id, division, at, day, tag, actor, codes, grounds)
        select subject_id, division, at, day, tag, actor, codes, grounds from timeline where tag like 'counter:%:%' and
          codes ? 'task' limit 1""",
}


def _every_plant_is_found(connection: Connection) -> None:
    """The queries can fail: each breach, planted and taken back, is told by its promise."""
    for promise, breach in PLANTS.items():
        connection.execute("begin")
        connection.execute(breach.encode())
        assert promise in broken(connection), promise
        connection.execute("rollback")
    assert broken(connection) == {}


def _report(connection: Connection, office: Office, seconds: float) -> str:
    counts = {
        name: connection.execute(query.encode()).fetchone()
        for name, query in {
            "paid": "select count(*), sum(d.amount) from application a join decision d on d.application_id = a.id"
            " and d.final where a.status = 'paid'",
            "refused": "select count(*) from refusal where delivered_on is not null",
            "answers": "select count(*) from task where state = 'answered'",
            "rungs": "select count(*), count(*) filter (where late) from rung",
            "outbox": "select count(*), sum(attempts) from outbox",
        }.items()
    }
    times = sorted(office.log.milliseconds)
    told = ", ".join(f"{name} {' / '.join(str(one) for one in row or ())}" for name, row in counts.items())
    return (
        f"killed in turn: {', '.join(KILLED)} (seed {SEED}); {told}; replies lost {office.log.lost}, "
        f"unavailable {office.log.unavailable}; an answer with its retries: median {statistics.median(times):.0f} ms, "
        f"longest {times[-1]:.0f} ms; {seconds:.0f} s in all"
    )
