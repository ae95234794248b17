"""A province's rosters taken in while the hand is killed, again and again, with SIGKILL; then every row is accounted for.

First each county goes live, then a month follows. In each of the two the hand is killed so many times, at moments that the seed
chooses, wherever it then is; a fresh one goes on. What has come of it is asked of files and tables in SQL (`accounted.py`).

python -m bench.killed [--rows 2000000] [--kills 4] [--seed 1] [--data FOLDER]
"""

import argparse
import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from bench import accounted
from bench.killed_hand import told_to
from bench.machine import ROOT, commit, machine
from bench.rosters import FIRST, Office, hand_in, office_in
from runtime.demo_data.province import Made, Wanted, read_province, write_province
from runtime.folder import DataFolder
from store.database import WHOLE

LOOK = 0.02
"""Seconds between two looks at how far it is."""
LATER = 0.3
"""Seconds at most that a kill comes after the moment that was chosen: reading, comparing and closing are hit as well."""
_FAR = text(
    """
select count(*) filter (where u.state = 'done') as closed, count(*) filter (where u.state = 'working') as open,
       cast(coalesce(sum(l.written) filter (where u.state = 'working'), 0) as bigint) as written,
       sum(case when u.state = 'done' then 4 when l.upload_id is not null then 2 + l.written / greatest(l.to_write, 1.0)
                when u.state = 'working' then 1 else 0 end) / (4 * count(*)) as share
  from upload u left join roster_load l on l.upload_id = u.id where u.id = any(:uploads)
"""
)
"""A file goes through being taken up, compared, written and closed."""


class Far(NamedTuple):
    """How far it is: files closed and open, changes written of the open ones, and how much of all that is to be done."""

    closed: int
    open: int
    written: int
    share: Decimal


async def run(rows: int, kills: int, seed: int, data: Path | None) -> str:
    """Raises SystemExit when a row is lost or doubled."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = data or Path(temporary) / "province"
        if data is None:
            write_province(Wanted(folder, rows=rows, seed=seed), lambda _said: None)
        made = read_province(folder)
        months = list(made.rosters)
        chance = random.Random(seed)
        home = DataFolder(Path(temporary) / "data")
        async with office_in(home) as office:
            lines = [await _month(office, home, made, month, turn, kills, chance) for turn, month in enumerate(months)]
            began = time.perf_counter()
            url = home.database_url("migration").replace("+psycopg", "")
            broken, counted = await asyncio.to_thread(
                accounted.broken, url, office.vault.index, made.rosters.values(), Path(temporary)
            )
        lines += [
            f"looked at {', '.join(f'{count} {said}' for said, count in counted.items())} "
            f"in {time.perf_counter() - began:.1f} s",
            *(f"{count} {said}" for said, count in broken.items()),
            f"seed {seed}, commit {commit()}, {machine()}",
        ]
        if any(broken.values()):
            raise SystemExit("\n".join(lines))
        return "\n".join(lines)


async def _month(
    office: Office, home: DataFolder, made: Made, month: str, turn: int, kills: int, chance: random.Random
) -> str:
    listed_on = FIRST + timedelta(days=7 * turn)
    uploads = [await hand_in(office, path, turn, listed_on) for path in made.rosters[month]]
    moments = sorted(chance.random() for _kill in range(kills))
    told = told_to(office.vault, home.database_url("worker"), home.path / "files", [str(one) for one in uploads])
    began = time.perf_counter()
    killed = [one for moment in moments if (one := await _killed(office, uploads, told, moment, chance))]
    assert _hand(told).wait() == 0, "the last hand did not end as it should"
    seconds = time.perf_counter() - began
    where = "; ".join(f"{one.closed} closed, {one.open} open with {one.written} changes written" for one in killed)
    return (
        f"{made.rows[month]} rows in {len(uploads)} files taken in in {seconds:.1f} s, "
        f"the hand killed {len(killed)} times, its files then: {where}"
    )


def _hand(told: bytes) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-m", "bench.killed_hand"], cwd=ROOT, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(told)
    process.stdin.close()
    return process


async def _killed(
    office: Office, uploads: Sequence[uuid.UUID], told: bytes, moment: float, chance: random.Random
) -> Far | None:
    """How far a hand was that is killed a little after the moment; None if all was done before."""
    process = await asyncio.to_thread(_hand, told)
    while process.poll() is None:
        if (await _far(office, uploads)).share >= moment:
            break
        await asyncio.sleep(LOOK)
    await asyncio.sleep(chance.random() * LATER)
    process.kill()
    if await asyncio.to_thread(process.wait) != -signal.SIGKILL:
        return None
    return await _far(office, uploads)


async def _far(office: Office, uploads: Sequence[uuid.UUID]) -> Far:
    async with office.database.transaction(WHOLE) as session:
        return Far._make((await session.execute(_FAR, {"uploads": list(uploads)})).one())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="a province that `jiuzhu demo-data` has written")
    chosen = parser.parse_args()
    sys.stdout.write(asyncio.run(run(chosen.rows, chosen.kills, chosen.seed, chosen.data)) + "\n")


if __name__ == "__main__":
    main()
