"""Quiet: the moment when everything that a step set in motion has come to rest, so that time may move again.

Read from the tables and from the workflows' histories, since the time-skipping server can list nothing and its describe
does not show workflow tasks (docs/decisions/0051).
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from policy.clock import Clock
from runtime.story.records import Records

PATIENCE = 60.0
"""A killed worker's task is given to the next one only after its ten seconds have passed."""
PAUSE = 0.02
LOOKS = 2
"""Looks in a row that must find everything at rest: between two rows of one chain there is an instant without any."""

UNHANDLED = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE

_AT_WORK = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
)
_ENDED = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
)


class NotQuiet(Exception):
    """It did not come to rest in time; says what was still under way."""

    def __init__(self, under_way: Sequence[str]) -> None:
        super().__init__(f"应为：各项办理停当\n实为：仍在进行：{'、'.join(under_way)}")


class WorkflowFailed(Exception):
    """A procedure ended with an error: never part of a story."""

    def __init__(self, workflow_id: str, how: str) -> None:
        super().__init__(f"应为：流程正常办理\n实为：{workflow_id} 因 {how}")


@dataclass(frozen=True)
class State:
    """What a history says of a workflow: whether it is at work, has ended, and when its timers fire."""

    at_work: str
    ended: bool
    timers: tuple[datetime, ...]


class Quiet:
    def __init__(self, client: Client, records: Records, clock: Clock) -> None:
        self._client, self._records, self._clock = client, records, clock
        self._ended: dict[str, int] = {}
        self.timers: tuple[datetime, ...] = ()
        """When the sleeping workflows wake, as of the last look."""

    async def wait(self, patience: float = PATIENCE) -> None:
        """Return when all is at rest. Raises NotQuiet or WorkflowFailed."""
        until = time.monotonic() + patience
        looks = 0
        while looks < LOOKS:
            under_way = await self._under_way()
            looks = 0 if under_way else looks + 1
            if under_way and time.monotonic() > until:
                raise NotQuiet(under_way)
            await asyncio.sleep(PAUSE)

    async def _under_way(self) -> list[str]:
        now = self._clock.now()
        rows = [f"{name} {count}" for name, count in (await self._records.under_way(now)).items()]
        return rows or await self._at_work(now)

    async def _at_work(self, now: datetime) -> list[str]:
        signalled = await self._records.workflows()
        waiting = [one for one, last in signalled.items() if self._ended.get(one) != last]
        states = dict(zip(waiting, await asyncio.gather(*(self._state(one) for one in waiting)), strict=True))
        self._ended |= {one: signalled[one] for one, state in states.items() if state.ended}
        timers = sorted(timer for state in states.values() for timer in state.timers)
        self.timers = tuple(timers)
        busy = [f"{one}（{state.at_work}）" for one, state in states.items() if state.at_work]
        return busy + [f"{timer.isoformat()} 的定时器" for timer in timers[:1] if timer <= now]

    async def _state(self, workflow_id: str) -> State:
        try:
            answer = await self._client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(
                    namespace=self._client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
                )
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return State("尚未启动", False, ())
            raise
        return state_of(workflow_id, answer.history.events)


def state_of(workflow_id: str, events: Sequence[HistoryEvent]) -> State:
    """What the history says. Raises WorkflowFailed for a procedure that ended otherwise than it should."""
    last = events[-1].event_type
    if last in _ENDED:
        if last != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            raise WorkflowFailed(workflow_id, f"{_name(last)} 结束")
        return State("", True, ())
    _refuse_broken(workflow_id, events)
    activities: dict[int, str] = {}
    timers: dict[int, datetime] = {}
    for event in events:
        activities.pop(_activity_ended(event), None)
        timers.pop(_timer_ended(event), None)
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            activities[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        elif event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            timers[event.event_id] = _moment(event.event_time) + _span(
                event.timer_started_event_attributes.start_to_fire_timeout
            )
    at_work = _name(last) if last in _AT_WORK else "、".join(activities.values())
    return State(at_work, False, tuple(timers.values()))


def _refuse_broken(workflow_id: str, events: Sequence[HistoryEvent]) -> None:
    """A procedure whose code raises is tried again for ever; the first attempt stands in the history."""
    for event in reversed(events):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return
        if event.workflow_task_failed_event_attributes.cause == UNHANDLED:
            raise WorkflowFailed(workflow_id, "程序错误停住（详见 worker.log）")


def _name(event: EventType.ValueType) -> str:
    return EventType.Name(event).removeprefix("EVENT_TYPE_")


def _activity_ended(event: HistoryEvent) -> int:
    match event.event_type:
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return event.activity_task_completed_event_attributes.scheduled_event_id
        case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
            return event.activity_task_failed_event_attributes.scheduled_event_id
        case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            return event.activity_task_timed_out_event_attributes.scheduled_event_id
        case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return event.activity_task_canceled_event_attributes.scheduled_event_id
    return 0


def _timer_ended(event: HistoryEvent) -> int:
    match event.event_type:
        case EventType.EVENT_TYPE_TIMER_FIRED:
            return event.timer_fired_event_attributes.started_event_id
        case EventType.EVENT_TYPE_TIMER_CANCELED:
            return event.timer_canceled_event_attributes.started_event_id
    return 0


def _moment(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(UTC)


def _span(duration: Duration) -> timedelta:
    return duration.ToTimedelta()
