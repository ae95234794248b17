"""The tables of uploads as the database has them: as the models say, behind walls of their own."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.models import Base
from tests.api.conftest import COUNTY_CASEWORKER
from tests.api.test_uploads import CIVIL, Handing, handing, identity, settlement, somebody

TABLES = ("upload", "upload_row", "identity_period", "settlement")
FORCED = (*TABLES, "upload_forecast")
SEEN = {
    ("140522", "civil_affairs"): (True, True, True, False),
    ("140522", "agriculture"): (False, False, False, False),
    ("140522", "medical_insurance"): (True, True, True, True),
    ("140522", "finance"): (False, False, True, False),
    ("140522100", "township_government"): (False, False, False, False),
    ("140827", "medical_insurance"): (False, False, False, False),
    ("1405", "medical_insurance"): (True, True, True, True),
}

__all__ = ["handing"]


@pytest.fixture
async def sql(migrated: DataFolder) -> AsyncIterator[psycopg.AsyncConnection]:
    """A bare connection as the counter's role."""
    address = f"host={migrated.socket} user=jiuzhu_api dbname=jiuzhu"
    async with await psycopg.AsyncConnection.connect(address) as connection:
        yield connection


def test_models_and_migrations_say_the_same(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    named = [f"'{table}'" for table in TABLES] + [f"<{table}>" for table in TABLES]
    assert [one for one in differences if any(name in repr(one) for name in named)] == []


async def test_every_table_forces_its_walls(worker: Database) -> None:
    async with worker.transaction(WHOLE) as session:
        forced = await session.scalars(
            text(
                "select relname from pg_class where relname = any(:tables) and relrowsecurity and relforcerowsecurity"
            ),
            {"tables": list(FORCED)},
        )
        assert set(forced) == set(FORCED)


async def test_each_department_sees_its_own_and_no_more(handing: Handing, sql: psycopg.AsyncConnection) -> None:
    who = somebody()
    ours = [
        (await handing.hand_in(CIVIL, "identity", [identity(*who)]))["id"],
        (await handing.hand_in(COUNTY_CASEWORKER, "settlement", [settlement(*who, who[1])]))["id"],
    ]
    for (scope, department), seen in SEEN.items():
        await sql.execute(
            "select set_config('app.scope', %s, true), set_config('app.department', %s, true)", (scope, department)
        )
        found = []
        for table in TABLES:
            key = "id" if table == "upload" else "upload_id"
            asked = f"select count(*) > 0 from {table} where {key} = any(%s::uuid[])".encode()
            row = await (await sql.execute(asked, (ours,))).fetchone()
            assert row is not None
            found.append(row[0])
        assert tuple(found) == seen, (scope, department)


@pytest.mark.parametrize(
    "statement",
    [
        "update upload set state = 'done'",
        "insert into upload_row select * from upload_row limit 0",
        "update upload_row set fate = 'accepted'",
        "insert into identity_period select * from identity_period limit 0",
        "update settlement set aid = 0",
        "delete from upload",
    ],
)
async def test_what_became_of_a_table_is_written_by_the_worker_alone(
    sql: psycopg.AsyncConnection, statement: str
) -> None:
    await sql.execute("select set_config('app.scope', '14', true), set_config('app.department', 'civil_affairs', true)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await sql.execute(statement.encode())


async def test_the_worker_itself_cannot_rewrite_a_fate(worker: Database) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with worker.transaction(WHOLE) as session:
            await session.execute(text("update upload_row set fate = 'accepted'"))
