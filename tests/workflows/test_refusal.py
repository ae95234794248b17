"""The end of both periods of appeal (A-68), as the workflow of a refusal waits for it."""

from datetime import datetime

from policy.deadlines import SHANGHAI
from workflows.rejection import end_of


def test_a_period_of_appeal_lasts_to_the_end_of_its_last_day() -> None:
    assert end_of("2025-09-01") == datetime(2025, 9, 2, 0, 0, tzinfo=SHANGHAI)
