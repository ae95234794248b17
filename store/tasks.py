"""Human tasks, the periods that hold their due dates, and the rungs that were climbed (architecture decision 3)."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Json, Key, Moment


class PeriodRow(Base):
    """One running term with one ladder; several tasks may share it, one after the other.

    `ladder` is [{rung, at}]; `next_moment` the next rung still to come while one of the tasks is open, else None. With a
    public notice in front (`notice_key`), the term counts from the notice's last day, which moves with the calendar too.
    """

    __tablename__ = "period"
    __table_args__ = (UniqueConstraint("workflow_id", "name", "round"), Index("period_subject_idx", "subject_id"))

    id: Mapped[Key]
    workflow_id: Mapped[str]
    name: Mapped[str]
    round: Mapped[int]
    division: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    key: Mapped[str]
    counted_from: Mapped[date]
    pinned_on: Mapped[date]
    notice_key: Mapped[str | None]
    notice_posted_on: Mapped[date | None]
    nominal: Mapped[date | None]
    work_target: Mapped[date | None]
    late_after: Mapped[date | None]
    basis: Mapped[Json]
    missing_key: Mapped[str | None]
    deadline_version: Mapped[int]
    climbs: Mapped[bool]
    ladder: Mapped[Json]
    ladder_since: Mapped[Moment]
    """When the period was opened or its date last moved: earlier rungs are left out."""
    next_moment: Mapped[Moment | None]
    opened_at: Mapped[Moment]
    pauses: Mapped[Json] = mapped_column(default=list)
    """[{from, to, why}]: days after `from` up to `to` do not count; while `to` is None the clock stands still."""
    extended_by: Mapped[int] = mapped_column(default=0)
    """Working days granted beyond the rule's own number (延期)."""
    fixed_on: Mapped[date | None]
    """The day that a person has named, where no rule gives one (督办)."""
    month: Mapped[date | None]
    """The first day of the data's month, where the term is a fixed date of a month (每月10日前)."""


class TaskRow(Base):
    """One thing that waits for a person. `division` is the subject's area (what RLS looks at), `office` the desk's."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("workflow_id", "step", "round"),
        CheckConstraint("state in ('open', 'answered', 'closed')", "state"),
        CheckConstraint("(state = 'answered') = (outcome is not null)", "answered_has_outcome"),
        CheckConstraint("(state = 'answered') = (answered_by is not null)", "answered_has_person"),
        Index("task_office_idx", "office", "department", "role", "state", "id"),
        Index(
            "task_unacknowledged_idx",
            "answered_at",
            postgresql_where=text("acknowledged_at is null and outcome is not null"),
        ),
        Index("task_subject_idx", "subject_id"),
    )

    id: Mapped[Key]
    workflow_id: Mapped[str]
    step: Mapped[str]
    """The step's name within its workflow: the kind, or `missing_parameter:<key>`."""
    round: Mapped[int]
    kind: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    division: Mapped[str]
    office: Mapped[str]
    level: Mapped[str]
    department: Mapped[str]
    role: Mapped[str]
    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("period.id"), index=True)
    detail: Mapped[Json]
    """Codes only, e.g. {"key": "RATE(DSR)"}."""
    not_before: Mapped[date | None]
    """The first day on which `no_objection` may be answered."""
    assignee: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str]
    opened_at: Mapped[Moment]
    outcome: Mapped[str | None]
    done_on: Mapped[date | None]
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{fields, comment, paper_reason}."""
    acknowledged_at: Mapped[Moment | None]
    closed_reason: Mapped[str | None]
    days_late: Mapped[int | None]
    recalled_at: Mapped[Moment | None]
    """When the answer was taken back (撤回); the answer itself stays as it was given."""
    acted_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    """Who was away when a substitute (`answered_by`) gave the answer."""


class RungRow(Base):
    """A rung that was climbed: one record, whatever is run again."""

    __tablename__ = "rung"
    __table_args__ = (UniqueConstraint("period_id", "rung", "deadline_version"),)

    id: Mapped[Key]
    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("period.id"))
    division: Mapped[str]
    rung: Mapped[str]
    deadline_version: Mapped[int]
    due_at: Mapped[Moment]
    fired_at: Mapped[Moment]
    late: Mapped[bool]
