"""One process under supervision: started, waited for, started again with growing pauses, stopped by its id."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Callable

from runtime.embedded import processes
from runtime.embedded.lifeline import through
from runtime.embedded.service import Launch, Service
from runtime.folder import DataFolder
from runtime.trouble import StartTrouble

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""After running this long a death counts as the first again."""
STOP_SECONDS = 15.0
LOG_LIMIT = 10 * 1024 * 1024
TAIL = 4000

Say = Callable[[str], None]


class Supervised:
    """Runs a Service. `start` returns when it is ready or raises StartTrouble; afterwards it is kept alive."""

    def __init__(self, service: Service, folder: DataFolder, say: Say) -> None:
        self.service = service
        self._folder = folder
        self._say = say
        self._process: Process | None = None
        self._launched: Launch | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._log = folder.logs / f"{service.name}.log"
        self._record = folder.run / f"{service.name}.pid"
        self._log_start = 0
        self.deaths = 0
        """How often in a row it died soon after its start, other than by `kill`."""

    @property
    def pid(self) -> int | None:
        """The living process, if any."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        await self._spawn()
        await self._until_ready()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.service.name}")

    async def wait_ready(self) -> None:
        """Return when it is up: at once, or after its restart."""
        await self._up.wait()

    def kill(self, sign: signal.Signals) -> int:
        """Send `sign` to the process, as a fault; the supervision goes on. Returns its id."""
        if self._process is None or self._process.returncode is not None:
            raise ProcessLookupError(f"{self.service.name} is not running")
        self._up.clear()
        self.deaths = 0
        self._process.send_signal(sign)
        return self._process.pid

    async def restart(self) -> None:
        """Stop it in good order, start it again, return when ready."""
        await self.stop()
        await self.start()

    async def stop(self) -> None:
        """End the supervision, then the process: its stop signal, and SIGKILL when that is not enough."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        self._up.clear()
        if self._process is None or self._launched is None:
            return
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self._launched.stop_signal)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._say(f"{self.service.title}在 {STOP_SECONDS:.0f} 秒内没有停下，强行结束")
        self._end_group()
        await self._process.wait()
        self._process = None
        self._record.unlink(missing_ok=True)

    async def _spawn(self) -> None:
        await asyncio.to_thread(self.service.clear)
        launch = self._launched = self.service.launch()
        self._shorten_log()
        # Opened here, as us: a service that runs as another user needs no right to the folder.
        handle = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *through(launch.arguments, launch.stop_signal, launch.user),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                env=launch.environment,
                cwd=launch.folder,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops all in order
            )
        finally:
            os.close(handle)
        processes.record(self._record, self._process.pid)

    async def _until_ready(self) -> None:
        until = time.monotonic() + self.service.patience
        while True:
            if self._process is None or self._process.returncode is not None:
                raise self.trouble("启动后即退出")
            if await self.service.ready():
                break
            if time.monotonic() > until:
                raise self.trouble(f"{self.service.patience:.0f} 秒内没有就绪")
            await asyncio.sleep(0.1)
        self._up.set()

    async def _keep(self) -> None:
        while self._process is not None:
            since = time.monotonic()
            code = await self._process.wait()
            self._up.clear()
            self._end_group()
            self.deaths = 1 if time.monotonic() - since > STEADY_SECONDS else self.deaths + 1
            pause = min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
            self._say(f"{self.service.title}已退出（{_why(code)}），{pause:g} 秒后重新启动")
            await asyncio.sleep(pause)
            await self._try_again()

    async def _try_again(self) -> None:
        try:
            await self._spawn()
            await self._until_ready()
        except (StartTrouble, OSError) as trouble:
            self._say(f"{self.service.title}重新启动没有成功：{trouble}")
            if self.pid is not None:
                self._end_group()
        else:
            self._say(f"{self.service.title}已重新启动")

    def _end_group(self) -> None:
        """Kill what is left of the process and the children it made: they share its session."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def trouble(self, what: str) -> StartTrouble:
        """Words for the person at the terminal, with the end of the log or the known reason in it."""
        tail = self._log_tail()
        hints = self._launched.hints if self._launched else {}
        known = [words for sign, words in hints.items() if sign in tail]
        if known:
            return self._folder.damaged(f"{self.service.title}{what}，{known[0]}（详见 {self._log}）")
        last = "\n".join(f"    {line}" for line in tail.splitlines()[-5:])
        return StartTrouble(f"{self.service.title}{what}，日志在 {self._log}：\n{last}")

    def _log_tail(self) -> str:
        with self._log.open("rb") as file:
            file.seek(max(self._log_start, file.seek(0, os.SEEK_END) - TAIL))
            return file.read().decode(errors="replace")

    def _shorten_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        self._log_start = self._log.stat().st_size if self._log.exists() else 0


def _why(code: int) -> str:
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"代码 {code}"
