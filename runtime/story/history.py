"""What a workflow's history says of it: at work, asleep until when, ended, broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent

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
