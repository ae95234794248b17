"""A province's rosters, 117 files, taken in by the real hands into the real PostgreSQL; beside bare reading of two months.

First each county goes live (nobody is in force), then one month follows the other: compared with what was in force, about
one in a hundred rows changed. Timed is from the sealed files to the closed uploads, two hands at once as in the worker, each of
which takes up what waits beside its own; that the counter seals the file is not. Memory is that of this process and all the
confined ones, without the database.

python -m bench.rosters [--rows 2000000] [--runs 3] [--seed 1] [--xlsx] [--data FOLDER]
"""

import argparse
import asyncio
import gc
import hashlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from temporalio.testing import ActivityEnvironment

from activities.uploads import TableToTakeIn, Uploads
from bench.machine import commit, descendants, machine
from policy.deadlines import SHANGHAI
from policy.terms import UploadState
from runtime import keys
from runtime.demo_data.province import Made, Wanted, read_province, write_province
from runtime.embedded.lifeline import through
from runtime.embedded.postgres import Postgres
from runtime.folder import DataFolder
from runtime.worker import BULK_AT_ONCE
from store.accounts import AccountRow
from store.database import WHOLE, Database
from store.files import FileStore
from store.identities import IdentityPeriodRow
from store.migration import migrate
from store.rosters import RosterLoadRow
from store.uploads import UploadRow
from store.vault import Vault

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI)
FIRST = date(2026, 10, 1)
BARE = """
import sys, time
from pathlib import Path
if sys.argv[1] == "csv":
    import polars as pl
    read = lambda path: pl.read_csv(path, infer_schema=False)
else:
    from python_calamine import CalamineWorkbook
    read = lambda path: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
paths = list(map(Path, sys.argv[2:]))
read(paths[0])
began, worked = time.perf_counter(), time.process_time()
for path in paths:
    read(path)
print(time.perf_counter() - began, time.process_time() - worked)
"""
BEAT = 1.0
COUNTIES = 117


class Still:
    def now(self) -> datetime:
        return NOW


@dataclass
class Run:
    """One month's rosters: seconds, those of the processor in all processes (the database too), megabytes at most, and
    milliseconds of small queries in the meantime.
    """

    seconds: float
    processor: float
    megabytes: float
    queries: list[float]
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Office:
    """What is needed to hand rosters in and take them in."""

    database: Database
    vault: Vault
    files: FileStore
    clerk: uuid.UUID

    @property
    def hands(self) -> Uploads:
        return Uploads(self.database, Still(), self.vault, self.files)


async def run(rows: int, runs: int, seed: int, xlsx: bool, data: Path | None, files: int) -> str:
    """Raises AssertionError when a row is missing."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = data or Path(temporary) / "province"
        if data is None:
            write_province(Wanted(folder, rows=rows, seed=seed, xlsx=xlsx, counties=files), lambda _said: None)
        made = read_province(folder)
        months = list(made.rosters)
        made.rosters = {month: paths[:files] for month, paths in made.rosters.items()}
        size = sum(path.stat().st_size for path in made.rosters[months[0]]) / 1e6
        async with office_in(DataFolder(Path(temporary) / "data")) as office:
            idle = await _small_queries(office, 2.0)
            first = await _month(office, made, months[0], 0)
            monthly = [await _month(office, made, months[(turn + 1) % 2], turn + 1) for turn in range(runs)]
            bare = sorted(_bare("xlsx" if xlsx else "csv", made) for _one in range(3))[1]
            await _adds_up(office)
        return _report(made, months, size, bare, idle, first, monthly, seed)


@asynccontextmanager
async def office_in(folder: DataFolder) -> AsyncIterator[Office]:
    postgres = Postgres(folder)
    server = await asyncio.to_thread(_server, folder, postgres)
    try:
        await _ready(postgres)
        await asyncio.to_thread(migrate, folder.database_url("migration"), at=NOW, demo=True)
        vault = _fresh()
        database = Database(folder.database_url("worker"))
        async with database.transaction(WHOLE) as session:
            clerk = (await session.scalars(select(AccountRow.id).limit(1))).one()
        yield Office(database, vault, FileStore(folder.path / "files", vault), clerk)
        await database.close()
    finally:
        server.send_signal(postgres.launch().stop_signal)
        server.wait(30)


def _server(folder: DataFolder, postgres: Postgres) -> "subprocess.Popen[bytes]":
    folder.path.mkdir(mode=0o700)
    postgres.create()
    postgres.clear()
    launch = postgres.launch()
    command = through(launch.arguments, signal.SIGKILL, launch.user)
    with (folder.path / "postgres.log").open("wb") as log:
        return subprocess.Popen(command, env=launch.environment, cwd=launch.folder, stdout=log, stderr=log)


async def _ready(postgres: Postgres) -> None:
    until = time.monotonic() + 60
    while not await postgres.ready():
        assert time.monotonic() < until, "the database did not start"
        await asyncio.sleep(0.05)
    await postgres.bootstrap()


def _fresh() -> Vault:
    ring = keys.generate()
    return Vault(ring.fields, ring.files, ring.blind_index)


async def _month(office: Office, made: Made, month: str, turn: int) -> Run:
    listed_on = FIRST + timedelta(days=7 * turn)
    uploads = [await hand_in(office, path, turn, listed_on) for path in made.rosters[month]]
    free = asyncio.Semaphore(BULK_AT_ONCE)
    hands = office.hands

    async def take_in(upload: uuid.UUID) -> None:
        async with free:
            state = await ActivityEnvironment().run(hands.take_in, TableToTakeIn(str(upload)))
            assert state == UploadState.DONE.value, state

    weighing = asyncio.create_task(_weigh())
    asking = asyncio.create_task(_small_queries(office, 3600))
    began, worked = time.perf_counter(), _processor()
    await asyncio.gather(*(take_in(upload) for upload in uploads))
    seconds, processor = time.perf_counter() - began, _processor() - worked
    for task in (weighing, asking):
        task.cancel()
    peak, queries = await weighing, await asking
    async with office.database.transaction(WHOLE) as session:
        told = await session.execute(
            select(
                func.sum(UploadRow.rows_in).label("rows"),
                *(func.sum(getattr(UploadRow, name)).label(name) for name in ("accepted", "returned", "duplicate")),
                *(
                    func.sum(getattr(RosterLoadRow, name)).label(name)
                    for name in ("added", "ended", "changed", "updated", "held", "in_force")
                ),
            )
            .join(RosterLoadRow, RosterLoadRow.upload_id == UploadRow.id)
            .where(UploadRow.id.in_(uploads))
        )
        counts = {name: int(value) for name, value in told.mappings().one().items()}
    assert counts["rows"] == counts["accepted"] + counts["returned"] + counts["duplicate"], counts
    assert len(made.rosters[month]) < COUNTIES or counts["rows"] == made.rows[month], counts
    return Run(seconds, processor, peak, queries, counts)


async def hand_in(office: Office, path: Path, turn: int, listed_on: date) -> uuid.UUID:
    content, upload = await asyncio.to_thread(path.read_bytes), uuid.uuid4()
    seal = office.vault.seal
    async with office.database.transaction(WHOLE) as session:
        session.add(
            UploadRow(
                id=upload,
                division=path.stem,
                department="civil_affairs",
                kind="full_list",
                month=f"{2026 + turn // 12}-{turn % 12 + 1:02d}",
                state=UploadState.RECEIVED.value,
                sha256=hashlib.sha256(content).digest(),
                size=len(content),
                name_sealed=seal("upload", "name", upload, path.name),
                fields_sealed=seal("upload", "fields", upload, {"provided_on": listed_on.isoformat()}),
                uploaded_by=office.clerk,
                created_at=NOW,
            )
        )
    office.files.put(upload, content)
    return upload


async def _small_queries(office: Office, seconds: float) -> list[float]:
    """What a counter asks: one case by its key, in a transaction of its own, twenty times a second. Milliseconds of each."""
    found: list[float] = []
    until = time.perf_counter() + seconds
    try:
        while time.perf_counter() < until:
            began = time.perf_counter()
            async with office.database.transaction(WHOLE) as session:
                await session.execute(text("select * from account where id = :id"), {"id": office.clerk})
            found.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        pass
    return found


async def _weigh() -> float:
    """The most megabytes (proportional set size) at any look."""
    most = 0.0
    try:
        while True:
            most = max(most, await asyncio.to_thread(_megabytes))
            await asyncio.sleep(BEAT)
    except asyncio.CancelledError:
        return most


def _megabytes() -> float:
    total = 0
    for pid in descendants(os.getpid()):
        try:
            if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes():
                continue
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _processor() -> float:
    """Seconds of the processor that this process and all below it have used, those that have ended among them."""
    ticks = 0
    for pid in descendants(os.getpid()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _bare(kind: str, made: Made) -> tuple[float, float]:
    """Seconds, and those of the processor; in a process of its own, with as many threads as it likes."""
    paths = [str(path) for month in made.rosters.values() for path in month]
    command = [sys.executable, "-c", BARE, kind, *paths]
    seconds, processor = subprocess.run(command, capture_output=True, check=True).stdout.split()
    return float(seconds), float(processor)


async def _adds_up(office: Office) -> None:
    """What is in force by the last rosters is in force in the tables, and no two periods of a person overlap."""
    async with office.database.transaction(WHOLE) as session:
        last = select(func.max(UploadRow.month)).scalar_subquery()
        in_force = await session.scalar(
            select(func.sum(RosterLoadRow.in_force))
            .join(UploadRow, UploadRow.id == RosterLoadRow.upload_id)
            .where(UploadRow.month == last)
        )
        open_periods = select(func.count()).select_from(IdentityPeriodRow).where(IdentityPeriodRow.ends_on.is_(None))
        assert in_force == await session.scalar(open_periods)
        overlap = await session.scalar(
            text(
                "select count(*) from identity_period a join identity_period b using (person_id, category) where "
                "a.id < b.id and daterange(a.starts_on, a.ends_on) && daterange(b.starts_on, b.ends_on)"
            )
        )
        assert overlap == 0


def _report(
    made: Made,
    months: Sequence[str],
    size: float,
    bare: tuple[float, float],
    idle: Sequence[float],
    first: Run,
    monthly: Sequence[Run],
    seed: int,
) -> str:
    seconds = statistics.median(one.seconds for one in monthly)
    processor = statistics.median(one.processor for one in monthly)
    rows = first.counts["rows"]
    last = monthly[-1].counts
    each = ", ".join(f"{one.seconds:.1f}" for one in monthly)
    return "\n".join(
        (
            f"{rows} rows in {len(made.rosters[months[0]])} files, {size:.0f} MB a month",
            f"bare reading of both months {bare[0]:.2f} s; a month taken in {seconds:.1f} s (runs: {each}), "
            f"{rows / seconds:,.0f} rows/s: {seconds / bare[0]:.1f} times",
            f"of the processor: bare {bare[1]:.2f} s, a month {processor:.1f} s: {processor / bare[1]:.1f} times on all cores",
            f"first load {first.seconds:.1f} s ({first.processor:.0f} s of the processor), {rows / first.seconds:,.0f} rows/s",
            f"memory at most {max(one.megabytes for one in monthly):.0f} MB in a month "
            f"({max(one.megabytes for one in monthly) / size:.1f} times the files), {first.megabytes:.0f} MB in the first load",
            f"a small query: idle {_middle(idle)}, in the first load {_middle(first.queries)}, "
            f"in a month {_middle([query for one in monthly for query in one.queries])}",
            "last month: " + ", ".join(f"{name} {value}" for name, value in last.items()),
            f"seed {seed}, commit {commit()}, {machine()}",
        )
    )


def _middle(milliseconds: Sequence[float]) -> str:
    ordered = sorted(milliseconds)
    return f"{statistics.median(ordered):.1f} ms (95 %: {ordered[int(len(ordered) * 0.95)]:.1f})" if ordered else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--data", type=Path, help="a province that `jiuzhu demo-data` has written")
    parser.add_argument("--files", type=int, default=COUNTIES, help="take only so many counties")
    chosen = parser.parse_args()
    gc.freeze()  # as the worker does
    report = asyncio.run(run(chosen.rows, chosen.runs, chosen.seed, chosen.xlsx, chosen.data, chosen.files))
    sys.stdout.write(report + "\n")


if __name__ == "__main__":
    main()
