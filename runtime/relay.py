"""The one deliverer (architecture decision 6): turns outbox rows into signal-with-start, in order per workflow.

At least once: a row is marked after Temporal has taken it. Workflows ignore a row number that they have seen. Answers
that no workflow has acknowledged are sent again.
"""

import asyncio
import contextlib
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from policy.clock import Clock
from runtime.clock import clock
from runtime.readiness import probe_forever
from runtime.reminders import remind_forever
from runtime.settings import Settings
from runtime.temporal import AWAY, connect
from runtime.watchdog import schedule_forever, watch_forever
from store.database import WHOLE, Database
from store.outbox import CHANNEL, OutboxRow, wake
from store.tasks import TaskRow

log = structlog.get_logger(__name__)

BATCH = 200
SWEEP_EVERY = 10.0
UNACKNOWLEDGED_AFTER = timedelta(seconds=30)
REST = 0.25
"""The share of its age that an unacknowledged answer rests before it is sent again."""
LOOK_ANYWAY = 2.0
"""Seconds after which the table is looked at even if nobody called."""

REPEATABLE = {"digest"}
"""Workflows that start anew under the same id; any other that has ended stays ended."""


class Relay:
    def __init__(self, client: Client, database: Database, clock: Clock) -> None:
        self._client, self._database, self._clock = client, database, clock

    async def deliver_pending(self) -> int:
        """Delivers what waits, each workflow's rows in order, workflows side by side; returns how many were delivered."""
        async with self._database.transaction(WHOLE) as session:
            pending = select(OutboxRow).where(OutboxRow.state == "pending").order_by(OutboxRow.id).limit(BATCH)
            rows = (await session.scalars(pending)).all()
        by_workflow: dict[str, list[OutboxRow]] = defaultdict(list)
        for row in rows:
            by_workflow[row.workflow_id].append(row)
        return sum(await asyncio.gather(*(self._deliver_in_order(waiting) for waiting in by_workflow.values())))

    async def resend_unacknowledged(self) -> int:
        """Wakes again the workflows whose answers have not been acted on; returns how many.

        The longer an answer has waited the rarer: a procedure that stands still must not drown in signals, nor the outbox
        in rows that wait for a Temporal that is away.
        """
        now = self._clock.now()
        sent = select(func.coalesce(func.max(OutboxRow.created_at), TaskRow.answered_at)).where(
            OutboxRow.workflow_id == TaskRow.workflow_id
        )
        waiting = select(OutboxRow.id).where(OutboxRow.workflow_id == TaskRow.workflow_id, OutboxRow.state == "pending")
        async with self._database.transaction(WHOLE) as session:
            unacknowledged = await session.execute(
                select(TaskRow, sent.scalar_subquery()).where(
                    TaskRow.state == "answered",
                    TaskRow.acknowledged_at.is_(None),
                    TaskRow.answered_at < now - UNACKNOWLEDGED_AFTER,
                    ~waiting.exists(),
                )
            )
            forgotten = [
                task
                for task, last in unacknowledged
                if task.answered_at is not None and now - last > rest(now - task.answered_at)
            ]
            for task in forgotten:
                await wake(session, task, at=now)
        return len(forgotten)

    async def _deliver_in_order(self, rows: Sequence[OutboxRow]) -> int:
        for number, row in enumerate(rows):
            try:
                state = await self._deliver(row)
            except AWAY as error:
                status = error.status.name if isinstance(error, RPCError) else "NOT_CONNECTED"
                log.warning("delivery failed", row=row.id, status=status)
                await self._mark(row, state="pending", error=status)
                return number
            await self._mark(row, state=state, error=None)
        return len(rows)

    async def _deliver(self, row: OutboxRow) -> str:
        argument: dict[str, Any] = dict(row.argument)
        if row.subject_id is not None:
            argument.setdefault("application_id", str(row.subject_id))
        repeatable = row.workflow in REPEATABLE
        try:
            await self._client.start_workflow(
                row.workflow,
                argument,
                id=row.workflow_id,
                task_queue=row.queue,
                start_signal="nudge",
                start_signal_args=[row.id],
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE
                if repeatable
                else WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return "closed"
        return "delivered"

    async def _mark(self, row: OutboxRow, *, state: str, error: str | None) -> None:
        async with self._database.transaction(WHOLE) as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row.id)
                .values(
                    state=state,
                    attempts=OutboxRow.attempts + 1,
                    delivered_at=None if state == "pending" else self._clock.now(),
                    error=error,
                )
            )


def rest(age: timedelta) -> timedelta:
    """How long an answer that nobody has acknowledged for `age` rests before its workflow is woken again."""
    return max(UNACKNOWLEDGED_AFTER, age * REST)


async def run(settings: Settings) -> None:
    """Deliver and probe until SIGTERM. While database or Temporal are away it waits for them."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    client = await connect(settings, lazy=True)
    database = Database(settings.database_url("relay"))
    called = asyncio.Event()
    relay = Relay(client, database, clock(settings))
    works: list[asyncio.Task[None]] = [
        asyncio.create_task(_deliver_forever(relay, called)),
        asyncio.create_task(_sweep_forever(relay, called)),
        asyncio.create_task(_listen_forever(settings, called)),
        asyncio.create_task(probe_forever(client, database)),
    ]
    if settings.months:
        works.append(asyncio.create_task(watch_forever(settings)))
        works.append(asyncio.create_task(remind_forever(settings)))
        works.append(asyncio.create_task(schedule_forever(client)))
    stopped = asyncio.create_task(_until(stop))
    log.info("delivering", temporal=settings.temporal_address)
    try:
        await asyncio.wait([stopped, *works], return_when=asyncio.FIRST_COMPLETED)
        for work in works:
            if work.done():
                work.result()
    finally:
        for work in [stopped, *works]:
            work.cancel()
        await asyncio.gather(stopped, *works, return_exceptions=True)
        await database.close()


async def _deliver_forever(relay: Relay, called: asyncio.Event) -> None:
    while True:
        called.clear()
        try:
            full = await relay.deliver_pending() == BATCH
        except SQLAlchemyError as error:
            log.warning("the outbox cannot be read", kind=type(error).__name__)
            await asyncio.sleep(1)
            continue
        if not full:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(called.wait(), LOOK_ANYWAY)


async def _sweep_forever(relay: Relay, called: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        try:
            if await relay.resend_unacknowledged():
                called.set()
        except SQLAlchemyError as error:
            log.warning("the sweep failed", kind=type(error).__name__)


async def _listen_forever(settings: Settings, called: asyncio.Event) -> None:
    """Hears the writers' call, so that an answer reaches its workflow within milliseconds."""
    address = settings.database_url("relay").replace("postgresql+psycopg://", "postgresql://")
    while True:
        try:
            async with _listening(address) as connection:
                async for _call in connection.notifies():
                    called.set()
        except psycopg.Error as error:
            log.warning("not listening", kind=type(error).__name__)
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def _listening(address: str) -> AsyncIterator["psycopg.AsyncConnection[Any]"]:
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        await connection.execute(f"listen {CHANNEL}")
        yield connection


async def _until(event: asyncio.Event) -> None:
    await event.wait()
