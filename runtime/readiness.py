"""Readiness is proved, not claimed: a probe workflow is started and finished, and the moment written down.

After a database outage a Temporal server may report healthy and run nothing. The relay runs `probe_forever`; the API's
/readyz reads the row that it writes.
"""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from policy.procedures import CASEWORK
from runtime.clock import SystemClock
from runtime.temporal import AWAY
from store.accounts import HeartbeatRow
from store.database import WHOLE, Database
from workflows.probe import ProbeWorkflow

NAME = "probe"
EVERY = timedelta(seconds=10)
WAIT = timedelta(seconds=15)

log = structlog.get_logger(__name__)


async def probe_forever(client: Client, database: Database) -> None:
    """Probe until cancelled. A failed probe is logged and writes nothing: its absence is the message."""
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await probe(client, database)
            pause = EVERY.total_seconds()
        except (*AWAY, WorkflowFailureError, SQLAlchemyError, TimeoutError) as error:
            log.warning("readiness probe failed", kind=type(error).__name__)
            pause = 1.0
        await asyncio.sleep(max(0.0, pause - (asyncio.get_running_loop().time() - began)))


async def probe(client: Client, database: Database) -> None:
    """Start and finish one probe workflow and record the moment; raises when either does not work."""
    handle = await client.start_workflow(
        ProbeWorkflow.run,
        id="probe/readiness",
        task_queue=CASEWORK,
        # One at a time: while no worker runs, probes must not pile up.
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    await asyncio.wait_for(handle.result(), WAIT.total_seconds())
    beat = insert(HeartbeatRow).values(name=NAME, at=SystemClock().now(), detail="")
    async with database.transaction(WHOLE) as session:
        await session.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": beat.excluded.at}))
    await _forget(client, handle)


async def _forget(client: Client, handle: WorkflowHandle[ProbeWorkflow, None]) -> None:
    """Delete the finished probe: with years of retention eight thousand a day would be most of the database."""
    request = DeleteWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=handle.first_execution_run_id or ""),
    )
    try:
        await client.workflow_service.delete_workflow_execution(request)
    except RPCError as error:
        # The time-skipping server cannot; a run that the next probe has replaced is gone already.
        if error.status not in (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.NOT_FOUND):
            raise
