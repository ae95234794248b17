"""The whole house: worker, relay and API killed, each started again, and ready because a probe has finished since."""

import signal
from pathlib import Path

import httpx2
import psycopg

from runtime.embedded.programs import TITLES
from runtime.embedded.stack import CHILDREN, Stack


async def test_killed_processes_are_started_again_and_a_new_probe_finishes(tmp_path: Path) -> None:
    said: list[str] = []
    async with Stack(tmp_path / "data", demo=True, log=said.append) as stack:
        before = {name: stack.pid(name) for name in CHILDREN}
        for name in CHILDREN:
            stack.kill(name, signal.SIGKILL)
        address = stack.dsn("postgres").replace("+psycopg", "")
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            await connection.execute("delete from heartbeat")
        await stack.wait_ready()

        assert all(stack.pid(name) not in (None, before[name]) for name in CHILDREN)
        async with httpx2.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{stack.api_url}/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    restarts = {line for line in said if "SIGKILL" in line}
    assert restarts == {f"{title}已退出（信号 SIGKILL），0.5 秒后重新启动" for title in TITLES.values()}
