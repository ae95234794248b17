"""The hands of W17: what an order asks of whom, what it settled, to whom a problem was reported."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.correspondence import Correspondence, Occasion
from activities.posts import office_of_task, resolve
from notifications.catalog import RectificationOrdered
from policy.clock import Clock
from policy.deadlines import SHANGHAI
from policy.step_clause import grounds_of_step
from policy.steps import step
from policy.supervision import FindingKind
from policy.terms import Department, Level, Post, Role, division_at
from store.database import WHOLE, Database
from store.findings import FindingRow
from store.matters import MatterRow
from store.problems import ProblemRow
from store.rectifications import OrderedFindingRow, RectificationRow, findings_of
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow

RECTIFICATION_REPLY = "rectification_reply"


@dataclass
class Ordered:
    """Who verifies (province/medical_insurance/supervisor), since when and by when; the latest round's."""

    post: str
    ordered_on: str
    due_on: str


@dataclass
class Reported:
    """Who takes it up, and since when."""

    post: str
    reported_on: str


class Supervision:
    def __init__(self, database: Database, clock: Clock, correspondence: Correspondence) -> None:
        self._database, self._clock, self._correspondence = database, clock, correspondence

    @activity.defn(name="rectification_ordered")
    async def ordered(self, matter_id: str) -> Ordered:
        async with self._database.transaction(WHOLE) as session:
            order = await session.get_one(RectificationRow, uuid.UUID(matter_id))
            return Ordered(_heads(order.level), order.ordered_on.isoformat(), order.due_on.isoformat())

    @activity.defn(name="rectification_settle")
    async def settle(self, matter_id: str) -> None:
        """Verified: its findings are put right, and may be found anew."""
        key, now = uuid.UUID(matter_id), self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            named = [finding.id for finding in await findings_of(session, key)]
            await session.execute(
                update(FindingRow)
                .where(FindingRow.id.in_(named), FindingRow.settled_at.is_(None))
                .values(settled_at=now, settled_by=key)
            )
            await session.execute(
                update(OrderedFindingRow).where(OrderedFindingRow.matter_id == key).values(open=False)
            )

    @activity.defn(name="problem_reported")
    async def reported(self, matter_id: str) -> Reported:
        async with self._database.transaction(WHOLE) as session:
            report = await session.get_one(ProblemRow, uuid.UUID(matter_id))
            return Reported(_heads(report.level), report.reported_on.isoformat())

    async def tell_to_rectify(self, session: AsyncSession, task: TaskRow, _period: PeriodRow, now: datetime) -> None:
        """Mails the county's bureau that it is to put something right, by when and what; the words are read signed in."""
        order = await session.get_one(RectificationRow, task.subject_id)
        matter = await session.get_one(MatterRow, task.subject_id)
        findings = await findings_of(session, task.subject_id)
        day = now.astimezone(SHANGHAI).date()
        rulebook = await load_rulebook(session, task.division, day)
        above = division_at(order.division, Level(order.level))
        readers, vacant = await resolve(session, office_of_task(task), day)
        for reader in readers:
            notice = RectificationOrdered(
                recipient=reader.name,
                division_name=await self._correspondence.division_name(session, task.office),
                link=self._correspondence.link(f"/tasks/{task.id}"),
                grounds=tuple(map(rulebook.cite, grounds_of_step(rulebook, step(task.kind), day))),
                late_by=None,
                vacant_post=vacant.post.label if vacant else None,
                demonstration=rulebook.demonstration,
                number=matter.number,
                by=await self._correspondence.office_name(session, above, Department.MEDICAL_INSURANCE, day),
                findings=tuple(dict.fromkeys(FindingKind(finding.kind).label for finding in findings)),
                due=order.due_on,
                round=order.round,
            )
            occasion = Occasion(f"{notice.name}/{task.id}", task.division, task.subject_id)
            await self._correspondence.queue(session, reader, notice, occasion, now)


def _heads(level: str) -> str:
    """The post that W17 asks at a level above: its medical-insurance supervisor."""
    post = Post(Level(level), Department.MEDICAL_INSURANCE, Role.SUPERVISOR)
    return f"{post.level.value}/{post.department.value}/{post.role.value}"
