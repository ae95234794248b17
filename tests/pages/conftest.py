"""Visitors of a running house: each signed in once for the whole run."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from tests.journeys.case import Case
from tests.pages.visitor import Visitor

SignedIn = Callable[[str], Awaitable[Visitor]]


@pytest_asyncio.fixture(scope="session")
async def visiting(stack: Stack) -> AsyncIterator[SignedIn]:
    """Gives the browser in which somebody has signed in."""
    visitors: dict[str, Visitor] = {}

    async def visitor(username: str) -> Visitor:
        if username not in visitors:
            visitors[username] = Visitor.at(stack.api_url)
            await visitors[username].sign_in(username)
        return visitors[username]

    yield visitor
    for known in visitors.values():
        await known.http.aclose()


@pytest_asyncio.fixture
async def stranger(stack: Stack) -> AsyncIterator[Visitor]:
    """A browser in which nobody has signed in."""
    visitor = Visitor.at(stack.api_url)
    yield visitor
    await visitor.http.aclose()


@pytest_asyncio.fixture
async def counter_case(counter: Counter) -> Case:
    """A case that was just filed and waits for its acceptance."""
    case = await Case.file(counter)
    await case.task("acceptance")
    return case
