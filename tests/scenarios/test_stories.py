"""The stories, told through the same code as `jiuzhu simulate`: each in a house of its own, from its own date."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from runtime.simulate import tell
from runtime.story.reading import read_story
from runtime.story.report import Outcome

STORIES = sorted((Path(__file__).parent / "stories").glob("*.yaml"))
AT_ONCE = 2
"""Each story keeps about one processor busy; the suite is to pass on two."""


@pytest.fixture(scope="session")
def telling(request: pytest.FixtureRequest) -> Callable[[Path], Awaitable[Outcome]]:
    """Tells the selected stories side by side, in their order; each test waits for its own."""
    selected = {item.name for item in request.session.items}
    places, begun = asyncio.Semaphore(AT_ONCE), dict[Path, asyncio.Task[Outcome]]()

    async def told(path: Path) -> Outcome:
        async with places:
            return await tell(read_story(path))

    def its_own(path: Path) -> Awaitable[Outcome]:
        if not begun:
            begun.update(
                {
                    story: asyncio.create_task(told(story))
                    for story in STORIES
                    if f"test_story[{story.stem}]" in selected
                }
            )
        return begun[path]

    return its_own


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_story(path: Path, telling: Callable[[Path], Awaitable[Outcome]]) -> None:
    outcome = await telling(path)
    assert outcome.holds, outcome.as_text(timeline=True)
    assert outcome.entries, "a story that leaves no timeline has told nothing"
