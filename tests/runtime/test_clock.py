"""The two clocks."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policy.deadlines import SHANGHAI
from runtime.clock import StoryClock, SystemClock, clock
from runtime.settings import Settings


def test_system_clock_is_aware_and_in_shanghai() -> None:
    assert SystemClock().now().utcoffset() == timedelta(hours=8)


def test_story_clock_goes_on_from_the_moment_set(tmp_path: Path) -> None:
    story = StoryClock(tmp_path / "clock.json")
    story.set(datetime(2025, 9, 26, 1, 0, tzinfo=UTC))
    first = StoryClock(tmp_path / "clock.json").now()
    time.sleep(0.02)

    assert first.astimezone(SHANGHAI).isoformat().startswith("2025-09-26T09:00:00")
    assert first.utcoffset() == timedelta(hours=8)
    assert timedelta(milliseconds=20) <= story.now() - first < timedelta(seconds=5)


def test_story_clock_refuses_a_moment_without_a_zone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        StoryClock(tmp_path / "clock.json").set(datetime(2025, 9, 26, 9, 0))  # noqa: DTZ001 - what is to be refused


def test_settings_choose_the_clock(tmp_path: Path) -> None:
    assert isinstance(clock(Settings(story_clock=None)), SystemClock)
    assert clock(Settings(story_clock=tmp_path / "c")) == StoryClock(tmp_path / "c")
