"""Every quarter of an hour the offices whose liaison's term ends soon are looked for and reminded (C-19).

Runs in the relay's process, needs no Temporal; JIUZHU_MONTHS=false switches it off with the months. A mail is queued once for
each last day, so that looking again does nothing.
"""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from activities.correspondence import Correspondence
from activities.liaisons import remind
from runtime.clock import clock
from runtime.settings import Settings
from store.database import WHOLE, Database

log = structlog.get_logger(__name__)

FIRST = 60.0
"""Seconds before the first look: whoever starts a house is to find it ready first."""
EVERY = 900.0


async def remind_forever(settings: Settings) -> None:
    """Until cancelled. While the database is away it waits for it. With the worker's rights, which queue mails."""
    database, now = Database(settings.database_url("worker"), pool_size=1), clock(settings)
    letters = Correspondence(settings.address, settings.digest_minutes)
    try:
        await asyncio.sleep(FIRST)
        while True:
            try:
                async with database.transaction(WHOLE) as session:
                    await remind(session, letters, now.now())
            except SQLAlchemyError as error:
                log.warning("the terms of liaisons could not be looked at", kind=type(error).__name__)
            await asyncio.sleep(EVERY)
    finally:
        await database.close()
