"""The hand of the readiness probe."""

from sqlalchemy import text
from temporalio import activity

from store.database import WHOLE, Database


class Probe:
    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="probe")
    async def probe(self) -> None:
        """Return when the worker's database role has answered a query; raises what the driver raises."""
        async with self._database.transaction(WHOLE) as session:
            await session.execute(text("select 1"))
