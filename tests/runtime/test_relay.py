"""How the relay bears with what is away or stands still."""

from datetime import timedelta

import pytest
from temporalio.client import Client

from runtime.embedded import ports
from runtime.relay import UNACKNOWLEDGED_AFTER, rest
from runtime.temporal import AWAY


async def test_temporal_that_is_away_from_the_start_is_waited_for_like_one_that_was_lost() -> None:
    client = await Client.connect(f"127.0.0.1:{ports.free()}", lazy=True)
    with pytest.raises(AWAY):
        await client.start_workflow("notice", id="notice/1", task_queue="mail")


def test_an_answer_that_nobody_acts_on_is_sent_again_ever_more_rarely() -> None:
    """A history holds some fifty thousand events: a procedure that stands still for weeks must not be filled with signals."""
    age, times = UNACKNOWLEDGED_AFTER, 0
    while age < timedelta(days=60):
        age, times = age + rest(age), times + 1
    assert rest(timedelta(seconds=40)) == UNACKNOWLEDGED_AFTER
    assert times < 100
