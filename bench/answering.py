"""How long a person waits for an answer to be committed, beside a bare transaction of the same writes.

Whole cases are carried to the payment through the API of `jiuzhu up` with `Prefer: wait=0`; after each answer, once the
procedure has acknowledged it, the bare baseline (bench/bare.py, in a process and a database of its own on the same
server) is asked for one. Five runs; the figure is the median of the runs' medians.

python -m bench.answering [--runs 5] [--cases 3] [--seed 1]
"""

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psycopg

from bench import bare
from bench.house import House, house
from bench.machine import ROOT, commit, machine, memory, processor_milliseconds
from runtime.demo_people import MAIN_PATH
from runtime.embedded import ports
from tests.casework import Case, Office, application

AIM, START_AIM, MEMORY_AIM = 1.5, 20.0, 1536.0
IDLE_SECONDS = 15.0
"""After which the work that starting leaves behind is done: demonstration cases, their digests, the first probe."""


@dataclass
class Run:
    """Milliseconds from sending an answer to having the reply."""

    jiuzhu: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    jiuzhu_processor: list[float] = field(default_factory=list)
    bare_processor: list[float] = field(default_factory=list)
    by_kind: dict[str, list[float]] = field(default_factory=dict)

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.jiuzhu), statistics.median(self.bare)


class Baseline:
    """The bare endpoint, one open task after the other."""

    def __init__(self, url: str, pid: int) -> None:
        self.pid = pid
        self._http = httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False)
        self._next = 0

    async def close(self) -> None:
        await self._http.aclose()

    async def answer(self) -> float:
        self._next += 1
        body = {
            "outcome": "recorded",
            "fields": {"illness": "x"},
            "done_on": "2026-01-05",
            "paper_reason": "按纸质档案补录",
        }
        began = time.perf_counter()
        reply = await self._http.post(
            f"/tasks/{uuid.UUID(int=self._next)}/answer",
            json=body,
            headers={"Authorization": f"Bearer {bare.TOKEN}", "Prefer": "wait=0"},
        )
        elapsed = (time.perf_counter() - began) * 1000
        reply.raise_for_status()
        return elapsed


async def measure(given: argparse.Namespace) -> None:
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="jiuzhu-bench-") as folder:
        async with house(Path(folder) / "data") as running:
            _say(f"commit {commit()}, seed {given.seed}, {machine()}")
            await asyncio.sleep(IDLE_SECONDS)
            _tell_start(running)
            async with _bare(running) as baseline:
                office = Office(running.url, keyed=False)
                api = int((running.folder.run / "api.pid").read_text(encoding="utf-8").split()[0])
                # Paper, keys and pools warm, and more answers than the first of anything.
                await _run(office, baseline, api, chance, cases=1, first=0)
                runs = [
                    await _run(office, baseline, api, chance, given.cases, 100 + number * given.cases)
                    for number in range(given.runs)
                ]
                await office.close()
    _tell_answers(runs)


async def _run(office: Office, baseline: Baseline, api: int, chance: random.Random, cases: int, first: int) -> Run:
    run = Run()
    for number in range(first, first + cases):
        case = await office.file(application(number), MAIN_PATH)
        task = await _next_task(office, case)
        while case.acts:
            if chance.random() < 0.5:
                await _bare_answer(run, baseline)
            task = await _answer(run, office, api, case, task)
            if len(run.bare) < len(run.jiuzhu):
                await _bare_answer(run, baseline)
    return run


async def _answer(run: Run, office: Office, api: int, case: Case, task: str) -> str:
    """Measures one answer; returns the next task, when the procedure has come to it."""
    kind, used = case.acts[0].kind, processor_milliseconds(api)
    await office.act(case, task)
    run.jiuzhu_processor.append(processor_milliseconds(api) - used)
    run.jiuzhu.append(office.log.milliseconds[-1])
    run.by_kind.setdefault(kind, []).append(office.log.milliseconds[-1])
    return await _next_task(office, case)


async def _bare_answer(run: Run, baseline: Baseline) -> None:
    used = processor_milliseconds(baseline.pid)
    run.bare.append(await baseline.answer())
    run.bare_processor.append(processor_milliseconds(baseline.pid) - used)


async def _next_task(office: Office, case: Case) -> str:
    if not case.acts:
        return ""
    return await office.task(case, case.acts[0].kind, case.acts[0].actor.format(town=case.town))


@contextlib.asynccontextmanager
async def _bare(running: House) -> AsyncIterator[Baseline]:
    dsn = running.folder.database_url("postgres", "bare")
    admin = running.folder.database_url("postgres", "postgres").replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute("create database bare")
    port = ports.free()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bare", dsn, str(port), cwd=ROOT)
    baseline = Baseline(f"http://127.0.0.1:{port}", process.pid)
    try:
        for _attempt in range(300):
            with contextlib.suppress(httpx2.TransportError):
                await baseline.answer()
                break
            await asyncio.sleep(0.1)
        yield baseline
    finally:
        await baseline.close()
        process.terminate()
        await process.wait()


def _tell_start(running: House) -> None:
    sizes = memory(running.pid)
    whole = sum(sizes.values())
    _say(
        f"start of `up`, empty folder, with the demonstration cases: {running.seconds:.1f} s (aim < {START_AIM:.0f} s)"
    )
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items(), key=lambda item: -item[1]))
    _say(f"memory of all processes, idle: {whole:.0f} MB (aim < {MEMORY_AIM:.0f} MB): {parts}")


def _tell_answers(runs: list[Run]) -> None:
    for number, run in enumerate(runs, 1):
        ours, theirs = run.medians
        answers = len(run.jiuzhu)
        _say(
            f"run {number}: jiuzhu {ours:.1f} ms, bare {theirs:.1f} ms, ratio {ours / theirs:.2f} ({answers} answers each)"
        )
    ours = statistics.median(run.medians[0] for run in runs)
    theirs = statistics.median(run.medians[1] for run in runs)
    ratio = statistics.median(run.medians[0] / run.medians[1] for run in runs)
    kinds: dict[str, list[float]] = {}
    for run in runs:
        for kind, times in run.by_kind.items():
            kinds.setdefault(kind, []).extend(times)
    _say("by kind: " + ", ".join(f"{kind} {statistics.median(times):.1f}" for kind, times in kinds.items()))
    used = [statistics.median(time for run in runs for time in run.jiuzhu_processor)]
    used.append(statistics.median(time for run in runs for time in run.bare_processor))
    _say(
        f"processor time of the serving process: {used[0]:.1f} ms, bare {used[1]:.1f} ms, ratio {used[0] / used[1]:.2f}"
    )
    _say(f"answering a task: {ours:.1f} ms, bare transaction {theirs:.1f} ms, ratio {ratio:.2f} (aim <= {AIM})")
    if ratio > AIM:
        _say(f"the aim of {AIM} is NOT met; bench/README.md says where the time goes")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(measure(parser.parse_args()))
