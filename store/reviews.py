"""The rows of a county's joint review 集中复核 (W08): what was newly confirmed in the month, each row in one review only."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.deadlines import add_months
from policy.joint_review import ReviewChange, ReviewMark, summary, tally
from store.base import Base, Key, Moment
from store.tasks import TaskRow

_CHANGES = ", ".join(f"'{change.value}'" for change in ReviewChange)
_MARKS = ", ".join(f"'{mark.value}'" for mark in ReviewMark)


class ReviewRow(Base):
    """One person newly confirmed by one department. A change of category is one row, not an exit and an addition."""

    __tablename__ = "review_row"
    __table_args__ = (
        CheckConstraint(f"change in ({_CHANGES})", "change"),
        CheckConstraint(f"mark in ({_MARKS})", "mark"),
        CheckConstraint("(mark = 'kept') = (marked_by is null)", "marked_by_somebody"),
        UniqueConstraint("period_id", "change"),
        Index("review_row_matter_idx", "matter_id", "department", "id"),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"))
    division: Mapped[str]
    department: Mapped[str]
    """Who has confirmed it."""
    change: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    category: Mapped[str]
    category_before: Mapped[str | None]
    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_period.id"))
    """The period that began, or for an exit the one that ended."""
    day: Mapped[date]
    """From which it holds."""
    mark: Mapped[str]
    marked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    marked_at: Mapped[Moment | None]


_GATHER = """
with begun as (
  select i.* from identity_period i
   where i.division = :division
     and ((i.provided_on >= :first and i.provided_on < :after)
          or (i.provided_on < :first and i.marked_at >= :from and i.marked_at < :until))
), ended as (
  select i.* from identity_period i left join upload u on u.id = i.ended_by
   where i.division = :division
     and ((i.end_provided_on >= :first and i.end_provided_on < :after)
          or (i.end_provided_on < :first and u.created_at >= :from and u.created_at < :until))
), changed as (
  select distinct on (b.id) b.id, b.person_id, b.source_department, b.category, b.starts_on, e.category as before, e.id as ended_id
    from begun b join ended e on e.person_id = b.person_id and e.ends_on = b.starts_on and e.category <> b.category
   order by b.id, e.id
)
insert into review_row (matter_id, division, department, change, person_id, category, category_before, period_id, day, mark)
select :matter, :division, source_department, 'changed', person_id, category, before, id, starts_on, 'kept' from changed
union all
select :matter, :division, source_department, 'added', person_id, category, null, id, starts_on, 'kept' from begun
 where id not in (select id from changed)
   and not exists (select 1 from review_row r where r.period_id = begun.id and r.change = 'changed')
union all
select :matter, :division, source_department, 'exited', person_id, category, null, id, ends_on, 'kept' from ended
 where id not in (select ended_id from changed)
   and not exists (select 1 from review_row r join identity_period p on p.id = r.period_id
                    where r.change = 'changed' and r.person_id = ended.person_id and p.starts_on = ended.ends_on)
on conflict do nothing
"""


async def gather(
    session: AsyncSession, matter_id: uuid.UUID, division: str, month: date, bounds: tuple[datetime, datetime]
) -> None:
    """Writes the rows newly confirmed in the month: by the day of the list, or entered in it with an earlier day.

    `bounds` are the first moment of the month and of the one after. What an earlier review had is left out. Safe to repeat.
    """
    values = {"matter": matter_id, "division": division, "first": month, "after": add_months(month, 1)}
    await session.execute(text(_GATHER), {**values, "from": bounds[0], "until": bounds[1]})


async def rows_of(session: AsyncSession, matter_id: uuid.UUID) -> Sequence[ReviewRow]:
    """By department, in the order in which they were confirmed; those that the reader may see."""
    found = await session.scalars(
        select(ReviewRow).where(ReviewRow.matter_id == matter_id).order_by(ReviewRow.department, ReviewRow.id)
    )
    return found.all()


async def counts_of(session: AsyncSession, matter_id: uuid.UUID, department: str = "") -> Mapping[str, int]:
    """The summary's counts, of one department or of all."""
    asked = select(ReviewRow.change, ReviewRow.mark).where(ReviewRow.matter_id == matter_id)
    if department:
        asked = asked.where(ReviewRow.department == department)
    found = await session.execute(asked)
    return summary((ReviewChange(change), ReviewMark(mark)) for change, mark in found)


async def tallies_of(session: AsyncSession, matter_id: uuid.UUID) -> dict[str, dict[str, int]]:
    """By department what the bureau said of its rows; those that the reader may see."""
    rows = await rows_of(session, matter_id)
    return {
        department: dict(
            tally((ReviewChange(row.change), ReviewMark(row.mark)) for row in rows if row.department == department)
        )
        for department in sorted({row.department for row in rows})
    }


async def parts_missing(session: AsyncSession, matter_id: uuid.UUID) -> set[str]:
    """The departments whose own check still waits, by its task: an answer counts before its procedure has seen it."""
    found = await session.scalars(
        select(TaskRow.department).where(
            TaskRow.subject_id == matter_id, TaskRow.kind == "self_check", TaskRow.state == "open"
        )
    )
    return set(found)
