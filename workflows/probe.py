"""A workflow that proves the whole way works: Temporal accepts it, a worker runs it, the worker reaches the database."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.probe import Probe


@workflow.defn(name="probe")
class ProbeWorkflow:
    """Ends when one local activity has read from the database; started again and again by `runtime/readiness.py`."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_local_activity_method(
            Probe.probe,
            schedule_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
