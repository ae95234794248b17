"""Temporal's time-skipping test server, started on a story's date, and the one who moves its time.

It keeps nothing on disk: killed, a story is over. Upstream plans to retire it, so nothing else in the product names it.
"""

import importlib.util
import os
from datetime import UTC, datetime
from pathlib import Path

from google.protobuf.empty_pb2 import Empty
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.clock import StoryClock
from runtime.embedded.service import Launch
from runtime.embedded.temporal_server import program
from runtime.folder import DataFolder
from runtime.trouble import StartTrouble


def _faketime_library() -> str:
    spec = importlib.util.find_spec("libfaketime")
    found = list(Path(spec.origin).parent.rglob("libfaketime.so.1")) if spec and spec.origin else []
    if not found:
        raise StartTrouble("没有安装 libfaketime：演练需要它让测试服务从指定日期开始。请安装 embedded 附加依赖。")
    return str(found[0])


class TimeSkippingServer:
    name = "temporal"
    title = "演练用流程服务"
    patience = 20.0

    def __init__(self, folder: DataFolder, port: int, start: datetime) -> None:
        self._folder = folder
        self._port = port
        self._start = start.astimezone(UTC)
        self._program = program("temporal-test-server")
        self._library = _faketime_library()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def clear(self) -> None:
        """Nothing of it outlives its process."""

    def launch(self) -> Launch:
        return Launch(
            arguments=[self._program, str(self._port)],
            environment={
                "PATH": os.defpath,
                "TZ": "UTC",
                "LD_PRELOAD": self._library,
                "FAKETIME": self._start.strftime("@%Y-%m-%d %H:%M:%S"),
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # Its repair of timed waits, meant for another glibc, makes every one return at once: a third of a core.
                "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            },
            folder=self._folder.run,
        )

    async def ready(self) -> bool:
        try:
            client = await Client.connect(self.address)
            await client.test_service.get_current_time(Empty())
        except (RPCError, RuntimeError):
            return False
        return True


class Skipper:
    """Moves the world's time: the test server's, and the story clock that every other process reads.

    A signal that falls due inside a long sleep is delivered at its end, so callers move in hops: never past the next
    moment at which anything is due (docs/decisions/0022).
    """

    def __init__(self, client: Client, clock: StoryClock) -> None:
        self._client = client
        self._clock = clock

    async def now(self) -> datetime:
        """The test server's time, aware."""
        answer = await self._client.test_service.get_current_time(Empty())
        return answer.time.ToDatetime(UTC)

    async def sleep_until(self, moment: datetime) -> None:
        """One hop to `moment`; what is already past returns at once.

        The story clock is set before the hop, so that an activity woken by it does not read a time before its timer's,
        and again after it, from the server.
        """
        ahead = moment - await self.now()
        if ahead.total_seconds() > 0:
            self._clock.set(moment)
            request = SleepRequest()
            request.duration.FromTimedelta(ahead)
            await self._client.test_service.unlock_time_skipping_with_sleep(request)
        await self.synchronise()

    async def synchronise(self) -> None:
        """Set the story clock to the server's time."""
        self._clock.set(await self.now())
