"""Supervision of one process, with small programs that misbehave."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.embedded import processes
from runtime.embedded.service import Launch
from runtime.embedded.supervised import Supervised
from runtime.folder import DataFolder
from runtime.trouble import StartTrouble
from tests.runtime.conftest import processes_naming, wait_for_none


class Script:
    """A Python one-liner; ready when the file `ready` is there, or at once."""

    name = "script"
    title = "小程序"
    patience = 1.0

    def __init__(self, folder: Path, program: str, wait: bool = False) -> None:
        self._folder, self._program, self._wait = folder, program, wait

    def clear(self) -> None: ...

    def launch(self) -> Launch:
        return Launch(
            [sys.executable, "-c", self._program], dict(os.environ), self._folder, hints={"known sign": "认得的毛病"}
        )

    async def ready(self) -> bool:
        return not self._wait or await asyncio.to_thread((self._folder / "ready").exists)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.claim().close()
    folder.prepare(with_temporal=False)
    return folder


async def until(holds: Callable[[], object]) -> None:
    """Wait at most ten seconds for it."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.02)


SLEEP = "import time; time.sleep(600)"


async def test_process_that_dies_is_started_again_with_growing_pauses(folder: DataFolder) -> None:
    said: list[str] = []
    short_lived = Script(folder.path, "import time; time.sleep(0.3); raise SystemExit(3)")
    supervised = Supervised(short_lived, folder, said.append)
    await supervised.start()
    await until(lambda: supervised.deaths == 2)
    await supervised.stop()

    assert [line for line in said if "已退出" in line] == [
        "小程序已退出（代码 3），0.5 秒后重新启动",
        "小程序已退出（代码 3），1 秒后重新启动",
    ]
    assert "小程序已重新启动" in said


async def test_process_that_ignores_the_stop_signal_is_killed(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.embedded.supervised.STOP_SECONDS", 0.3)
    said: list[str] = []
    stubborn = f"import signal, pathlib; signal.signal(15, signal.SIG_IGN); pathlib.Path('ready').touch(); {SLEEP}"
    supervised = Supervised(Script(folder.path, stubborn, wait=True), folder, said.append)
    await supervised.start()
    await supervised.stop()

    assert any("强行结束" in line for line in said)
    assert wait_for_none(folder.path, 0) == []


async def test_children_of_a_killed_process_go_with_it(folder: DataFolder) -> None:
    program = f"import os, pathlib; pathlib.Path('ready').touch(); os.fork(); {SLEEP}"
    supervised = Supervised(Script(folder.path, program, wait=True), folder, lambda _line: None)
    await supervised.start()
    await until(lambda: len(processes_naming(folder.path)) == 2)
    supervised.kill(signal.SIGKILL)
    await supervised.stop()

    assert wait_for_none(folder.path, 2) == []


async def test_start_that_fails_quotes_the_log(folder: DataFolder) -> None:
    supervised = Supervised(Script(folder.path, "raise SystemExit('no such luck')", wait=True), folder, print)
    with pytest.raises(StartTrouble, match=r"(?s)小程序启动后即退出.*script\.log.*no such luck"):
        await supervised.start()
    await supervised.stop()


async def test_known_reason_is_said_in_words(folder: DataFolder) -> None:
    supervised = Supervised(Script(folder.path, "raise SystemExit('known sign')", wait=True), folder, print)
    with pytest.raises(StartTrouble, match=r"已损坏.*认得的毛病"):
        await supervised.start()
    await supervised.stop()


async def test_start_that_takes_too_long_is_given_up(folder: DataFolder) -> None:
    supervised = Supervised(Script(folder.path, SLEEP, wait=True), folder, print)
    with pytest.raises(StartTrouble, match="1 秒内没有就绪"):
        await supervised.start()
    await supervised.stop()
    assert wait_for_none(folder.path, 0) == []


async def test_process_recorded_by_a_killed_supervisor_is_ended_unless_the_id_was_reused(folder: DataFolder) -> None:
    mine = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEP)
    record = folder.run / "x.pid"
    try:
        record.write_text(f"{mine.pid} 1")  # another birth: the id belongs to a stranger now
        await asyncio.to_thread(processes.end_recorded, record, signal.SIGTERM)
        assert mine.returncode is None
        assert processes.birth(mine.pid) is not None

        processes.record(record, mine.pid)
        await asyncio.to_thread(processes.end_recorded, record, signal.SIGTERM)
        assert await mine.wait() == -signal.SIGTERM
        assert not record.exists()
    finally:
        if mine.returncode is None:
            mine.kill()
            await mine.wait()
