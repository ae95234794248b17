"""The hands of W08: the month's rows, whose part is still missing and since when, what goes back to its source."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from policy.clock import Clock, today
from policy.deadlines import SHANGHAI, add_months, due_in_month
from policy.exchange_terms import MatterStatus
from policy.joint_review import ReviewMark
from policy.review_steps import SELF_CHECK
from policy.rulebook import MissingParameter
from policy.terms import Department
from store.anomalies import Batch, Returned, open_anomalies
from store.database import WHOLE, Database
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, locked_matter, move_to, record_in
from store.people import PersonRow
from store.reviews import ReviewRow, counts_of, gather, rows_of
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.vault import Vault

KEY = "T-REV"


@dataclass
class Review:
    """The data's month (its first day) and the departments whose rows are reviewed."""

    month: str
    departments: list[str] = field(default_factory=list)


@dataclass
class Checked:
    matter_id: str
    department: str
    task_id: str


@dataclass
class Standing:
    """Whether every part is back; whether the last day in time is over, and when it will be (empty: no term is known)."""

    complete: bool
    overdue: bool
    late_at: str


class Reviews:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn(name="review_gather")
    async def gather(self, matter_id: str) -> Review:
        """Writes the rows newly confirmed in the month (J-14), and how many each department has."""
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            month = _month(matter)
            departments = [name for name in matter.departments if name in matter.facts["reviewed_by"]]
            await gather(
                session, matter.id, matter.division, month, (_midnight(month), _midnight(add_months(month, 1)))
            )
            counts = {name: dict(await counts_of(session, matter.id, name)) for name in departments}
            matter.facts = {**matter.facts, "counts": counts}
            return Review(month.isoformat(), departments)

    @activity.defn(name="review_returned")
    async def returned(self, checked: Checked) -> None:
        """A department's part is back; when it is the last one, the review stands with the bureau."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(checked.matter_id))
            task = await session.get_one(TaskRow, uuid.UUID(checked.task_id))
            before = matter.facts.get("returned", {})
            if checked.department in before:
                return
            part = {"on": task.done_on.isoformat() if task.done_on else None, "days_late": task.days_late or 0}
            back = {**before, checked.department: part}
            matter.facts = {**matter.facts, "returned": back}
            if set(back) < set(matter.facts["reviewed_by"]):
                return
            if matter.status == MatterStatus.DEPT_SELF_CHECK.value:
                move_to(matter, MatterStatus.RETURNED_TO_MSB, now)
            record_in(
                session,
                matter,
                MatterStatus.RETURNED_TO_MSB.value,
                at=now,
                day=today(self._clock),
                grounds=["J-15"],
            )

    @activity.defn(name="review_standing")
    async def standing(self, matter_id: str) -> Standing:
        """As the calendar has it now. Who is late once the day has passed is entered by name, and beside them who is awaited
        only: whose day lay before this house went live.
        """
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            missing = sorted(set(matter.facts["reviewed_by"]) - set(matter.facts.get("returned", {})))
            late_at = await _late_at(session, matter, today(self._clock))
            overdue = late_at is not None and now >= late_at
            if missing and overdue and "late" not in matter.facts:
                late = await _late_of(session, matter, missing, today(self._clock))
                matter.facts = {**matter.facts, "late": late}
                awaited = [name for name in missing if name not in late]
                for tag, named in (("departments_late", late), ("departments_awaited", awaited)):
                    if named:
                        codes = {"departments": named}
                        record_in(session, matter, tag, at=now, day=today(self._clock), codes=codes, grounds=["J-15"])
            return Standing(not missing, overdue, late_at.isoformat() if late_at else "")

    @activity.defn(name="review_anomalies_out")
    async def anomalies_out(self, matter_id: str) -> None:
        """What the bureau does not take as it stands goes back to the department that confirmed it (J-16, J-17)."""
        now, day = self._clock.now(), today(self._clock)
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            marked = [row for row in await rows_of(session, matter.id) if ReviewMark(row.mark) is not ReviewMark.KEPT]
            for department in sorted({row.department for row in marked}):
                rows = [row for row in marked if row.department == department]
                batch = Batch(
                    key=f"{matter.procedure}/{matter.key}",
                    division=matter.division,
                    department=Department(department),
                    parent=matter.id,
                    month=matter.month,
                )
                returned = [await self._returned(session, row, number, now) for number, row in enumerate(rows, start=1)]
                await open_anomalies(session, self._vault, batch, returned, at=now, day=day)
            if marked:
                move_to(matter, MatterStatus.ANOMALIES_OUT, now)
                record_in(
                    session,
                    matter,
                    MatterStatus.ANOMALIES_OUT.value,
                    at=now,
                    day=day,
                    codes={"rows": len(marked)},
                    grounds=["J-17"],
                )

    async def _returned(self, session: AsyncSession, row: ReviewRow, number: int, now: datetime) -> Returned:
        person = await session.get_one(PersonRow, row.person_id)
        look = Look("system:review", "matter", row.matter_id, row.division, "review.return", now)
        cell = Cell("person", "sealed", person.id, person.sealed)
        known = disclose(session, self._vault, look, {"person": cell})["person"]
        return Returned(
            place=f"review/{row.id}",
            sheet=1,
            number=number,
            reasons=[_REASONS[ReviewMark(row.mark)]],
            values={"name": known["name"], "id_number": known["id_number"], "category": row.category},
            provided_on=row.day,
        )


def _reason(code: str, zh: str, en: str, clause: str) -> Mapping[str, str]:
    return {"cell": "id_number", "label": "身份证号码", "code": code, "zh": zh, "en": en, "clause": clause}


_REASONS = {
    ReviewMark.DUPLICATE: _reason("review-duplicate", "复核发现与其他人员重复", "a duplicate, found in review", "J-16"),
    ReviewMark.FALSE_RECORD: _reason("review-false", "复核发现记录不真实", "a false record, found in review", "J-16"),
    ReviewMark.ANOMALY: _reason("review-anomaly", "复核发现身份异常，请核实更正", "an identity in doubt", "J-17"),
}


async def _late_of(session: AsyncSession, matter: MatterRow, missing: Sequence[str], day: date) -> list[str]:
    """The departments whose own part is late: what was spared of lateness is not."""
    open_parts = select(TaskRow.department).where(
        TaskRow.subject_id == matter.id, TaskRow.kind == SELF_CHECK.kind, TaskRow.state == "open"
    )
    spared = open_parts.join(PeriodRow, PeriodRow.id == TaskRow.period_id).where(PeriodRow.late_after >= day)
    awaited = set(await session.scalars(spared))
    return [name for name in missing if name not in awaited]


async def _late_at(session: AsyncSession, matter: MatterRow, day: date) -> datetime | None:
    rulebook = await load_rulebook(session, matter.division, day)
    try:
        due = due_in_month(rulebook, KEY, _month(matter))
    except MissingParameter:
        return None
    return _midnight(due.late_after + timedelta(days=1)) if due.late_after else None


def _month(matter: MatterRow) -> date:
    if matter.month is None:
        raise ValueError("a review without a month")
    return matter.month


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
