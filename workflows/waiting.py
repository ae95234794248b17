"""The one way to wait for a person (architecture decision 3).

The task is a row in PostgreSQL; the counter commits the answer there and then wakes the workflow. So waiting is: open the
row, sleep until its next moment or until woken, look at the row again. Everything about due dates, ladders and moved
calendars happens in the row; a procedure only learns the outcome by its name, and the day of the act.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.desk import Desk, Request, Waiting
    from activities.matters import MatterStart
    from policy.steps import step

LOCAL: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10)),
}
"""One short transaction each; while the database is away they are tried again, for as long as it takes."""


AT_LENGTH: dict[str, Any] = LOCAL | {"start_to_close_timeout": timedelta(minutes=15)}
"""Still one transaction, over all rows of a month: what is cut off half-way would be begun anew for ever."""

SKEW = timedelta(seconds=1)


RELEASED = "released"
"""How a task is closed whose question has been answered elsewhere: the procedure goes on."""
RECALLED = "recalled"
"""How a task is closed when the answer before it was taken back (撤回)."""


class UnknownOutcome(Exception):
    """A step was answered with an outcome that its procedure does not know: it stops and is looked at."""


class Interrupted(Exception):
    """The task that was waited for has been closed by something that happened to the whole case; `reason` says what."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Recalled(Interrupted):
    """The answer that led here was taken back (撤回): the step before it is asked for again."""


@dataclass(frozen=True)
class Answer:
    """How a person answered, and the day of the act, from which the next period counts (ISO days)."""

    task_id: str
    outcome: str
    done_on: str
    counted_from: str

    def must_be(self, outcome: str) -> None:
        """Raises UnknownOutcome for any other: an outcome that came with other code."""
        if self.outcome != outcome:
            raise UnknownOutcome(self.outcome)


Stage = Callable[[], Awaitable[Any]]
"""One step of a procedure: asks for it and returns the stage that follows, or None where the procedure ends."""


class Procedure:
    """What every procedure that waits for people shares. Its `nudge` carries nothing: the row is the truth."""

    application_id: str
    """The subject's id."""
    subject_type = "application"

    def __init__(self) -> None:
        self._rows_seen: set[int] = set()
        self._nudges = 0
        self._unacknowledged: list[str] = []
        self._asked_for: dict[str, asyncio.Task[Answer]] = {}
        self._rounds: dict[str, int] = {}
        self._terms: dict[str, tuple[int, str]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None

    @workflow.signal
    def nudge(self, row: int) -> None:
        """Outbox row `row` says that something in the tables concerns this workflow. A row seen before is ignored."""
        if row not in self._rows_seen:
            self._rows_seen.add(row)
            self._nudges += 1

    async def follow(self, stage: Stage | None) -> None:
        """Goes from stage to stage until none follows. An answer taken back leads to the stage before."""
        path: list[Stage] = []
        while stage is not None:
            try:
                following = await stage()
            except Recalled:
                stage = path.pop()
            else:
                path.append(stage)
                stage = following

    async def ask(self, kind: str, *, counted_from: str = "", **details: Any) -> Answer:
        """Opens the task of that kind and waits, however long it takes, until a person has answered.

        The previous answer is acknowledged in the transaction that opens the task: until then the case shows 流转中.
        Steps that share a period go on in it as long as they name the same `counted_from`; another day begins another
        period. Without one it begins today. Raises Recalled, Interrupted.
        """
        answer = await self._wait_for(self._request(kind, counted_from, details), self.hand_over())
        self._unacknowledged.append(answer.task_id)
        return answer

    async def ask_beside(self, kind: str, *, counted_from: str = "", **details: Any) -> Answer:
        """As `ask`, for a task beside the main step: its answer is acknowledged at once."""
        answer = await self._wait_for(self._request(kind, counted_from, details), [])
        await self.do(Desk.acknowledge_answer, answer.task_id)
        return answer

    async def supply(self, keys: Sequence[str], *, known_at: str = "") -> None:
        """Asks the city's bureau for each missing parameter and waits until all have been entered or released.

        `known_at` is when they were found missing: what has been entered since is not asked for again.
        """
        for key in keys:
            if key not in self._asked_for or self._asked_for[key].done():
                kind = "confirm_module" if key.startswith("MODULE_") else "missing_parameter"
                asked = self.ask_beside(kind, detail={"key": key}, known_at=known_at)
                self._asked_for[key] = asyncio.create_task(asked)
        await asyncio.gather(*(self._asked_for[key] for key in keys))

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on with something beside the main step; it ends with the procedure, and what breaks it breaks both."""
        task = asyncio.create_task(self._watched(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def hand_over(self) -> list[str]:
        """The answers that whatever comes next acknowledges."""
        handed, self._unacknowledged = self._unacknowledged, []
        return handed

    async def do(self, method: Any, argument: Any) -> Any:
        """One transaction of an activity class, as a local activity."""
        return await workflow.execute_local_activity_method(method, argument, **LOCAL)

    async def go_through(self, method: Any, argument: Any) -> Any:
        """As `do`, where it goes through all rows of a month or a list: a large county's take minutes on a busy machine."""
        return await workflow.execute_local_activity_method(method, argument, **AT_LENGTH)

    async def until(self, fact: Callable[[], Awaitable[bool]]) -> None:
        """Waits until `fact`, looked up again at every nudge, is true."""
        while True:
            since = self._nudges
            if await fact():
                return
            await self._sleep(since)

    def _request(self, kind: str, counted_from: str, details: dict[str, Any]) -> Request:
        """Rounds and terms are counted here, per step and per period; a parameter's key makes a step of its own."""
        key = details.get("detail", {}).get("key", "")
        asked, period = f"{kind}:{key}", f"{step(kind).period_name}:{key}"
        self._rounds[asked] = self._rounds.get(asked, 0) + 1
        term, began = self._terms.get(period, (0, ""))
        if not counted_from or counted_from != began:
            term += 1
        self._terms[period] = term, counted_from
        return Request(
            self.application_id,
            kind,
            counted_from,
            round=self._rounds[asked],
            term=term,
            subject_type=self.subject_type,
            **details,
        )

    async def _wait_for(self, request: Request, acknowledges: list[str]) -> Answer:
        since = self._nudges
        waiting: Waiting = await self.do(Desk.open_task, replace(request, acknowledges=acknowledges))
        while not (waiting.outcome or waiting.closed):
            self._want(waiting.missing, waiting.looked_at)
            await self._sleep(since, waiting.next_moment)
            since = self._nudges
            waiting = await self.do(Desk.attend, waiting.task_id)
        if waiting.closed and waiting.closed != RELEASED:
            raise (Recalled if waiting.closed == RECALLED else Interrupted)(waiting.closed)
        return Answer(waiting.task_id, waiting.outcome or waiting.closed, waiting.done_on, waiting.counted_from)

    async def _sleep(self, since: int, until: str = "") -> None:
        """Until a nudge after number `since`, or until the moment `until`.

        A moment that has passed here and not yet for the desk's clock is waited for a second at a time.
        """
        timeout = max(datetime.fromisoformat(until) - workflow.now(), SKEW) if until else None
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: bool(self._broken) or self._nudges != since, timeout=timeout)
        if self._broken:
            raise self._broken

    def _want(self, key: str, known_at: str) -> None:
        """A period without its parameter: the term is not known, and the city's bureau is asked for it, beside."""
        asked = self._asked_for.get(key)
        if key and (asked is None or asked.done()):
            self.beside(self._fill(key, known_at))

    async def _fill(self, key: str, known_at: str) -> None:
        await self.supply([key], known_at=known_at)
        self._nudges += 1

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Interrupted:  # the case has ended or moved on, and with it what ran beside it
            self._nudges += 1  # whatever still waits may have to ask for it again, of another office
        except Exception as error:
            self._broken = error
            self._nudges += 1


class MatterProcedure(Procedure):
    """A procedure of the exchange: its tasks are about a matter (`store/matters.py`) instead of an application."""

    subject_type = "matter"

    def begin(self, start: MatterStart) -> str:
        """To be called first: takes over what the start says, and returns the matter's id."""
        self.application_id = start.matter_id
        self._unacknowledged = list(start.acknowledges)
        return start.matter_id
