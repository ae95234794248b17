"""One session factory: every transaction says whose eyes it sees with, and is committed at its rim."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from policy.terms import Department
from store.models import Base


@dataclass(frozen=True)
class Scope:
    """The area and department that row-level security lets a transaction see (architecture decision 14)."""

    division: str
    department: Department


class Whole:
    """For the roles of worker, relay and sign-in: their own policies say what they see."""


WHOLE = Whole()

RESTED = 1.0
"""Seconds in the pool after which a connection is asked whether it still lives."""


class NoScope(Exception):
    """A transaction was opened without saying whose eyes it sees with: a fault in the program, never an empty list."""


class Database:
    """The connection pool of one database role."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        # Parameters may be personal data, and errors are logged: they are left out of every error's text.
        self._engine = create_async_engine(url, pool_size=pool_size, max_overflow=10, hide_parameters=True)
        _ask_the_rested(self._engine.sync_engine)
        Base.registry.configure()
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._glances = async_sessionmaker(alone, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, scope: Scope | Whole) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises. Raises NoScope."""
        async with self._sessions() as session, session.begin():
            match scope:
                case Scope(division, department) if division:
                    await session.execute(
                        text("select set_config('app.scope', :d, true), set_config('app.department', :p, true)"),
                        {"d": division, "p": department.value},
                    )
                case Whole():
                    pass
                case _:
                    raise NoScope
            yield session

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncSession]:
        """For single statements, each a transaction of its own, with the eyes of `WHOLE`: what every request asks first."""
        async with self._glances() as session:
            yield session

    async def close(self) -> None:
        await self._engine.dispose()


def _ask_the_rested(engine: Engine) -> None:
    """Asks a connection that has rested whether it still lives; one in steady use is trusted, and saves the question.

    The first failure of a trusted one empties the pool (SQLAlchemy does so), and the request may be sent again.
    """

    @event.listens_for(engine, "checkin")
    def put_back(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as dead:
            raise InvalidatePoolError("the connection has died while it rested") from dead
