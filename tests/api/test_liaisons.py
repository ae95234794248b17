"""The register of liaisons (C-19): who keeps which entry, what history stays, who reads the names, who is missing."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from runtime.folder import DataFolder
from store.base import Base
from store.database import WHOLE, Database


def test_models_and_migrations_say_the_same(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert [one for one in differences if "liaison" in repr(one) or "finding" in repr(one)] == []


async def test_the_register_forces_its_walls(worker: Database) -> None:
    asked = text("select relname from pg_class where relname = 'liaison' and relrowsecurity and relforcerowsecurity")
    async with worker.transaction(WHOLE) as session:
        assert list(await session.scalars(asked)) == ["liaison"]
