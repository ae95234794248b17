"""A worker's hand in a process of its own, to be killed: takes in the uploads that it is told on standard input, two at once.

An attempt after a killed one is what Temporal would make: the same hand, told the same uploads.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.uploads import TableToTakeIn, Uploads
from bench.rosters import Still
from runtime.worker import BULK_AT_ONCE
from store.database import Database
from store.files import FileStore
from store.vault import Vault


def told_to(vault: Vault, url: str, files: Path, uploads: list[str]) -> bytes:
    """What such a process is told."""
    keys = {
        "columns": {version: key.hex() for version, key in vault.columns.items()},
        "files": {version: key.hex() for version, key in vault.files.items()},
        "index": vault.index.hex(),
    }
    return json.dumps({"keys": keys, "url": url, "files": str(files), "uploads": uploads}).encode()


async def take_in_all(told: dict[str, Any]) -> None:
    columns, files = (
        {int(version): bytes.fromhex(key) for version, key in told["keys"][name].items()}
        for name in ("columns", "files")
    )
    vault = Vault(columns, files, bytes.fromhex(told["keys"]["index"]))
    hands = Uploads(Database(told["url"]), Still(), vault, FileStore(Path(told["files"]), vault))
    free = asyncio.Semaphore(BULK_AT_ONCE)

    async def take_in(upload: str) -> None:
        async with free:
            await ActivityEnvironment().run(hands.take_in, TableToTakeIn(upload))

    await asyncio.gather(*(take_in(upload) for upload in told["uploads"]))


if __name__ == "__main__":
    gc.freeze()  # as the worker does
    asyncio.run(take_in_all(json.load(sys.stdin)))
