"""The stories, told through the same code as `jiuzhu simulate`: each in a house of its own, from its own date."""

from pathlib import Path

import pytest

from runtime.simulate import tell
from runtime.story.reading import read_story

STORIES = sorted((Path(__file__).parent / "stories").glob("*.yaml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_story(path: Path) -> None:
    outcome = await tell(read_story(path))
    assert outcome.holds, outcome.as_text(timeline=True)
    assert outcome.entries, "a story that leaves no timeline has told nothing"
