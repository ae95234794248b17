"""Once a day the offices whose liaison's term ends soon are reminded (C-19). Runs in the relay's process, needs no Temporal;
JIUZHU_MONTHS=false switches it off with the months.

A mail is queued once for each last day, so that looking again does nothing.
"""

import asyncio
from datetime import date

import structlog
from sqlalchemy.exc import SQLAlchemyError

from activities.correspondence import Correspondence
from activities.liaisons import remind
from policy.clock import today
from runtime.clock import clock
from runtime.settings import Settings
from store.database import WHOLE, Database

log = structlog.get_logger(__name__)

FIRST = 60.0
"""Seconds before the first look: whoever starts a house is to find it ready first."""
EVERY = 900.0
"""Seconds between two looks at whether a new day has come."""


async def remind_forever(settings: Settings) -> None:
    """Until cancelled. While the database is away it waits for it. With the worker's rights, which queue mails."""
    database, now = Database(settings.database_url("worker"), pool_size=1), clock(settings)
    letters = Correspondence(settings.address, settings.digest_minutes)
    done: date | None = None
    try:
        await asyncio.sleep(FIRST)
        while True:
            day = today(now)
            try:
                if done != day:
                    async with database.transaction(WHOLE) as session:
                        told = await remind(session, letters, now.now())
                    log.info("terms of liaisons looked at", ending=told)
                    done = day
            except SQLAlchemyError as error:
                log.warning("the terms of liaisons could not be looked at", kind=type(error).__name__)
            await asyncio.sleep(EVERY)
    finally:
        await database.close()
