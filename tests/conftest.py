"""One running house for all the tests that carry cases through the counter: everything real, its time standing still."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio
from hypothesis import settings

from policy.deadlines import SHANGHAI
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter

# How long one example takes says more about the machine than about the product.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

MORNING = datetime(2025, 3, 3, 9, 0, tzinfo=SHANGHAI)
"""A Monday. Nobody moves the time of this stack: what happened before is entered from paper (补录)."""


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Database, Temporal, mail catcher, worker, relay and API, with the demonstration accounts and parameters."""
    folder = tmp_path_factory.mktemp("house") / "data"
    async with Stack(folder, engine="time-skipping", start=MORNING, demo=True) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def counter(stack: Stack) -> AsyncIterator[Counter]:
    """The API as the people of the demonstration use it."""
    counter = Counter(stack.api_url)
    yield counter
    await counter.close()
