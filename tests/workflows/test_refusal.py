"""The end of both periods of appeal (A-68), as the workflow of a refusal waits for it."""

from datetime import datetime, timedelta

from policy.deadlines import SHANGHAI
from workflows.rejection import left_of


def test_a_period_of_appeal_lasts_to_the_end_of_its_last_day() -> None:
    assert left_of("2025-09-01", datetime(2025, 9, 1, 18, 0, tzinfo=SHANGHAI)) == timedelta(hours=6)


def test_a_period_of_appeal_that_a_paper_entry_finds_over_leaves_nothing_to_wait_for() -> None:
    """A timer with a negative length is refused, again and again, and the refusal would never become final."""
    assert left_of("2025-09-01", datetime(2026, 1, 5, 9, 0, tzinfo=SHANGHAI)) == timedelta(0)
