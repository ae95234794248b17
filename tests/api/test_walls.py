"""The second wall: what PostgreSQL itself shows the counter's role, without any of our code in between."""

import uuid
from collections.abc import AsyncIterator

import psycopg
import pytest

from policy.terms import Department
from runtime.folder import DataFolder
from store.database import Database, NoScope, Scope
from tests.api.conftest import Counter

CASE_TABLES = ("application", "application_paper", "task", "period", "timeline", "file", "person", "household")


@pytest.fixture
async def sql(migrated: DataFolder) -> AsyncIterator[psycopg.AsyncConnection]:
    """A bare connection as the counter's role."""
    address = f"host={migrated.socket} user=jiuzhu_api dbname=jiuzhu"
    async with await psycopg.AsyncConnection.connect(address) as connection:
        yield connection


async def scoped(sql: psycopg.AsyncConnection, scope: str, department: str = "medical_insurance") -> None:
    await sql.execute(
        "select set_config('app.scope', %s, true), set_config('app.department', %s, true)", (scope, department)
    )


async def count(sql: psycopg.AsyncConnection, table: str) -> int:
    cursor = await sql.execute(f"select count(*) from {table}".encode())
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("table", CASE_TABLES)
async def test_without_a_scope_there_is_an_error(sql: psycopg.AsyncConnection, table: str) -> None:
    with pytest.raises(psycopg.errors.UndefinedObject):
        await count(sql, table)


@pytest.mark.parametrize("table", CASE_TABLES)
async def test_only_ones_own_area_is_there(sql: psycopg.AsyncConnection, counter: Counter, table: str) -> None:
    await scoped(sql, "140522", "health")  # its own matters only, that other tests may have opened
    before = await count(sql, table)
    filed = await counter.file()
    await counter.open_task(filed, "acceptance")
    await scoped(sql, "140522")
    assert await count(sql, table) > before
    for elsewhere in ("140929", "140522109", "1406", "140522100999"):
        await scoped(sql, elsewhere)
        assert await count(sql, table) == 0
    await scoped(sql, "140522", "health")  # that no test has asked about a case
    assert await count(sql, table) == before


async def test_an_empty_scope_shows_nothing(sql: psycopg.AsyncConnection, counter: Counter) -> None:
    await counter.file()
    await scoped(sql, "140522")
    await sql.commit()
    assert await count(sql, "application") == 0, "after a commit the scope is empty in this connection"


async def test_a_row_of_another_area_cannot_be_written(sql: psycopg.AsyncConnection) -> None:
    await scoped(sql, "140522")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await sql.execute("insert into household (division, created_at) values ('140827100', now())")


@pytest.mark.parametrize("table", ["timeline", "access_log"])
@pytest.mark.parametrize("statement", ["update {} set at = now()", "delete from {}"])
async def test_the_record_cannot_be_changed(sql: psycopg.AsyncConnection, table: str, statement: str) -> None:
    await scoped(sql, "140522")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await sql.execute(statement.format(table).encode())


async def test_a_decision_is_never_rewritten_but_for_being_final(sql: psycopg.AsyncConnection) -> None:
    await scoped(sql, "140522")
    await sql.execute("update decision set final = final where id = %s", (uuid.uuid4(),))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await sql.execute("update decision set amount = 1")


async def test_a_transaction_must_say_whose_eyes_it_sees_with(database: Database) -> None:
    with pytest.raises(NoScope):
        async with database.transaction(Scope("", Department.FINANCE)):
            pass
