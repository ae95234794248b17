"""Mail that leaves the building: one notice, and the digest that gathers what newly lies on a desk."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.mail import DigestReader, Mailroom, NoticeToSend

SENDING = RetryPolicy(initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10))
"""A mail server may be away for hours; a notice waits for it."""


@workflow.defn(name="notice")
class Notice:
    """Sends one notice, once."""

    @workflow.run
    async def run(self, notice: NoticeToSend) -> str:
        state: str = await workflow.execute_activity_method(
            Mailroom.send_notice, notice, start_to_close_timeout=timedelta(minutes=2), retry_policy=SENDING
        )
        return state

    @workflow.signal
    def nudge(self, row: int) -> None:
        """The row that started it; nothing else is ever said to it."""


@workflow.defn(name="digest")
class Digest:
    """Waits a little, then gathers what has come to one reader's post into one mail."""

    def __init__(self) -> None:
        self._news = 0

    @workflow.run
    async def run(self, reader: DigestReader) -> None:
        told = -1
        while told != self._news:
            told = self._news
            await workflow.sleep(timedelta(minutes=reader.minutes))
            await workflow.execute_activity_method(
                Mailroom.gather_digest, reader, start_to_close_timeout=timedelta(minutes=1), retry_policy=SENDING
            )

    @workflow.signal
    def nudge(self, row: int) -> None:
        """Something new lies on the desk."""
        self._news = row
