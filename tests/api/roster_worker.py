"""A worker's hand in a process of its own, so that a test may kill it: takes in one upload, as told on standard input."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.uploads import TableToTakeIn, Uploads
from store.database import Database
from store.files import FileStore
from store.vault import Vault
from tests.api.conftest import StoppedClock


async def take_in(told: dict[str, Any]) -> None:
    keys = {int(version): bytes.fromhex(key) for version, key in told["columns"].items()}
    files = {int(version): bytes.fromhex(key) for version, key in told["files"].items()}
    vault = Vault(keys, files, bytes.fromhex(told["index"]))
    database = Database(told["url"], pool_size=2)
    hands = Uploads(database, StoppedClock(), vault, FileStore(Path(told["folder"]), vault))
    await ActivityEnvironment().run(hands.take_in, TableToTakeIn(told["upload"]))


if __name__ == "__main__":
    asyncio.run(take_in(json.load(sys.stdin)))
