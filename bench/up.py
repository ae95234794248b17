"""`jiuzhu up` from nothing: seconds to `ready:`, until every county's month is open and its first tasks stand, what the counter
answers meanwhile, and what all processes weigh before and after.

    python -m bench.up
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import psycopg

from bench.house import House, house
from bench.machine import commit, descendants, machine, memory, processor_milliseconds
from runtime.story.counter import Counter

READER = "province.medical_insurance.supervisor@14"
LOOK = 2.0
REST = 0.2
STANDS = 10
"""Looks in a row at which nothing has come: then it is open."""
_COUNT = """
select (select count(*) from matter), (select count(*) from task where subject_type = 'matter'),
       (select count(*) from matter where procedure = 'sharing-cycle' and division like '14%')
"""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def weigh(running: House, when: str) -> None:
    sizes = memory(running.pid)
    used = sum(processor_milliseconds(pid) for pid in descendants(running.pid)) / 1000
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items()))
    say(f"{when}: {sum(sizes.values()):.0f} MB ({parts}); processor {used:.0f} s; load {os.getloadavg()[0]:.1f}")


async def opened(running: House, patience: float) -> float:
    """Seconds from ready until the last matter or task of the opening; raises TimeoutError."""
    address = running.folder.database_url("postgres").replace("+psycopg", "")
    began = last = time.monotonic()
    before: tuple[int, ...] = ()
    still = 0
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as sql:
        while still < STANDS or not before[2]:
            row = await (await sql.execute(_COUNT)).fetchone()
            now = tuple(row or ())
            still = still + 1 if now == before else 0
            if now != before:
                before, last = now, time.monotonic()
            if time.monotonic() - began > patience:
                raise TimeoutError(f"{before} (matters, tasks, cycles) after {patience:.0f} s")
            await asyncio.sleep(LOOK)
    say(f"{before[0]} matters, {before[1]} tasks, {before[2]} counties of the province with their month")
    return last - began


async def read(counter: Counter, seconds: list[float]) -> None:
    """Somebody who reads a list all the time."""
    while True:
        began = time.monotonic()
        await counter.ask(READER, "GET", "/api/v1/tasks?state=open&limit=20")
        seconds.append(time.monotonic() - began)
        await asyncio.sleep(REST)


async def main(patience: float) -> None:
    say(f"commit {commit()}; {machine()}")
    with tempfile.TemporaryDirectory(prefix="jiuzhu-up-") as folder:
        async with house(Path(folder) / "data") as running:
            say(f"ready after {running.seconds:.1f} s")
            weigh(running, "ready")
            counter, seconds = Counter(running.url), list[float]()
            reader = asyncio.create_task(read(counter, seconds))
            try:
                say(
                    f"months open, and the invented exchange filed: {await opened(running, patience):.0f} s after ready"
                )
            finally:
                reader.cancel()
                await counter.close()
            shown = [one * 1000 for one in seconds[1:]]
            say(f"counter meanwhile: median {median(shown):.0f} ms, p95 {quantiles(shown, n=20)[-1]:.0f} ms")
            weigh(running, "open")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patience", type=float, default=900.0)
    asyncio.run(main(parser.parse_args().patience))
