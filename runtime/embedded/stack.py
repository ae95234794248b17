"""Everything `up`, a story or a test needs, started in order, kept alive, and stopped without a trace."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

from runtime import keys
from runtime.clock import StoryClock
from runtime.embedded import ports, processes
from runtime.embedded.lifeline import through
from runtime.embedded.postgres import Postgres, remove_socket
from runtime.embedded.programs import ROOT, MailCatcher, Program, answers, environment
from runtime.embedded.service import Service
from runtime.embedded.supervised import Say, Supervised
from runtime.embedded.temporal_server import TemporalServer
from runtime.embedded.time_skipping import Skipper, TimeSkippingServer
from runtime.folder import DataFolder
from runtime.settings import Settings
from runtime.temporal import connect
from runtime.trouble import StartTrouble

CHILDREN = ("worker", "relay", "api")
CATCHER = {"STARTTLS": "false", "USER": "", "PASSWORD": ""}
"""The mail catcher asks for neither, whatever is set for a real server."""
READY_SECONDS = 60.0
HOPELESS_DEATHS = 3
"""Waiting to be ready ends when a process has died this often in a row."""
TEST_NAMESPACE = "default"
"""The only one that the time-skipping server has."""


@dataclass(frozen=True)
class Ports:
    """Where the servers listen; `temporal_ui` None means no page."""

    api: int
    temporal: int
    mail: int
    temporal_ui: int | None = None

    @classmethod
    def anywhere(cls) -> "Ports":
        """Free ones: for tests and stories, many of which may run at once."""
        return cls(api=ports.free(), temporal=ports.free(), mail=ports.free())

    @classmethod
    def of(cls, settings: Settings) -> "Ports":
        """The API's as set, or StartTrouble if it is taken; the others as set if they are free, else any."""
        page = ports.prefer("127.0.0.1", settings.temporal_ui_port) if settings.temporal_ui_port else None
        return cls(
            api=ports.demand(settings.host, settings.port, "JIUZHU_PORT", "网页与接口"),
            temporal=ports.prefer("127.0.0.1", int(settings.temporal_address.rpartition(":")[2])),
            mail=ports.prefer("127.0.0.1", settings.smtp_port),
            temporal_ui=page,
        )


def _silent(_line: str) -> None:
    """For tests, which look at files instead."""


@dataclass
class Stack:
    """An async context manager: inside it everything runs and is ready, after it nothing does.

    `children` says which of the product's processes are started; without all three, readiness is that of the servers
    (and of /healthz where the API is among them). `start` begins a story at that moment; with the time-skipping engine
    `skipper` moves its time. Raises StartTrouble with words for the person at the terminal.
    """

    data_dir: Path
    engine: Literal["real", "time-skipping"] = "real"
    start: datetime | None = None
    ports: Callable[[], Ports] = Ports.anywhere
    """Asked when the folder is ours and swept: what an earlier life left may still hold a port until then."""
    host: str = "127.0.0.1"
    demo: bool = False
    up: bool = False
    fresh: bool = False
    env: dict[str, str] = field(default_factory=dict)
    children: Sequence[str] = CHILDREN
    migrate: bool = True
    log: Say = _silent

    def __post_init__(self) -> None:
        self.folder = DataFolder(self.data_dir)
        self._running: dict[str, Supervised] = {}
        self._exit = AsyncExitStack()
        self._lock: TextIO | None = None
        self._temporal: TemporalServer | TimeSkippingServer | None = None
        self._skipper: Skipper | None = None

    # What the others connect to.

    @property
    def api_url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{host}:{self._ports.api}"

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self._ports.temporal}"

    @property
    def temporal_ui_url(self) -> str | None:
        return f"http://127.0.0.1:{self._ports.temporal_ui}" if self._ports.temporal_ui else None

    @property
    def mail_dir(self) -> Path:
        return self.folder.mail

    @property
    def keyring(self) -> keys.Keyring:
        return keys.load(self.folder.keyring)

    @property
    def skipper(self) -> Skipper:
        """Moves the story's time; only with the time-skipping engine."""
        if self._skipper is None:
            raise RuntimeError("only a story on the time-skipping engine can move its time")
        return self._skipper

    @property
    def settings(self) -> Settings:
        """What this stack's processes are given, for code that runs in this process."""
        given = {name.removeprefix("JIUZHU_").lower(): value for name, value in self.child_environment.items()}
        return Settings.model_validate(given)

    def dsn(self, role: str) -> str:
        """SQLAlchemy address for `api`, `worker`, `relay`, `migration` or `postgres` (superuser, for tests' checks)."""
        return self.folder.database_url(role)

    @property
    def child_environment(self) -> dict[str, str]:
        """The settings of every child, as environment variables."""
        values = {
            "JIUZHU_DATA_DIR": str(self.folder.path),
            "JIUZHU_HOST": self.host,
            "JIUZHU_PORT": str(self._ports.api),
            **{
                f"JIUZHU_DATABASE_URL_{role.upper()}": self.dsn(role)
                for role in ("api", "worker", "relay", "migration")
            },
            "JIUZHU_TEMPORAL_ADDRESS": self.temporal_address,
            "JIUZHU_TEMPORAL_UI_PORT": str(self._ports.temporal_ui or 0),
            "JIUZHU_SMTP_HOST": "127.0.0.1",
            "JIUZHU_SMTP_PORT": str(self._ports.mail),
            **{f"JIUZHU_SMTP_{name}": value for name, value in CATCHER.items()},
            "JIUZHU_DEMO": "true" if self.demo else "false",
            "JIUZHU_MONTHS": "true" if self.up else "false",
        }
        if self.engine == "time-skipping":
            values["JIUZHU_TEMPORAL_NAMESPACE"] = TEST_NAMESPACE
        if self.start is not None:
            values["JIUZHU_STORY_CLOCK"] = str(self.folder.clock)
        return {**values, **self.env}

    # Starting and stopping.

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.aclose()

    async def _start(self) -> None:
        self._lock = self._exit.enter_context(self.folder.claim())
        if self.fresh:
            self.log("按要求清空数据文件夹，重新开始")
            await asyncio.to_thread(self._sweep)
            await asyncio.to_thread(self.folder.wipe)
        self.folder.prepare(with_temporal=self.engine == "real")
        await asyncio.to_thread(self._sweep)
        self._ports = self.ports()
        if " " in str(self.folder.path):
            self.log(f"数据文件夹的路径含有空格：数据库的套接字改放在 {self.folder.socket}")
        if self.start is not None:
            StoryClock(self.folder.clock).set(self.start)
        await _all(self._start_database(), self._start_temporal(), self._start_mail())
        await self._start_programs()
        self.folder.finish()

    async def _start_database(self) -> None:
        postgres = Postgres(self.folder)
        began = time.monotonic()
        await asyncio.to_thread(postgres.create)
        self._exit.push_async_callback(remove_socket, self.folder)
        await self._run(postgres, began)
        await postgres.bootstrap()
        keys.load_or_create(self.folder.keyring, database_exists=self.folder.finished)
        if self.migrate:
            await self._migrate()
            await postgres.forget_probe()

    async def _migrate(self) -> None:
        flags = [flag for flag, wanted in (("--demo", self.demo), ("--up", self.up)) if wanted]
        journal = self.folder.logs / "migrate.log"
        journal.touch(mode=0o600)
        with journal.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *through([sys.executable, "-m", "runtime.cli", "migrate", *flags], signal.SIGTERM),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=environment(self.child_environment),
                cwd=ROOT,
            )
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                self.log(f"  {line.decode(errors='replace').rstrip()}")
            if await process.wait():
                last = journal.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
                raise StartTrouble(f"数据库升级没有成功，日志在 {journal}：{' '.join(last)}")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _start_temporal(self) -> None:
        if self.engine == "real":
            namespace = self.settings.temporal_namespace
            server = TemporalServer(self.folder, self._ports.temporal, self._ports.temporal_ui, namespace)
            await self._run(server)
            await server.bootstrap()
            return
        if self.start is None:
            raise ValueError("the time-skipping engine needs a moment to start at")
        await self._run(TimeSkippingServer(self.folder, self._ports.temporal, self.start))

    async def _start_mail(self) -> None:
        await self._run(MailCatcher(self.folder.mail, self._ports.mail, self.child_environment))

    async def _start_programs(self) -> None:
        if self.engine == "time-skipping":
            self._skipper = Skipper(await connect(self.settings), StoryClock(self.folder.clock))
            await self._skipper.synchronise()
        health = {"api": f"{self.api_url}/healthz"}
        own = self.child_environment
        await _all(*(self._run(Program(name, own, health.get(name))) for name in self.children))
        await self.wait_ready()

    async def _run(self, service: Service, began: float | None = None) -> None:
        began = began or time.monotonic()
        supervised = Supervised(service, self.folder, self.log)
        self._running[service.name] = supervised
        self._exit.push_async_callback(supervised.stop)
        await supervised.start()
        self.log(f"{service.title} 已启动（{time.monotonic() - began:.1f} 秒）")

    def _sweep(self) -> None:
        """End what a killed supervisor left running on this folder."""
        for record in self.folder.run.glob("*.pid"):
            processes.end_recorded(record, signal.SIGTERM)
        for pid in processes.working_in(self.folder.postgres):
            processes.end(pid, signal.SIGINT)

    # While it runs.

    async def wait_ready(self) -> None:
        """Return when every process is up and, with worker, relay and API among them, /readyz says so."""
        await asyncio.wait_for(asyncio.gather(*(one.wait_ready() for one in self._running.values())), READY_SECONDS)
        if not set(CHILDREN) <= set(self.children):
            return
        until = time.monotonic() + READY_SECONDS
        while not await answers(f"{self.api_url}/readyz"):
            for one in self._running.values():
                if one.deaths >= HOPELESS_DEATHS:
                    raise one.trouble("一再退出")
            if time.monotonic() > until:
                raise StartTrouble(f"系统在 {READY_SECONDS:.0f} 秒内没有就绪，日志在 {self.folder.logs}")
            await asyncio.sleep(0.1)

    def pid(self, name: str) -> int | None:
        """The living process of `postgres`, `temporal`, `mail`, `worker`, `relay` or `api`."""
        return self._running[name].pid

    def kill(self, name: str, sign: signal.Signals = signal.SIGKILL) -> int:
        """A fault: send the signal; the supervision will start it again. Returns the id that it was sent to."""
        return self._running[name].kill(sign)

    async def wait_restarted(self, name: str) -> None:
        """Return when it is up, after a `kill`."""
        await asyncio.wait_for(self._running[name].wait_ready(), READY_SECONDS)

    async def restart(self, name: str) -> None:
        """Stop one process in good order and start it again; returns when it is ready."""
        await self._running[name].restart()


async def _all(*works: Awaitable[None]) -> None:
    """Run them side by side; when one fails, let none go on behind its back."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(BaseException):
            await asyncio.gather(*tasks, return_exceptions=True)
        raise
