"""集中复核 (W08): the rows of a county's month, what the bureau says of each, and the summary."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found
from api.exchange.matters import brief, check_may_view, timeline_of
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.joint_review import ReviewChange, ReviewMark
from policy.masking import mask_id_number, mask_name
from policy.procedures import Procedure
from policy.review_steps import REVIEW_DEDUP, SELF_CHECK
from policy.terms import Category, Department, Level
from store import lists
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, record_in
from store.people import PersonRow
from store.reference import DivisionRow
from store.reviews import ReviewRow, counts_of, rows_of
from store.tasks import TaskRow
from store.timekeeping import load_timekeeping

MOST_AT_ONCE = 500
WITH_NAMES = (Level.COUNTY,)


async def view_review(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """The review with its counts per department, its rows (in the county itself), its tasks. Raises Refusal 404."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await the_review(session, matter_id)
        time = await load_timekeeping(session, today(services.clock))
        rows = await rows_of(session, matter.id) if user.post.level in WITH_NAMES else []
        return {
            **brief(matter),
            "division_name": (await session.get_one(DivisionRow, matter.division)).name,
            "departments": _parts(matter, await _words(services, session, user, matter)),
            "summary": dict(await counts_of(session, matter.id)) if rows else matter.facts.get("summary"),
            "rows": await _rows(services, session, user, matter, rows),
            "may_mark": user.post == REVIEW_DEDUP.post and await _in_dedup(session, matter),
            "marks": [{"code": mark.value, "label": mark.label} for mark in ReviewMark],
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, matter.id)],
            "timeline": await timeline_of(session, matter.id),
        }


async def mark_rows(
    services: Services,
    user: CurrentUser,
    matter_id: uuid.UUID,
    wanted: Sequence[uuid.UUID],
    mark: ReviewMark,
    key: str | None = None,
) -> dict[str, Any]:
    """What the bureau says of these rows while it removes duplicates and false records; {rows}. Raises Refusal."""
    if user.post != REVIEW_DEDUP.post:
        raise not_allowed(f"剔重核对由{REVIEW_DEDUP.post.label}办理")
    once = Once(services, user, key, "review marks", [str(matter_id), sorted(map(str, wanted)), mark.value])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        matter = await session.get(MatterRow, matter_id, with_for_update=True)
        if matter is None or matter.procedure != Procedure.REVIEW.value:
            raise not_found()
        if not await _in_dedup(session, matter):
            raise Refusal(409, "not-in-dedup", "目前不在剔重核对环节", "the review is not at that step")
        rows = (
            await session.scalars(
                select(ReviewRow)
                .where(ReviewRow.matter_id == matter_id, ReviewRow.id.in_(wanted))
                .order_by(ReviewRow.id)
                .with_for_update()
            )
        ).all()
        if len(rows) < len(set(wanted)):
            raise not_found()
        kept = mark is ReviewMark.KEPT
        for row in rows:
            row.mark = mark.value
            row.marked_by, row.marked_at = (None, None) if kept else (user.id, services.clock.now())
        record_in(
            session,
            matter,
            "marked",
            at=services.clock.now(),
            day=today(services.clock),
            actor=user.username,
            codes={"rows": len(rows), "mark": mark.value},
            grounds=["J-16"],
        )
        answer = {"rows": len(rows)}
        await once.keep(session, 200, answer)
        return answer


async def the_review(session: AsyncSession, matter_id: uuid.UUID) -> MatterRow:
    """Raises Refusal 404 for whatever is no review that the reader may see."""
    matter = await session.get(MatterRow, matter_id)
    if matter is None or matter.procedure != Procedure.REVIEW.value:
        raise not_found()
    return matter


async def _in_dedup(session: AsyncSession, matter: MatterRow) -> bool:
    """Not once it has been answered: what is marked after that would leave the summary and go back to nobody."""
    asked = select(TaskRow.state).where(TaskRow.subject_id == matter.id, TaskRow.kind == REVIEW_DEDUP.kind)
    latest = await session.scalar(asked.order_by(TaskRow.round.desc()).limit(1))
    return matter.status == MatterStatus.MSB_DEDUP.value and latest != "answered"


async def _words(
    services: Services, session: AsyncSession, user: CurrentUser, matter: MatterRow
) -> dict[str, str | None]:
    """What each department wrote of its self-check (J-15): for the county's bureau, and for the department itself."""
    if user.post.level not in WITH_NAMES:
        return {}
    asked = select(TaskRow).where(
        TaskRow.subject_id == matter.id, TaskRow.kind == SELF_CHECK.kind, TaskRow.answer_sealed.is_not(None)
    )
    if user.post.department is not Department.MEDICAL_INSURANCE:
        asked = asked.where(TaskRow.department == user.post.department.value)
    cells = {
        task.department: Cell("task", "answer", task.id, task.answer_sealed) for task in await session.scalars(asked)
    }
    look = Look(str(user.id), "matter", matter.id, matter.division, "review.words", services.clock.now())
    opened = disclose(session, services.vault, look, cells) if cells else {}
    return {code: _written(answer["fields"]) for code, answer in opened.items()}


def _written(fields: Mapping[str, Any]) -> str | None:
    return fields.get("differences") or fields.get("remark") or None


def _parts(matter: MatterRow, words: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Whose part is back since when, in which words, who is named as late, what was confirmed."""
    back, counts = matter.facts.get("returned", {}), matter.facts.get("counts", {})
    return [
        {
            "department": code,
            "label": Department(code).label,
            "counts": counts.get(code, {}),
            "returned_on": back.get(code, {}).get("on"),
            "days_late": back.get(code, {}).get("days_late"),
            "late": code in matter.facts.get("late", []) or bool(back.get(code, {}).get("days_late")),
            "left_open": code in matter.facts.get("left_open", []),
            "words": words.get(code),
        }
        for code in matter.facts.get("reviewed_by", [])
    ]


async def _rows(
    services: Services, session: AsyncSession, user: CurrentUser, matter: MatterRow, rows: Sequence[ReviewRow]
) -> list[dict[str, Any]]:
    """With masked names for whom the person is there at all (row-level security)."""
    people = await session.scalars(select(PersonRow).where(PersonRow.id.in_([row.person_id for row in rows])))
    cells = {str(person.id): Cell("person", "sealed", person.id, person.sealed) for person in people}
    look = Look(str(user.id), "matter", matter.id, matter.division, "review.view", services.clock.now())
    known = disclose(session, services.vault, look, cells) if cells else {}
    return [_row(row, known.get(str(row.person_id))) for row in rows]


def _row(row: ReviewRow, person: dict[str, Any] | None) -> dict[str, Any]:
    return json_object(
        {
            "id": row.id,
            "department": row.department,
            "change": row.change,
            "change_label": ReviewChange(row.change).label,
            "category": row.category,
            "category_label": Category(row.category).label,
            "category_before": row.category_before,
            "day": row.day,
            "name": mask_name(person["name"]) if person else None,
            "id_number": mask_id_number(person["id_number"]) if person else None,
            "mark": row.mark,
            "mark_label": ReviewMark(row.mark).label,
        }
    )
