"""`jiuzhu migrate`: the database brought to today's shape, with this machine's keys beside it."""

from collections.abc import Callable

from runtime.clock import clock
from runtime.settings import Settings
from store.migration import migrate


def run(settings: Settings, *, demo: bool, up: bool, say: Callable[[str], None]) -> None:
    """Roles, schema, packs, divisions, calendars, demonstration accounts. Safe to run again."""
    password = settings.database_role_password
    migrate(
        settings.database_url("migration"),
        at=clock(settings).now(),
        demo=demo,
        up=up,
        role_password=password.get_secret_value() if password else None,
        progress=say,
    )
