"""What the worker tidies up by itself every few minutes: files of tables that were thrown away or never confirmed."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from activities.thrown_away import sweep
from policy.clock import Clock
from store.database import Database
from store.files import FileStore

log = structlog.get_logger(__name__)

EVERY = 600.0
FIRST = 60.0
"""Seconds before the first look: whoever starts a house is to find it ready first."""


async def sweep_forever(database: Database, files: FileStore, clock: Clock) -> None:
    """Until cancelled. While the database or the folder is away it waits for it."""
    await asyncio.sleep(FIRST)
    while True:
        try:
            if removed := await sweep(database, files, clock):
                log.info("files of thrown-away tables removed", uploads=removed)
        except (SQLAlchemyError, OSError) as error:
            log.warning("thrown-away tables could not be removed", kind=type(error).__name__)
        await asyncio.sleep(EVERY)
