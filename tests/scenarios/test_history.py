"""What a workflow's history says: at work, asleep until when, ended, broken."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent

from runtime.story.history import WorkflowFailed, state_of

AT = datetime(2025, 9, 26, 1, tzinfo=UTC)


def _event(number: int, name: str) -> HistoryEvent:
    event = HistoryEvent(event_id=number, event_type=EventType.Value(f"EVENT_TYPE_{name}"))
    event.event_time.FromDatetime(AT)
    return event


def _task(number: int) -> list[HistoryEvent]:
    names = ("WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED")
    return [_event(number + n, name) for n, name in enumerate(names)]


def _timer(number: int, seconds: int) -> HistoryEvent:
    event = _event(number, "TIMER_STARTED")
    event.timer_started_event_attributes.start_to_fire_timeout.FromTimedelta(timedelta(seconds=seconds))
    return event


def _timer_fired(number: int, started: int) -> HistoryEvent:
    event = _event(number, "TIMER_FIRED")
    event.timer_fired_event_attributes.started_event_id = started
    return event


def test_a_task_that_waits_for_a_worker_is_work() -> None:
    state = state_of("w", [*_task(1), _event(4, "WORKFLOW_EXECUTION_SIGNALED"), _event(5, "WORKFLOW_TASK_SCHEDULED")])
    assert (state.at_work, state.ended) == ("WORKFLOW_TASK_SCHEDULED", False)


def test_an_activity_is_work_until_it_has_ended() -> None:
    scheduled = _event(4, "ACTIVITY_TASK_SCHEDULED")
    scheduled.activity_task_scheduled_event_attributes.activity_type.name = "send_notice"
    assert state_of("w", [*_task(1), scheduled]).at_work == "send_notice"
    completed = _event(5, "ACTIVITY_TASK_COMPLETED")
    completed.activity_task_completed_event_attributes.scheduled_event_id = 4
    assert state_of("w", [*_task(1), scheduled, completed, *_task(6)]).at_work == ""


def test_a_sleeping_workflow_is_quiet_and_tells_when_it_wakes() -> None:
    state = state_of("w", [*_task(1), _timer(4, 900)])
    assert (state.at_work, state.timers) == ("", (AT + timedelta(minutes=15),))


def test_a_timer_that_has_fired_is_forgotten() -> None:
    state = state_of("w", [*_task(1), _timer(4, 900), _timer_fired(5, 4), *_task(6), _timer(9, 60)])
    assert state.timers == (AT + timedelta(minutes=1),)


def test_a_workflow_that_has_ended_is_quiet() -> None:
    state = state_of("w", [*_task(1), _timer(4, 900), _event(5, "WORKFLOW_EXECUTION_COMPLETED")])
    assert (state.at_work, state.ended, state.timers) == ("", True, ())


def test_a_workflow_that_ended_otherwise_fails_the_story() -> None:
    with pytest.raises(WorkflowFailed, match="EXECUTION_FAILED"):
        state_of("w", [*_task(1), _event(4, "WORKFLOW_EXECUTION_FAILED")])


def test_code_that_raises_fails_the_story_at_its_first_attempt() -> None:
    failed = _event(6, "WORKFLOW_TASK_FAILED")
    failed.workflow_task_failed_event_attributes.cause = (
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
    )
    broken = [*_task(1), _event(4, "WORKFLOW_TASK_SCHEDULED"), _event(5, "WORKFLOW_TASK_STARTED"), failed]
    with pytest.raises(WorkflowFailed, match="程序错误"):
        state_of("w", broken)
    assert state_of("w", [*broken, *_task(7)]).at_work == ""
