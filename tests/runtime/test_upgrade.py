"""A data folder made by a release is upgraded by `migrate`, with the cases that were under way in it (decision 12)."""

import asyncio
import subprocess
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from runtime.embedded.postgres import binaries
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from store.demonstration import COUNTY

RELEASED = Path(__file__).parent.parent / "store" / "released" / "v0.2-folder.tar.xz"
TOWNSHIP = "township.township_government.caseworker@140522100"
COUNTY_CASEWORKER = f"county.medical_insurance.caseworker@{COUNTY}"
CIVIL_AFFAIRS = f"county.civil_affairs.caseworker@{COUNTY}"
ADDED_LATER = "county.medical_insurance.caseworker@370829"
CASES = 17


@pytest_asyncio.fixture
async def upgraded(tmp_path: Path) -> AsyncIterator[Stack]:
    """The folder of the release, running on today's code."""
    folder = tmp_path / "data"
    with tarfile.open(RELEASED) as packed:
        packed.extractall(tmp_path / "released", filter="data")
    async with Stack(folder, children=(), migrate=False) as empty:
        await asyncio.to_thread(_restore, empty, tmp_path / "released" / "v0.2.sql")
    for name in ("keyring.json", "temporal.db"):
        (tmp_path / "released" / name).replace(folder / name)
    for left in folder.glob("temporal.db-*"):
        left.unlink()
    for file in (tmp_path / "released" / "files").iterdir():
        file.replace(folder / "files" / file.name)
    async with Stack(folder, demo=True, up=True, env={"JIUZHU_MONTHS": "false"}) as running:
        yield running


def _restore(empty: Stack, dump: Path) -> None:
    command = [str(binaries() / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", str(empty.folder.socket)]
    command += ["-U", "jiuzhu_owner", "-d", "jiuzhu"]
    roles = [
        part
        for role in ("api", "worker", "relay")
        for part in ("-c", f"create role jiuzhu_{role} login nosuperuser nobypassrls nocreatedb nocreaterole")
    ]
    for what in (roles, ["-f", str(dump)]):
        subprocess.run([*command, *what], check=True, capture_output=True)


async def test_a_folder_of_v0_2_goes_on_with_its_cases_and_learns_the_exchange(upgraded: Stack) -> None:
    counter = Counter(upgraded.api_url)
    try:
        cases = (await counter.ask(COUNTY_CASEWORKER, "GET", "/api/v1/applications?limit=100")).content["items"]
        assert len(cases) == CASES
        seen = await counter.ask(COUNTY_CASEWORKER, "GET", f"/api/v1/applications/{cases[0]['id']}")
        assert seen.content["applicant"]["name"]  # the keys of that time still open what they sealed

        waiting = (await counter.ask(TOWNSHIP, "GET", "/api/v1/tasks?kind=acceptance")).content["items"]
        answered = await counter.ask(
            TOWNSHIP,
            "POST",
            f"/api/v1/tasks/{waiting[0]['id']}/answer",
            {"outcome": "refuse", "fields": {"provisions": ["A-38"], "reason": "户籍不在本乡镇"}},
            {"Prefer": "wait=10"},
        )
        assert (answered.status, answered.content.get("settled")) == (200, True), answered.content
        assert answered.content["next"]  # a procedure begun by the release goes on with today's code

        matters = await counter.ask(CIVIL_AFFAIRS, "GET", "/api/v1/matters")
        assert (matters.status, matters.content["items"]) == (200, [])
        assert (await counter.ask(ADDED_LATER, "GET", "/api/v1/tasks")).status == 200
    finally:
        await counter.close()
