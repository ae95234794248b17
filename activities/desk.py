"""The desk: opens a task for a post, attends to it while it waits, climbs the ladder (architecture decision 3).

Each method is one transaction and may run twice: tasks, periods and rungs have natural keys, and a rung is recorded only
while its task is still open.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge
from activities.conflicts import note_conflict
from activities.correspondence import Correspondence
from activities.going_live import live_since
from activities.ladder import Ladder
from activities.subjects import Subject, locked_subject
from activities.term_changes import date_anew
from policy.clock import Clock, today
from policy.escalation import office_of
from policy.rulebook import Rulebook
from policy.step import Step
from policy.step_clause import grounds_of_step
from policy.steps import step
from policy.terms import ApplicationStatus, Department, Level, Post, Role, ancestors
from store.applications import ApplicationRow, PublicityRow
from store.database import WHOLE, Database
from store.periods import (
    BEFORE_LIVE,
    SPARED,
    Dates,
    asked_of,
    go_on,
    notice_ends,
    notice_last,
    pause,
    set_dates,
    spare,
)
from store.reference import CalendarRow, ParameterRow
from store.rulebook import hold_calendars, load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record

log = structlog.get_logger(__name__)


@dataclass
class Request:
    """What a workflow asks of the desk.

    `counted_from` is an ISO day, today when empty; `term` the round of the period, which several steps may share.
    """

    application_id: str
    """The subject's id, whatever it is; named as it was when applications were the only ones, for released histories."""
    kind: str
    counted_from: str
    round: int = 1
    term: int = 1
    term_of: str = ""
    """The workflow that the period belongs to, when it is another one's."""
    notice_key: str = ""
    """The public notice in front of the period, posted on `counted_from`: the period counts from its last day."""
    detail: dict[str, str] = field(default_factory=dict)
    acknowledges: list[str] = field(default_factory=list)
    known_at: str = ""
    """For a missing parameter: the moment at which it was found missing."""
    post: str = ""
    """county/civil_affairs/caseworker: whom a person has asked, where the step leaves it open."""
    due_on: str = ""
    """The day that a person has named, where no rule gives one."""
    subject_type: str = "application"
    month: str = ""
    """The first day of the data's month, where the term is a fixed date of a month (每月10日前)."""

    @property
    def step_name(self) -> str:
        return f"{self.kind}:{self.detail['key']}" if "key" in self.detail else self.kind


@dataclass
class Pause:
    """A period whose clock was stopped on `stopped_on` (WAIT_CAB, 中止) and, where it is named, went on after `went_on`."""

    period: str
    stopped_on: str
    went_on: str = ""
    why: str = ""


@dataclass
class Waiting:
    """How a task stands: its answer, if there is one, else when to look at it again."""

    task_id: str
    outcome: str = ""
    done_on: str = ""
    closed: str = ""
    counted_from: str = ""
    next_moment: str = ""
    missing: str = ""
    looked_at: str = ""


Telling = Callable[[AsyncSession, TaskRow, PeriodRow, datetime], Awaitable[None]]


class Desk:
    """`tellings` mail, by kind of task, what the digest of new tasks alone would not say."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ladder: Ladder,
        correspondence: Correspondence,
        tellings: Mapping[str, Telling],
    ) -> None:
        self._database, self._clock = database, clock
        self._ladder, self._correspondence, self._tellings = ladder, correspondence, tellings

    @activity.defn
    async def open_task(self, request: Request) -> Waiting:
        """Opens the task, or finds it open; moves the case's status and acknowledges what led here."""
        workflow_id = activity.info().workflow_id or ""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            await hold_calendars(session)
            subject = await locked_subject(session, request.subject_type, request.application_id)
            period = await self._period(session, request, workflow_id, subject, now)
            task = await self._task(session, request, workflow_id, subject, period, now)
            status = step(request.kind).status
            # A late second run may find it answered long ago, and the case further on.
            if task.state == "open":
                if status and subject.closed_at is None:
                    subject.status = status.value
                await self._ladder.climb(session, task, period, now)
            await acknowledge(session, request.acknowledges, now)
            return _waiting(task, period, now)

    @activity.defn
    async def attend(self, task_id: str) -> Waiting:
        """Looks at the row again: its answer, a date that has moved, a rung that is due."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            task = await session.get(TaskRow, uuid.UUID(task_id), with_for_update=True)
            if task is None:
                raise LookupError("no such task")
            period = await session.get(PeriodRow, task.period_id, with_for_update=True)
            if period is None:
                raise LookupError("no such period")
            if task.state == "open":
                if period.missing_key:
                    rulebook = await load_rulebook(session, task.division, today(self._clock))
                    set_dates(period, rulebook, asked_of(period), now)
                    await move_notice(session, period)
                await self._ladder.climb(session, task, period, now)
            return _waiting(task, period, now)

    @activity.defn
    async def acknowledge_answer(self, task_id: str) -> None:
        """Acknowledges the answer to a task beside the main step."""
        async with self._database.transaction(WHOLE) as session:
            await acknowledge(session, [task_id], self._clock.now())

    @activity.defn
    async def pause(self, asked: Pause) -> None:
        """Stops the clock of the newest period of that name of this procedure."""
        async with self._database.transaction(WHOLE) as session:
            period = await self._newest(session, asked.period)
            pause(period, date.fromisoformat(asked.stopped_on), asked.why)
            await self._date_anew(session, period)

    @activity.defn
    async def go_on(self, asked: Pause) -> None:
        """Lets it run again: the days in between do not count."""
        async with self._database.transaction(WHOLE) as session:
            period = await self._newest(session, asked.period)
            go_on(period, date.fromisoformat(asked.went_on))
            await self._date_anew(session, period)

    async def _newest(self, session: AsyncSession, name: str) -> PeriodRow:
        workflow_id = activity.info().workflow_id or ""
        found = await session.scalar(_newest_period(workflow_id, name))
        if found is None:
            raise LookupError("no such period")
        return found

    async def _date_anew(self, session: AsyncSession, period: PeriodRow) -> None:
        rulebook = await load_rulebook(session, period.division, today(self._clock))
        set_dates(period, rulebook, asked_of(period), self._clock.now())

    async def _period(
        self, session: AsyncSession, request: Request, workflow_id: str, subject: Subject, now: datetime
    ) -> PeriodRow:
        asked = step(request.kind)
        owner = request.term_of or workflow_id
        name = f"{asked.period_name}:{request.detail['key']}" if "key" in request.detail else asked.period_name
        found = await session.scalar(_newest_period(owner, name).where(PeriodRow.round == request.term))
        rulebook = await load_rulebook(session, subject.division, today(self._clock))
        if found:
            # A calendar or a rule may have come between two of its tasks, when none of them was open to be moved.
            if found.month:
                date_anew(found, rulebook, now)
            else:
                set_dates(found, rulebook, asked_of(found), now)
            return found
        counted_from = date.fromisoformat(request.counted_from) if request.counted_from else today(self._clock)
        dates = Dates(
            asked.deadline,
            counted_from,
            subject.pinned_on,
            request.notice_key or None,
            counted_from if request.notice_key else None,
            date.fromisoformat(request.due_on) if request.due_on else None,
            date.fromisoformat(request.month) if request.month else None,
        )
        period = PeriodRow(
            workflow_id=owner,
            name=name,
            round=request.term,
            division=subject.division,
            subject_id=subject.id,
            climbs=not asked.waits_for_citizen,
            deadline_version=0,
            ladder_since=now,
            opened_at=now,
        )
        set_dates(period, rulebook, dates, now)
        if request.month:
            await _spare_what_was_due_before(session, period, rulebook, now)
        session.add(period)
        await session.flush()
        await note_conflict(session, period, now)
        await move_notice(session, period)
        return period

    async def _task(
        self,
        session: AsyncSession,
        request: Request,
        workflow_id: str,
        subject: Subject,
        period: PeriodRow,
        now: datetime,
    ) -> TaskRow:
        asked = step(request.kind)
        office = office_of(subject.division, _post(request.post) if request.post else asked.post)
        values: dict[str, Any] = {
            "workflow_id": workflow_id,
            "step": request.step_name,
            "round": request.round,
            "kind": asked.kind,
            "subject_type": request.subject_type,
            "subject_id": subject.id,
            "division": subject.division,
            "office": office.division,
            "level": office.post.level.value,
            "department": office.post.department.value,
            "role": office.post.role.value,
            "period_id": period.id,
            "detail": request.detail,
            "not_before": notice_ends(period) if _confirms_a_notice(asked) else None,
            "state": "open",
            "opened_at": now,
        }
        opened = await session.scalar(insert(TaskRow).values(**values).on_conflict_do_nothing().returning(TaskRow.id))
        task = await session.scalar(
            select(TaskRow).where(
                TaskRow.workflow_id == workflow_id, TaskRow.step == request.step_name, TaskRow.round == request.round
            )
        )
        if task is None:
            raise LookupError("the task was neither opened nor found")
        overtaken = await _overtaken(session, subject, request) if opened else None
        if overtaken:
            task.state, task.closed_reason = "closed", overtaken
        elif opened:
            rulebook = await load_rulebook(session, subject.division, today(self._clock))
            record(
                session,
                subject_id=subject.id,
                division=subject.division,
                at=now,
                day=today(self._clock),
                tag=f"desk:{asked.kind}:opened",
                codes={
                    "task": str(task.id),
                    "office": office.division,
                    "due": period.nominal.isoformat() if period.nominal else None,
                    **request.detail,
                    **_spared(period),
                },
                grounds=grounds_of_step(rulebook, asked, today(self._clock)),
            )
            log.info("task opened", kind=asked.kind, task=str(task.id), office=office.division, due=str(period.nominal))
            await self._correspondence.announce(session, task, now)
            if asked.kind in self._tellings:
                await self._tellings[asked.kind](session, task, period, now)
        return task


async def _spare_what_was_due_before(
    session: AsyncSession, period: PeriodRow, rulebook: Rulebook, now: datetime
) -> None:
    """What opened with the month in which this house went live, and was due before that day (启用前事项), is late, and its
    ladder begins, from that day on. A month before that is opened by hand only, by whoever enters what was: late as it was.
    """
    live = await live_since(session)
    if live is None or period.late_after is None or period.pinned_on < live.replace(day=1):
        return
    if period.late_after < live:
        spare(period, live, BEFORE_LIVE, live)
        set_dates(period, rulebook, asked_of(period), now)


def _spared(period: PeriodRow) -> dict[str, str]:
    spared = period.basis.get(SPARED)
    return {BEFORE_LIVE: spared["on"]} if spared and spared["why"] == BEFORE_LIVE else {}


async def move_notice(session: AsyncSession, period: PeriodRow) -> None:
    """Carries a moved last day of a public notice to the open task and the notice itself."""
    if not period.notice_key:
        return
    for task in await session.scalars(select(TaskRow).where(TaskRow.period_id == period.id, TaskRow.state == "open")):
        if _confirms_a_notice(step(task.kind)):
            task.not_before = notice_ends(period)
    for publicity in await session.scalars(
        select(PublicityRow).where(
            PublicityRow.application_id == period.subject_id,
            PublicityRow.posted_on == period.notice_posted_on,
            PublicityRow.result.is_(None),
        )
    ):
        publicity.last_day = notice_last(period)


def _confirms_a_notice(asked: Step) -> bool:
    return asked.outcome("no_objection") is not None


def _newest_period(workflow_id: str, name: str) -> Select[PeriodRow]:
    found = select(PeriodRow).where(PeriodRow.workflow_id == workflow_id, PeriodRow.name == name)
    return found.order_by(PeriodRow.round.desc()).limit(1).with_for_update()


def _post(named: str) -> Post:
    level, department, role = named.split("/")
    return Post(Level(level), Department(department), Role(role))


async def _overtaken(session: AsyncSession, subject: Subject, request: Request) -> str | None:
    """Why nobody is to do this task any more, when something came first that its procedure has not seen yet."""
    if not isinstance(subject, ApplicationRow):
        closed = "closed" if subject.closed_at is not None else None
        return closed or ("released" if await _entered_since(session, subject, request) else None)
    if subject.status in (ApplicationStatus.WITHDRAWN.value, ApplicationStatus.LAPSED.value):
        return subject.status
    if subject.moving_to is not None:
        return "moved"
    return "released" if await _entered_since(session, subject, request) else None


async def _entered_since(session: AsyncSession, subject: Subject, request: Request) -> bool:
    """Whether the city has supplied the key between its being found missing and this task: nothing is left to ask."""
    if not request.known_at:
        return False
    since, key = datetime.fromisoformat(request.known_at), request.detail["key"]
    here = ancestors(subject.division)
    entered = await session.scalar(
        select(ParameterRow.id)
        .where(ParameterRow.key == key, ParameterRow.division.in_(here), ParameterRow.entered_at > since)
        .limit(1)
    )
    imported = await session.scalar(
        select(CalendarRow.id)
        .where(CalendarRow.division.in_(here), CalendarRow.loaded_at > since)
        .where(func.format("WORK_CALENDAR(%s)", CalendarRow.year) == key)
        .limit(1)
    )
    return bool(entered or imported)


def _waiting(task: TaskRow, period: PeriodRow, now: datetime) -> Waiting:
    return Waiting(
        task_id=str(task.id),
        outcome=task.outcome or "",
        done_on=task.done_on.isoformat() if task.done_on else "",
        closed=task.closed_reason or "",
        counted_from=period.counted_from.isoformat(),
        next_moment=period.next_moment.isoformat() if period.next_moment and task.state == "open" else "",
        missing=period.missing_key or "",
        looked_at=now.isoformat(),
    )
