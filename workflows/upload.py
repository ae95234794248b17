"""A table that an office has handed in is taken in, row by row, on the queue for bulk work."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.uploads import TableToTakeIn, Uploads

TRYING = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10))
"""A database may be away for hours; each attempt goes on behind the last row that was decided."""


@workflow.defn(name="upload")
class Upload:
    """Ends when every row of the table has its fate, or the file as a whole was refused."""

    @workflow.run
    async def run(self, upload: TableToTakeIn) -> str:
        state: str = await workflow.execute_activity_method(
            Uploads.take_in,
            upload,
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=TRYING,
        )
        return state

    @workflow.signal
    def nudge(self, row: int) -> None:
        """The row that started it; nothing else is ever said to it."""
