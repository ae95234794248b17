"""One running house for all the tests that carry cases through the counter: everything real, its time standing still.

`make test` runs two processes of them, each with a house of its own: a file's tests stay together, since they may build on
each other; a story stands for itself.
"""

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

STORIES = "test_stories.py"
UP = {"canary", "faults", "runtime", "test_demo_cases.py"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    if item.path.name == STORIES:
        return item.name
    # `up` itself takes the ports that everybody knows, if they are free: one after the other.
    return "up" if item.path.parent.name in UP or item.path.name in UP else item.path.name


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
