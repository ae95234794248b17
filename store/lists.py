"""The list queries shared by pages and JSON: one statement each, rows as plain dictionaries (design/stack.md, hot lists)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.terms import Post, Role
from store.paging import Page, decode, page

_TASK = """
select t.id, t.kind, t.step, t.round, t.detail, t.subject_type, t.subject_id, t.division, t.office, t.level,
       t.department, t.role, t.state, t.opened_at, t.not_before, t.outcome, t.done_on, t.answered_at,
       t.acknowledged_at, t.days_late, t.closed_reason, t.assignee as assignee_id, t.workflow_id,
       holder.username as assignee, holder.name as assignee_name,
       doer.username as answered_by, doer.name as answered_by_name,
       absent.username as acted_for, absent.name as acted_for_name,
       s.category as suspension_category, s.suspended_on,
       p.nominal, p.work_target, p.late_after, p.basis, p.counted_from, p.missing_key, p.deadline_version,
       coalesce(a.number, m.key) as number, coalesce(a.category, m.facts->>'category') as category,
       coalesce(a.status, m.status) as subject_status, m.procedure,
       coalesce(p.work_target, date '9999-12-31') as sort_day
from task t
join period p on p.id = t.period_id
left join application a on a.id = t.subject_id
left join matter m on m.id = t.subject_id
left join account holder on holder.id = t.assignee
left join account doer on doer.id = t.answered_by
left join account absent on absent.id = t.acted_for
left join suspension s on s.task_id = t.id and s.resumed_at is null
"""


HEADS = (Role.SUPERVISOR, Role.LEADER)
"""Who sees to it that the tasks of others in their unit are done."""


@dataclass(frozen=True)
class TaskFilter:
    """`state`: open, overdue, done, suspended, stale. `box`: mine (assigned to `account`), office (at `post` in `division`),
    area.

    The office of a supervisor or leader is the whole unit: all that waits for any post of their department there. Who
    stands in for others (`stands_for`) has their boxes too. `stale` are those without a term that were opened before
    `stale_before`.
    """

    account: uuid.UUID
    post: Post
    division: str
    today: date
    state: str = "open"
    box: str = "office"
    kind: str = ""
    q: str = ""
    stands_for: tuple[tuple[uuid.UUID, Role], ...] = ()
    """Absent people of the same unit with their role."""
    stale_before: date | None = None


async def tasks(session: AsyncSession, wanted: TaskFilter, *, cursor: str | None = None, limit: int = 50) -> Page:
    """Open ones by due date, done ones latest first. Raises paging.BadCursor."""
    values: dict[str, Any] = {"limit": limit + 1}
    conditions = [*_state(wanted, values), *_box(wanted, values), *_search(wanted, values)]
    if wanted.kind:
        conditions.append("t.kind = :kind")
        values["kind"] = wanted.kind
    done = wanted.state == "done"
    keys = ("answered_sort", "id") if done else ("sort_day", "id")
    after = decode(cursor, 2)
    if after:
        conditions.append(
            "(coalesce(t.answered_at, t.opened_at), t.id) < (cast(:after_key as timestamptz), cast(:after_id as uuid))"
            if done
            else "(coalesce(p.work_target, date '9999-12-31'), t.id) > (cast(:after_key as date), cast(:after_id as uuid))"
        )
        values |= {"after_key": after[0], "after_id": after[1]}
    order = "coalesce(t.answered_at, t.opened_at) desc, t.id desc" if done else "sort_day, t.id"
    rows = await session.execute(
        text(f"{_TASK} where {' and '.join(conditions)} order by {order} limit :limit"), values
    )
    found = [dict(row) for row in rows.mappings()]
    for row in found:
        row["answered_sort"] = row["answered_at"] or row["opened_at"]
    return page(found, limit, keys)


async def task(session: AsyncSession, task_id: uuid.UUID) -> dict[str, Any] | None:
    rows = await session.execute(text(f"{_TASK} where t.id = :id"), {"id": task_id})
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def tasks_of(session: AsyncSession, subject_id: uuid.UUID) -> list[dict[str, Any]]:
    """All tasks of a case in the order in which they were opened."""
    rows = await session.execute(text(f"{_TASK} where t.subject_id = :id order by t.id"), {"id": subject_id})
    return [dict(row) for row in rows.mappings()]


_APPLICATION = """
select a.id, a.number, a.status, a.category, a.division, d.name as division_name, a.submitted_on, a.filed_at,
       a.accepted_on, a.settled_on, a.pending_papers, a.closed_at,
       exists (select 1 from task t where t.subject_id = a.id and t.outcome is not null and t.acknowledged_at is null)
         as in_transit
from application a
left join division d on d.code = a.division
"""


async def applications(
    session: AsyncSession,
    *,
    status: str = "",
    division: str = "",
    q: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Latest first. `division` names any division inside the reader's area. Raises paging.BadCursor."""
    conditions = ["true"]
    values: dict[str, Any] = {"limit": limit + 1}
    if status:
        conditions.append("a.status = :status")
        values["status"] = status
    if division:
        conditions.append("a.division >= :division and a.division < :division || ':'")
        values["division"] = division
    if q:
        conditions.append("((a.number >= :q and a.number < :q || ':') or a.category = upper(:q))")
        values["q"] = q
    after = decode(cursor, 1)
    if after:
        conditions.append("a.id < cast(:after as uuid)")
        values["after"] = after[0]
    rows = await session.execute(
        text(f"{_APPLICATION} where {' and '.join(conditions)} order by a.id desc limit :limit"), values
    )
    return page([dict(row) for row in rows.mappings()], limit, ("id",))


def _state(wanted: TaskFilter, values: dict[str, Any]) -> Sequence[str]:
    if wanted.state == "done":
        return ("t.state <> 'open'",)
    if wanted.state == "overdue":
        values["today"] = wanted.today
        return ("t.state = 'open'", "p.late_after < :today")
    if wanted.state == "suspended":
        return ("t.state = 'open'", "s.id is not null")
    if wanted.state == "stale":
        values["stale_before"] = wanted.stale_before
        return (
            "t.state = 'open'",
            "p.nominal is null and p.missing_key is null and s.id is null",
            "(t.opened_at at time zone 'Asia/Shanghai')::date <= :stale_before",
        )
    return ("t.state = 'open'",)


def _box(wanted: TaskFilter, values: dict[str, Any]) -> Sequence[str]:
    if wanted.box == "area":
        return ()
    if wanted.box == "mine":
        values |= {"account": wanted.account, "absent": [account for account, _role in wanted.stands_for]}
        own = "coalesce(t.answered_by, t.assignee) = :account"
        return (f"({own} or t.state = 'open' and t.assignee = any(:absent))" if wanted.stands_for else own,)
    values |= {"office": wanted.division, "department": wanted.post.department.value}
    unit = ("t.office = :office", "t.department = :department")
    if wanted.post.role in HEADS:
        return unit
    values["roles"] = [wanted.post.role.value, *(role.value for _account, role in wanted.stands_for)]
    return (*unit, "t.role = any(:roles)")


def _search(wanted: TaskFilter, values: dict[str, Any]) -> Sequence[str]:
    if not wanted.q:
        return ()
    values["q"] = wanted.q
    return (
        "((a.number >= :q and a.number < :q || ':') or starts_with(m.key, :q) or t.kind = :q or t.detail->>'key' = :q"
        " or length(cast(:q as text)) >= 8 and strpos(m.key, cast(:q as text)) > 0)",
    )
