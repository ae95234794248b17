"""Replays recorded histories with production's own runner: `python -m tests.replay.replaying` says what differs.

Temporal compares which activity is called, not what it is asked: all tasks are opened by the same `open_task`, so two
steps changed round would replay. What each procedure asks of its hands is therefore compared as well.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from runtime.worker import WORKFLOWS, runner
from tests.replay.histories import Recorded, recorded

TELLING = ("step_name", "round", "level")
"""What of an argument is compared: the step that is asked for, not ids or dates."""


class Asking(Interceptor):
    """Notes what the workflow replayed last asks of its hands."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        del input
        asked = self.asked

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                asked.clear()
                super().init(_Noting(outbound, asked))

        return Inbound


class _Noting(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor, asked: list[str]) -> None:
        super().__init__(next)
        self._asked = asked

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:
        self._asked.append(_words(input.activity, input.args))
        return super().start_local_activity(input)

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        self._asked.append(_words(input.activity, input.args))
        return super().start_activity(input)


def _words(activity: str, arguments: Sequence[Any]) -> str:
    told = [str(getattr(argument, name)) for argument in arguments for name in TELLING if hasattr(argument, name)]
    return " ".join([activity, *told])


async def replay(histories: Sequence[Recorded], workflows: Sequence[type] = WORKFLOWS) -> dict[str, str]:
    """The histories that do not replay, with the reason; empty when all do."""
    asking = Asking()
    # Without the watch for stuck workflows (debug_mode): on a busy machine a replay may take longer than its two seconds.
    replayer = Replayer(workflows=workflows, workflow_runner=runner(), interceptors=[asking], debug_mode=True)
    different: dict[str, str] = {}
    for one in histories:
        result = await replayer.replay_workflow(one.history, raise_on_replay_failure=False)
        if result.replay_failure:
            different[one.name] = f"{type(result.replay_failure).__name__}: {result.replay_failure}"
        elif asking.asked != list(one.asked):
            different[one.name] = f"asks otherwise: {_first_difference(one.asked, asking.asked)}"
    return different


async def asked_of(history: WorkflowHistory) -> list[str]:
    """What the procedure asks today, for recording. Raises what the replay raises."""
    asking = Asking()
    await Replayer(workflows=WORKFLOWS, workflow_runner=runner(), interceptors=[asking]).replay_workflow(history)
    return list(asking.asked)


def _first_difference(before: Sequence[str], now: Sequence[str]) -> str:
    pairs = zip([*before, "nothing"], [*now, "nothing"], strict=False)
    return next(f"“{was}” was recorded, “{is_now}” is asked" for was, is_now in pairs if was != is_now)


if __name__ == "__main__":
    found = asyncio.run(replay(recorded()))
    sys.stderr.write("\n".join(f"{name}: {why}" for name, why in found.items()))
    sys.stderr.flush()
    # At once: a thread of the client that still ends while the interpreter is torn down would abort the process.
    os._exit(1 if found else 0)
