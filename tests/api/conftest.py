"""A real PostgreSQL in a temporary folder, migrated as in production, and the counter before it. No workflows run here:
tasks are opened by rows, as a worker writes them."""

import asyncio
import signal
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.services import Options, Services
from policy.deadlines import SHANGHAI
from policy.escalation import office_of
from policy.steps import step
from runtime import keys
from runtime.embedded.lifeline import through
from runtime.embedded.postgres import Postgres
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.demonstration import PASSWORD
from store.files import FileStore
from store.migration import migrate
from store.periods import Dates, set_dates
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.vault import Vault

MORNING = datetime(2025, 3, 3, 9, 0, tzinfo=SHANGHAI)
PDF = b"%PDF-1.4\n%invented\n"

TOWNSHIP = "140522100"
CASEWORKER = f"township.township_government.caseworker@{TOWNSHIP}"
SUPERVISOR = f"township.township_government.supervisor@{TOWNSHIP}"
COUNTY_CASEWORKER = "county.medical_insurance.caseworker@140522"
COUNTY_SUPERVISOR = "county.medical_insurance.supervisor@140522"
CITY_SUPERVISOR = "city.medical_insurance.supervisor@1405"


@dataclass
class StoppedClock:
    """Stands still until it is set."""

    moment: datetime = MORNING

    def now(self) -> datetime:
        return self.moment


@dataclass
class SystemTime:
    """The machine's time, plus what a test lets pass."""

    passed: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.passed


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """A running database server, reached by its socket only."""
    folder = DataFolder(tmp_path_factory.mktemp("counter"))
    postgres = Postgres(folder)
    postgres.create()
    postgres.clear()
    launch = postgres.launch()
    command = through(launch.arguments, signal.SIGKILL, launch.user)
    with (folder.path / "postgres.log").open("wb") as log:
        server = subprocess.Popen(command, env=launch.environment, cwd=launch.folder, stdout=log, stderr=log)
        try:
            asyncio.run(_ready(postgres))
            yield folder
        finally:
            server.send_signal(launch.stop_signal)
            server.wait(20)


async def _ready(postgres: Postgres) -> None:
    until = time.monotonic() + 30
    while not await postgres.ready():
        if time.monotonic() > until:
            raise TimeoutError("the database did not start")
        await asyncio.sleep(0.05)
    await postgres.bootstrap()


@pytest.fixture(scope="session")
def migrated(folder: DataFolder) -> DataFolder:
    migrate(folder.database_url("migration"), at=MORNING, demo=True)
    return folder


@pytest.fixture(scope="session")
def vault() -> Vault:
    ring = keys.generate()
    return Vault(ring.fields, ring.files, ring.blind_index)


@pytest.fixture(scope="session")
async def worker(migrated: DataFolder) -> AsyncIterator[Database]:
    database = Database(migrated.database_url("worker"), pool_size=2)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def database(migrated: DataFolder) -> AsyncIterator[Database]:
    database = Database(migrated.database_url("api"), pool_size=5)
    yield database
    await database.close()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def system_time() -> SystemTime:
    return SystemTime()


@pytest.fixture
def services(
    database: Database, vault: Vault, clock: StoppedClock, system_time: SystemTime, tmp_path: Path
) -> Services:
    options = Options(base_url="http://counter.test", demo=True, version="test", largest_file=200_000)
    return Services(database, vault, FileStore(tmp_path / "files", vault), clock, system_time, options)


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://counter.test") as client:
        yield client


class Counter:
    """The counter as several people use it; each signs in once per test run."""

    _tokens: dict[str, str] = {}  # noqa: RUF012  # shared on purpose: argon2 costs more than all the rest of a test

    def __init__(self, http: httpx2.AsyncClient, worker: Database, clock: StoppedClock) -> None:
        self.http, self._worker, self._clock = http, worker, clock

    async def as_(self, username: str, method: str, path: str, **request: Any) -> httpx2.Response:
        if username not in self._tokens:
            signed_in = await self.http.post("/api/v1/sessions", json={"username": username, "password": PASSWORD})
            assert signed_in.status_code == 200, signed_in.text
            self._tokens[username] = signed_in.json()["token"]
        headers = {
            "Authorization": f"Bearer {self._tokens[username]}",
            "Prefer": "wait=0",
            **request.pop("headers", {}),
        }
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **request)

    async def upload(self, username: str = CASEWORKER, content: bytes = PDF) -> str:
        answer = await self.as_(username, "POST", "/files", files={"file": ("scan.pdf", content)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["file"])

    async def application(self, **changes: Any) -> dict[str, Any]:
        """A body that is right in every way; `changes` replace parts of it, e.g. costs={"total": "1.00"}."""
        body = await self._right_body()
        for name, change in changes.items():
            body[name] = {**body[name], **change} if isinstance(change, dict) else change
        return body

    async def file(self, username: str = CASEWORKER, **changes: Any) -> dict[str, Any]:
        answer = await self.as_(username, "POST", "/applications", json=await self.application(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def _right_body(self) -> dict[str, Any]:
        papers = ["diagnosis", "receipts", "history", "insurance_proof"]
        documents: list[dict[str, Any]] = [{"kind": kind, "file": await self.upload()} for kind in papers]
        documents.append(
            {"kind": "recognition", "file": await self.upload(), "no": "阳民认〔2025〕12号", "date": "2025-02-27"}
        )
        return {
            "division": TOWNSHIP,
            "category": "GXZC",
            "applicant": {
                "name": "金丝雀",
                "id_number": "140522196001010010",
                "phone": "13800138000",
                "address": "甲村1号",
                "residence": "rural",
                "registered_in": TOWNSHIP,
                "insured_in": "140522",
                "household": [{"name": "金小雀", "id_number": "110101199003070310", "relation": "子"}],
            },
            "costs": {
                "total": "92400.00",
                "compliant_total": "86231.00",
                "basic": "48200.00",
                "critical_illness": "11300.00",
                "commercial": "2000.00",
                "disease_code": "C50.9",
                "institution_code": "H14052200001",
                "settlement_no": f"JS{uuid.uuid4().hex[:16]}",
                "admitted_on": "2024-12-01",
                "discharged_on": "2024-12-20",
                "settled_on": "2024-12-20",
            },
            "payee": {"kind": "person", "name": "金丝雀", "account": "6222020200112233445", "bank": "阳城农商行"},
            "documents": documents,
        }

    async def open_task(self, filed: dict[str, Any], kind: str, *, round: int = 1, **values: Any) -> str:
        """A task row as the desk writes it."""
        day = self._clock.now().date()
        async with self._worker.transaction(WHOLE) as session:
            division = filed["number"][:9]
            asked, workflow_id = step(kind), f"application/{filed['number']}"
            period = PeriodRow(
                workflow_id=workflow_id,
                name=f"{kind}/{uuid.uuid4().hex}",
                round=round,
                division=division,
                subject_id=uuid.UUID(filed["id"]),
                climbs=True,
                deadline_version=0,
                ladder_since=self._clock.now(),
                opened_at=self._clock.now(),
            )
            counted_from = values.pop("counted_from", day)
            rulebook = await load_rulebook(session, division, day)
            set_dates(period, rulebook, Dates(asked.deadline, counted_from, counted_from), self._clock.now())
            session.add(period)
            await session.flush()
            row = TaskRow(
                workflow_id=workflow_id,
                step=f"{kind}/{uuid.uuid4().hex}",
                round=round,
                kind=kind,
                subject_type="application",
                subject_id=uuid.UUID(filed["id"]),
                division=division,
                office=office_of(division, asked.post).division,
                level=asked.post.level.value,
                department=asked.post.department.value,
                role=asked.post.role.value,
                period_id=period.id,
                detail=values.pop("detail", {}),
                opened_at=self._clock.now(),
                **{"state": "open", **values},
            )
            session.add(row)
            await session.flush()
            return str(row.id)

    async def answer(self, username: str, task: str, outcome: str, **answer: Any) -> httpx2.Response:
        return await self.as_(username, "POST", f"/tasks/{task}/answer", json={"outcome": outcome, **answer})


@pytest.fixture
def counter(http: httpx2.AsyncClient, worker: Database, clock: StoppedClock) -> Counter:
    return Counter(http, worker, clock)


def day(text: str) -> date:
    return date.fromisoformat(text)
