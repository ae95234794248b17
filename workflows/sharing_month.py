"""The 1st of a month: everything that begins with it is opened, in every county of the province (processes 3.15)."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.opening import AreaMonth, Opening

TRYING = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10))
"""A database may be away for hours; each attempt goes on behind the last county that was opened."""


@workflow.defn(name="sharing-month")
class SharingMonth:
    """Ends when every division has been opened; each county's own procedures then go their own way."""

    @workflow.run
    async def run(self, asked: AreaMonth) -> int:
        opened: int = await workflow.execute_activity_method(
            Opening.open_area,
            asked,
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=TRYING,
        )
        return opened

    @workflow.signal
    def nudge(self, row: int) -> None:
        """The row that started it; nothing else is ever said to it."""


@workflow.defn(name="month-begins")
class MonthBegins:
    """What the Schedule starts at 00:00 on the 1st: it says so in the outbox, under the month's own business id."""

    @workflow.run
    async def run(self) -> int:
        areas: int = await workflow.execute_activity_method(
            Opening.begin, start_to_close_timeout=timedelta(minutes=1), retry_policy=TRYING
        )
        return areas
