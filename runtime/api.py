"""The API process: wires the counter's services and serves them until SIGTERM."""

import importlib.metadata
from datetime import timedelta

import uvicorn

from api.app import create_app
from api.services import MEGABYTE, Options, Services
from runtime import faults, keys
from runtime.clock import SystemClock, clock
from runtime.settings import Settings
from store.database import Database
from store.files import FileStore

# What is still being answered when the process is asked to stop gets this long.
GRACE_SECONDS = 5


async def run(settings: Settings) -> None:
    """Serve pages and REST until SIGTERM. Raises StartTrouble when the keys are missing."""
    services = wire(settings)
    try:
        config = uvicorn.Config(
            create_app(services),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,  # addresses with their query strings
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        await uvicorn.Server(config).serve()
    finally:
        await services.database.close()


def wire(settings: Settings) -> Services:
    """The counter's collaborators, made once."""
    vault = keys.vault(keys.load(settings.folder.keyring))
    return Services(
        database=Database(settings.database_url("api")),
        vault=vault,
        files=FileStore(settings.folder.files, vault),
        clock=clock(settings),
        system_now=SystemClock().now,
        options=options(settings),
        fault_point=faults.fault_point(settings),
    )


def options(settings: Settings) -> Options:
    """What of the settings the counter needs."""
    return Options(
        base_url=settings.address,
        demo=settings.demo,
        mail_dir=settings.folder.mail if settings.demo else None,
        story=settings.story_clock is not None,
        version=importlib.metadata.version("jiuzhu"),
        docs=settings.docs,
        session_idle=timedelta(minutes=settings.session_idle_minutes),
        session_length=timedelta(hours=settings.session_hours),
        largest_file=settings.upload_limit_mb * MEGABYTE,
    )
