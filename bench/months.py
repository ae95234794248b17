"""A month of all 117 counties on the embedded stack: opened at once, run through the counter, closed at once.

Each county has invented officers of both sides. The month is opened as the Schedule does it; both sides provide and confirm
through the API; then the stack's clock is set behind the month's end and every cycle is woken, as their timers would. What
the counter answers meanwhile is timed by somebody who reads a task list all along.

python -m bench.months [--province 14]
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from activities.opening import AreaMonth, month_key
from bench.machine import commit, machine, memory
from policy.deadlines import SHANGHAI, add_months
from policy.procedures import Procedure
from runtime.clock import StoryClock
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter, Reply
from store.database import WHOLE, Database
from store.outbox import start

PATIENCE = 900.0
AT_ONCE = 8
OFFICERS = ("medical_insurance", "civil_affairs")
READER = "province.medical_insurance.supervisor@14"
_ACCOUNTS = """
insert into account (username, name, level, department, role, division, password_hash, email, active, demonstration)
select a.level || '.' || a.department || '.caseworker@' || d.code, a.name, a.level, a.department, a.role, d.code,
       a.password_hash, a.level || '.' || a.department || '.caseworker@' || d.code || '.jiuzhu.example', true, true
from division d cross join account a
where d.level = 'county' and d.code like %s and a.division = '140522' and a.role = 'caseworker'
  and a.department = any(%s) and a.username like '%%caseworker@%%'
on conflict (username) do nothing
"""

_SESSION = """
insert into session (token_hash, account_id, csrf, created_at, seen_at, expires_at)
select %s, id, '', now(), now(), now() + interval '12 hours' from account where username = %s
"""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Bench:
    def __init__(self, stack: Stack, province: str) -> None:
        self.stack, self.province = stack, province
        self.counter = Counter(stack.api_url)
        self.database = Database(stack.dsn("worker"))
        self.clock = StoryClock(stack.folder.clock)
        self.month = self.clock.now().date().replace(day=1)

    async def close(self) -> None:
        await self.counter.close()
        await self.database.close()

    async def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        address = self.stack.dsn("postgres").replace("+psycopg", "")
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            found = await connection.execute(query, values)
            return list(await found.fetchall()) if found.description else []

    async def until(self, query: str, wanted: int, *values: Any) -> float:
        """Seconds until the number is reached."""
        began = time.monotonic()
        while (found := (await self.sql(query, *values))[0][0]) < wanted:
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError(f"{found} of {wanted}: {query}")
            await asyncio.sleep(0.2)
        return time.monotonic() - began

    @contextlib.asynccontextmanager
    async def reading(self, what: str) -> AsyncIterator[None]:
        """Somebody who reads a list every 50 ms while this goes on."""
        seconds: list[float] = []

        async def read() -> None:
            while True:
                began = time.monotonic()
                await self.counter.ask(READER, "GET", "/api/v1/tasks?state=open&limit=20")
                seconds.append(time.monotonic() - began)
                await asyncio.sleep(0.05)

        reader = asyncio.create_task(read())
        began = time.monotonic()
        try:
            yield
        finally:
            reader.cancel()
        shown = [one * 1000 for one in seconds] or [0.0, 0.0]
        worst = quantiles(shown, n=20)[-1] if len(shown) > 1 else shown[0]
        say(f"{what}: {time.monotonic() - began:.1f} s; counter meanwhile {median(shown):.0f} ms, p95 {worst:.0f} ms")

    async def open(self, counties: int) -> None:
        async with self.reading("months opened, both senders asked in every county"):
            async with self.database.transaction(WHOLE) as session:
                asked = AreaMonth(self.province, self.month.isoformat())
                key = month_key(self.province, self.month)
                await start(session, Procedure.SHARING_MONTH, key, vars(asked), at=self.clock.now())
            await self.until("select count(*) from task where kind in ('sharing_in', 'sharing_out')", counties * 2)
        for procedure, number in await self.sql("select procedure, count(*) from matter group by 1 order by 1"):
            say(f"    {procedure}: {number}")

    async def run(self, counties: Sequence[str]) -> None:
        await self._sign_in(counties)
        async with self.reading("provided and confirmed in both directions in every county"):
            await self._all(counties, self._county)
            await self.until(
                "select count(*) from matter where procedure = 'sharing-cycle' and status = 'met'", len(counties)
            )

    async def _sign_in(self, counties: Sequence[str]) -> None:
        """Beforehand and past the counter, so that answers are measured and not two hundred passwords."""
        for county in counties:
            for department in OFFICERS:
                actor, token = f"county.{department}.caseworker@{county}", secrets.token_urlsafe()
                await self.sql(_SESSION, hashlib.sha256(token.encode()).digest(), actor)
                self.counter._tokens[actor] = token

    async def _all(self, counties: Sequence[str], work: Any) -> None:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(county: str) -> None:
            async with places:
                await work(county)

        await asyncio.gather(*(one(county) for county in counties))

    async def _county(self, county: str) -> None:
        civil, insurance = (f"county.{name}.caseworker@{county}" for name in ("civil_affairs", "medical_insurance"))
        await self._answer(civil, county, "sharing_in", "provided", {"carrier": "interface", "DB": 100, "TK": 10})
        await self._answer(insurance, county, "sharing_out", "provided", {"carrier": "interface", "enrolment": 5000})
        for receiver in (insurance, civil):
            await self._answer(receiver, county, "sharing_receipt", "confirmed", {})

    async def _answer(self, actor: str, county: str, kind: str, outcome: str, fields: dict[str, Any]) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            found = await self.counter.ask(
                actor, "GET", f"/api/v1/tasks?state=open&kind={kind}&q={county}/{self.month:%Y-%m}"
            )
            assert found.status == 200, (actor, found)
            if found.content["items"]:
                break
            if time.monotonic() > until:
                raise TimeoutError(f"{actor}: no task {kind}")
            await asyncio.sleep(0.05)
        task = found.content["items"][0]["id"]
        content = {"outcome": outcome, "fields": fields}
        reply: Reply = await self.counter.ask(
            actor, "POST", f"/api/v1/tasks/{task}/answer", content, {"Prefer": "wait=0"}
        )
        assert reply.status == 200, (actor, reply)

    async def board(self) -> None:
        seconds = []
        for _ in range(20):
            began = time.monotonic()
            reply = await self.counter.ask(
                READER, "GET", f"/api/v1/cycles?month={self.month:%Y-%m}&division={self.province}"
            )
            seconds.append(time.monotonic() - began)
            assert reply.status == 200, reply
        say(f"board of {len(reply.content['items'])} counties: median {median(seconds) * 1000:.0f} ms")

    async def finish(self, counties: int) -> None:
        """The month is over: what the timers do at 00:00 is done by one nudge each."""
        self.clock.set(datetime.combine(add_months(self.month, 1), datetime.min.time(), SHANGHAI))
        async with self.reading("months closed in every county"):
            async with self.database.transaction(WHOLE) as session:
                for key, matter in await self.sql("select key, id from matter where procedure = 'sharing-cycle'"):
                    await start(session, Procedure.SHARING_CYCLE, key, {"matter_id": str(matter)}, at=self.clock.now())
            await self.until(
                "select count(*) from matter where procedure = 'sharing-cycle' and closed_at is not null", counties
            )

    def weigh(self, when: str) -> None:
        sizes = memory(os.getpid())
        say(
            f"memory {when}: {sum(sizes.values()):.0f} MB ({', '.join(f'{n} {s:.0f}' for n, s in sorted(sizes.items()))})"
        )


async def main(province: str) -> None:
    say(f"commit {commit()}; {machine()}")
    with tempfile.TemporaryDirectory(prefix="jiuzhu-months-") as folder:
        async with Stack(Path(folder) / "data", demo=True, start=datetime.now(SHANGHAI)) as stack:
            bench = Bench(stack, province)
            try:
                await bench.sql(_ACCOUNTS, f"{province}%", list(OFFICERS))
                found = await bench.sql(
                    "select code from division where level = 'county' and code like %s", f"{province}%"
                )
                counties = sorted(code for (code,) in found)
                async with bench.reading("nothing under way"):
                    await asyncio.sleep(3)
                bench.weigh("before")
                await bench.open(len(counties))
                bench.weigh("opened")
                await bench.board()
                await bench.run(counties)
                bench.weigh("run")
                await bench.finish(len(counties))
                bench.weigh("closed")
                await bench.board()
            finally:
                await bench.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--province", default="14")
    asyncio.run(main(parser.parse_args().province))
