"""`jiuzhu migrate`: the database brought to today's shape, with this machine's keys beside it."""

from collections.abc import Callable

from sqlalchemy import create_engine, inspect

from runtime.clock import clock
from runtime.keys import load_or_create
from runtime.settings import Settings
from store.migration import migrate


def run(settings: Settings, *, demo: bool, up: bool, say: Callable[[str], None]) -> None:
    """Keys (once), roles, schema, packs, divisions, calendars, demonstration accounts. Safe to run again.

    Raises StartTrouble when the keys are missing while the database has tables: what they sealed would be lost.
    """
    url = settings.database_url("migration")
    settings.folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    load_or_create(settings.folder.keyring, database_exists=_has_tables(url))
    password = settings.database_role_password
    migrate(
        url,
        at=clock(settings).now(),
        demo=demo,
        up=up,
        role_password=password.get_secret_value() if password else None,
        progress=say,
    )


def _has_tables(url: str) -> bool:
    engine = create_engine(url)
    try:
        return inspect(engine).has_table("alembic_version")
    finally:
        engine.dispose()
