"""A pooled connection that died while it rested is replaced unseen; one in steady use is trusted, and fails at most once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import store.database
from runtime.embedded.stack import Stack
from store.database import WHOLE, Database


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with Stack(tmp_path_factory.mktemp("rested") / "data", children=(), migrate=False) as stack:
        yield stack


@pytest_asyncio.fixture
async def database(stack: Stack) -> AsyncIterator[Database]:
    database = Database(stack.dsn("postgres"))
    yield database
    await database.close()


async def _backend(database: Database) -> int:
    async with database.transaction(WHOLE) as session:
        return int(await session.scalar(text("select pg_backend_pid()")) or 0)


async def _three(database: Database) -> set[int]:
    return set(await asyncio.gather(*(_backend(database) for _one in range(3))))


async def _killed(stack: Stack) -> None:
    stack.kill("postgres")
    await stack.wait_restarted("postgres")


async def test_rested_connections_are_replaced_before_anybody_meets_a_dead_one(
    stack: Stack, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database, "RESTED", 0.0)
    before = await _three(database)
    await _killed(stack)
    assert not before & await _three(database)


async def test_trusted_connections_fail_once_and_are_all_replaced(
    stack: Stack, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database, "RESTED", 1e9)
    before = await _three(database)
    await _killed(stack)
    with pytest.raises(OperationalError):
        await _backend(database)
    assert not before & await _three(database)
