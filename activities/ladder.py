"""Climbing the ladder: each rung one record, one timeline entry, and one notice to each person it addresses."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.correspondence import Correspondence, Occasion
from activities.posts import account, office_of_task, resolve, with_substitutes
from activities.subjects import number_of
from notifications.catalog import (
    DeadlineNotice,
    DueSoon,
    DueToday,
    EscalatedToCity,
    EscalatedToProvince,
    Overdue,
)
from policy.deadlines import SHANGHAI, RungMoment, days_late
from policy.escalation import addressees, to_climb
from policy.matter_numbers import number_in_words
from policy.rulebook import Rulebook
from policy.step_clause import clause_of_step
from policy.steps import step
from policy.terms import Office, Rung
from store.accounts import AccountRow
from store.periods import rungs_of
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, RungRow, TaskRow
from store.timeline import record

log = structlog.get_logger(__name__)

NOTICES: dict[Rung, type[DeadlineNotice]] = {
    Rung.EARLY: DueSoon,
    Rung.REMINDER: DueSoon,
    Rung.DUE_TODAY: DueToday,
    Rung.OVERDUE: Overdue,
    Rung.CITY: EscalatedToCity,
    Rung.PROVINCE: EscalatedToProvince,
}


class Ladder:
    def __init__(self, correspondence: Correspondence) -> None:
        self._correspondence = correspondence

    async def climb(self, session: AsyncSession, task: TaskRow, period: PeriodRow, now: datetime) -> None:
        """Climbs what is due and writes when to look again. The caller holds both rows locked, the task open."""
        known = await session.execute(
            select(RungRow.rung, RungRow.deadline_version).where(RungRow.period_id == period.id)
        )
        rungs = [(Rung(rung), version == period.deadline_version) for rung, version in known]
        plan = to_climb(
            rungs_of(period),
            since=period.ladder_since,
            now=now,
            climbed={rung for rung, of_this_date in rungs if of_this_date},
            told={rung for rung, of_this_date in rungs if not of_this_date},
            waits_for_citizen=not period.climbs,
            owner=office_of_task(task).post.level,
        )
        for moment, late in plan.rungs:
            await self._climb_one(session, task, period, moment, late, now)
        period.next_moment = plan.next_moment

    async def _climb_one(
        self, session: AsyncSession, task: TaskRow, period: PeriodRow, moment: RungMoment, late: bool, now: datetime
    ) -> None:
        rung_id = await session.scalar(
            insert(RungRow)
            .values(
                period_id=period.id,
                division=task.division,
                rung=moment.rung.value,
                deadline_version=period.deadline_version,
                due_at=moment.at,
                fired_at=now,
                late=late,
            )
            .on_conflict_do_nothing()
            .returning(RungRow.id)
        )
        if rung_id is None:
            return
        rulebook = await load_rulebook(session, task.division, _day(now))
        told = await self._tell(session, task, period, moment, late, now, rung_id, rulebook)
        log.info("rung climbed", rung=moment.rung.value, kind=task.kind, task=str(task.id), late=late, told=len(told))
        record(
            session,
            subject_id=task.subject_id,
            division=task.division,
            at=now,
            day=_day(now),
            tag=f"deadline:{task.kind}:{moment.rung.value}",
            codes={
                "task": str(task.id),
                "late": late,
                "due_at": moment.at.astimezone(SHANGHAI).isoformat(),
                "nominal": period.nominal.isoformat() if period.nominal else None,
                "to": told,
            },
            grounds=["R-ESC"],
        )

    async def _tell(
        self,
        session: AsyncSession,
        task: TaskRow,
        period: PeriodRow,
        moment: RungMoment,
        late: bool,
        now: datetime,
        rung_id: uuid.UUID,
        rulebook: Rulebook,
    ) -> list[str]:
        number = await number_of(session, task.subject_type, task.subject_id)
        told: dict[uuid.UUID, tuple[AccountRow, Office | None]] = {}
        for office in addressees(moment.rung, office_of_task(task), waits_for_citizen=not period.climbs):
            for holder, vacant in await self._readers(session, task, office, _day(now)):
                told.setdefault(holder.id, (holder, vacant))
        for holder, vacant in told.values():
            notice = NOTICES[moment.rung](
                recipient=holder.name,
                division_name=await self._correspondence.division_name(session, task.office),
                link=self._correspondence.link(f"/tasks/{task.id}"),
                grounds=_grounds(rulebook, task, period),
                late_by=_late_words(moment, now) if late else None,
                vacant_post=vacant.post.label if vacant else None,
                demonstration=rulebook.demonstration,
                case_number=number_in_words(number),
                task_label=step(task.kind).label,
                nominal=_known(period.nominal),
                work_target=_known(period.work_target),
                working_days_late=days_late(rulebook.calendar, period.late_after, _day(now)),
            )
            await self._correspondence.queue(
                session, holder, notice, Occasion(f"rung/{rung_id}", task.division, task.subject_id), now
            )
        return sorted(holder.username for holder, _vacant in told.values())

    async def _readers(
        self, session: AsyncSession, task: TaskRow, office: Office, day: date
    ) -> Sequence[tuple[AccountRow, Office | None]]:
        """The holder of a claimed task stands for its post; every other post is resolved to accounts now."""
        if task.assignee and office == office_of_task(task):
            holder = await account(session, task.assignee)
            if holder and holder.active:
                return [(reader, None) for reader in await with_substitutes(session, [holder], day)]
        found, vacant = await resolve(session, office, day)
        return [(holder, vacant) for holder in found]


def _grounds(rulebook: Rulebook, task: TaskRow, period: PeriodRow) -> tuple[str, ...]:
    """What asks for the step, and what gives the term; the latter alone where no document of the place asks for it."""
    rule = period.basis["rule"]
    asked = clause_of_step(rulebook, step(task.kind), rulebook.known_on)
    clause = rule["clause"] and rulebook.cite(rule["clause"])
    return tuple(dict.fromkeys(filter(None, (asked and rulebook.cite(asked), clause or rule["document"]))))


def _late_words(moment: RungMoment, now: datetime) -> str:
    due, sent = (at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") for at in (moment.at, now))
    return f"本通知应于{due}发出，实际于{sent}发出"


def _known(day: date | None) -> date:
    if day is None:
        raise ValueError("a period without a term has no ladder")
    return day


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
