"""`jiuzhu up`: the whole house in one terminal, until Ctrl-C."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from policy.clock import today
from policy.procedures import Procedure
from runtime.accounts import DESKS
from runtime.clock import SystemClock
from runtime.demo_cases import DemoTrouble, file_demo_cases
from runtime.demo_exchange import file_demo_exchange
from runtime.embedded.stack import CHILDREN, Ports, Stack
from runtime.months import open_one
from runtime.settings import Settings
from store.demonstration import PASSWORD


async def up(
    settings: Settings, *, fresh: bool, say: Callable[[str], None], children: Sequence[str] = CHILDREN
) -> None:
    """Start everything, say where it is, keep it alive until SIGINT or SIGTERM, stop it. Raises StartTrouble."""
    task = asyncio.current_task()
    assert task is not None
    began = time.monotonic()

    def progress(line: str) -> None:
        # The terminal may have gone (SIGHUP); that must not keep anything from being stopped or started again.
        with contextlib.suppress(OSError):
            say(f"[{time.monotonic() - began:5.1f} s] {line}")

    def stop() -> None:
        # Once: a second Ctrl-C must not interrupt the stopping.
        if not task.cancelling():
            progress("正在停止 …")
            task.cancel()

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sign, stop)
    progress(f"数据文件夹 {settings.folder.path}")
    stack = Stack(
        settings.data_dir,
        ports=lambda: Ports.of(settings),
        host=settings.host,
        demo=True,
        up=True,
        fresh=fresh,
        children=children,
        log=progress,
        env={} if settings.months else {"JIUZHU_MONTHS": "false"},
    )
    try:
        async with stack:
            if "api" in children:
                await _show_cases(stack, progress)
            for line in announcement(stack):
                say(line)
            async with asyncio.TaskGroup() as beside:
                if "api" in children and settings.months:
                    beside.create_task(_show_exchange(stack, progress))
                await asyncio.Event().wait()
    except asyncio.CancelledError:
        task.uncancel()
    progress("已全部停止，数据保留在数据文件夹中")


async def _show_cases(stack: Stack, say: Callable[[str], None]) -> None:
    """The invented cases. One that is refused is said; the house works all the same."""
    try:
        await file_demo_cases(stack.api_url, today(SystemClock()), say)
    except DemoTrouble as trouble:
        say(f"演示案件没有全部登记（其余功能不受影响，可用 --fresh 重来）：{trouble}")


async def _show_exchange(stack: Stack, say: Callable[[str], None]) -> None:
    """The invented exchange, once the months are open, while the house is in use already."""

    async def open_push(division: str, month: date) -> None:
        await open_one(stack.settings, Procedure.PUSH, division, month)

    try:
        await file_demo_exchange(stack.api_url, today(SystemClock()), open_push, say)
    except Exception as error:  # whatever it is: an invented example must not bring the house down
        say(f"演示信息共享没有全部登记（其余功能不受影响）：{type(error).__name__}")


def _command() -> str:
    """How `jiuzhu` is typed here: by its name only where the shell finds it."""
    return "jiuzhu" if shutil.which("jiuzhu") else os.path.relpath(Path(sys.executable).with_name("jiuzhu"))


def announcement(stack: Stack) -> list[str]:
    """What a newcomer needs to go on; the first line is what programs wait for."""
    width = max(len(username) for username, _ in DESKS)
    lines = [f"ready: {stack.api_url}", "", f"演示账号（口令均为 {PASSWORD}）："]
    lines += [f"  {username:<{width}}  {desk}" for username, desk in DESKS]
    lines += [f"  全部账号：{_command()} accounts", "", f"邮件：  {stack.api_url}/dev/mail"]
    if stack.temporal_ui_url:
        lines.append(f"流程：  {stack.temporal_ui_url}")
    return [*lines, f"日志：  {stack.folder.logs}", "停止：  Ctrl-C", ""]
