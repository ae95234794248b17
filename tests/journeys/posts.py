"""People move between posts; an account of the demonstration for the length of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.embedded.stack import Stack

POST = ("level", "department", "role", "division")


@asynccontextmanager
async def moved(stack: Stack, username: str, *, to_post_of: str) -> AsyncIterator[None]:
    """Inside it `username` holds the post of the other account, as after a transfer in the office."""
    engine = create_async_engine(stack.dsn("postgres"))
    columns = ", ".join(POST)
    sets = ", ".join(f"{column} = :{column}" for column in POST)
    try:
        async with engine.begin() as connection:
            query = text(f"select {columns} from account where username = :username")
            own = (await connection.execute(query, {"username": username})).mappings().one()
            new = (await connection.execute(query, {"username": to_post_of})).mappings().one()
            await connection.execute(text(f"update account set {sets} where username = :who"), {**new, "who": username})
        try:
            yield
        finally:
            async with engine.begin() as connection:
                update = text(f"update account set {sets} where username = :who")
                await connection.execute(update, {**own, "who": username})
    finally:
        await engine.dispose()


@asynccontextmanager
async def seated(stack: Stack, username: str, division: str) -> AsyncIterator[str]:
    """Inside it `username` holds the same post in another division, where the demonstration has nobody."""
    engine = create_async_engine(stack.dsn("postgres"))
    seat = text("update account set division = :division where username = :username")
    try:
        async with engine.begin() as connection:
            query = text("select division from account where username = :username")
            own = (await connection.execute(query, {"username": username})).scalar_one()
            await connection.execute(seat, {"division": division, "username": username})
        try:
            yield username
        finally:
            async with engine.begin() as connection:
                await connection.execute(seat, {"division": own, "username": username})
    finally:
        await engine.dispose()
