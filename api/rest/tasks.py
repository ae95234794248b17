"""Tasks: what waits for a person."""

import uuid
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.commands import Submitted, answer_task, claim_task, outlook, release_task, standing
from api.errors import not_allowed, not_found, parameter_missing, wrong_fields
from api.idempotency import KeyHeader
from api.identity import CurrentUser, User
from api.prefer import PreferHeader, wait_seconds, wait_until
from api.presentation import task_view
from api.rest.dependencies import At, Cursor, Limit
from api.searching import codes_only
from api.services import Services
from api.task_words import words_of
from api.teamwork.bulk import MOST, Line, answer_all
from api.teamwork.standing_in import stands_for
from policy.access import Action, may
from policy.clock import today
from policy.problems import Problem
from policy.rulebook import MissingParameter
from policy.steps import every_step, is_kind
from policy.terms import Role
from store import lists
from store.paging import Page
from store.tasks import TaskRow
from store.timekeeping import Timekeeping, load_timekeeping

router = APIRouter(tags=["tasks"])
State = Literal["open", "overdue", "done", "suspended", "stale"]
Box = Literal["mine", "office", "area"]
OVERSEERS = (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR)


class AnswerBody(BaseModel):
    """An answer. `done_on` and `paper_reason` are for an act that was done on paper (补录)."""

    model_config = ConfigDict(extra="forbid")

    outcome: Annotated[str, Field(min_length=1, max_length=40)]
    fields: Annotated[dict[str, Any], BeforeValidator(lambda sent: {} if sent is None else sent)] = {}
    comment: Annotated[str | None, Field(max_length=4000)] = None
    done_on: date | None = None
    paper_reason: Annotated[str | None, Field(max_length=4000)] = None


class BulkItem(AnswerBody):
    task: uuid.UUID


class BulkBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MOST)]


@router.get("/tasks")
async def listing(
    services: At,
    user: User,
    state: State = "open",
    box: Box = "office",
    kind: Annotated[str, Query(max_length=60)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The inbox: `mine` are those assigned to me (or done by me), `office` those at my desk, `area` all of my area.

    For supervisors and leaders `office` is all that waits in their unit, whoever of it is to act.
    """
    found = await list_tasks(services, user, state, box, kind, q, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


@router.get("/tasks/{task_id}")
async def show(services: At, user: User, task_id: uuid.UUID) -> dict[str, Any]:
    return await view_task(services, user, task_id)


@router.post("/tasks/bulk")
async def bulk(services: At, user: User, body: BulkBody, key: KeyHeader = None) -> dict[str, Any]:
    """Answers each item in a transaction of its own and says of each what became of it."""
    lines = [Line(item.task, Submitted(**item.model_dump(exclude={"task"}))) for item in body.items]
    return {"results": await answer_all(services, user, lines, key)}


@router.post("/tasks/{task_id}/answer")
async def answer(
    services: At,
    user: User,
    task_id: uuid.UUID,
    body: AnswerBody,
    prefer: PreferHeader = None,
    key: KeyHeader = None,
) -> dict[str, Any]:
    """Commits the answer, then waits for the procedure as `Prefer: wait=N` says (2 s by default)."""
    return await give_answer(services, user, task_id, Submitted(**body.model_dump()), wait_seconds(prefer), key)


@router.post("/tasks/{task_id}/claim")
async def claim(services: At, user: User, task_id: uuid.UUID) -> dict[str, Any]:
    await claim_task(services, user, task_id)
    return await view_task(services, user, task_id)


@router.post("/tasks/{task_id}/release")
async def release(services: At, user: User, task_id: uuid.UUID) -> dict[str, Any]:
    await release_task(services, user, task_id)
    return await view_task(services, user, task_id)


async def give_answer(
    services: Services,
    user: CurrentUser,
    task_id: uuid.UUID,
    submitted: Submitted,
    wait: float,
    key: str | None = None,
) -> dict[str, Any]:
    """Answers and says how things stand afterwards: {task, settled, subject, next}. Raises Refusal."""
    after = await answer_task(services, user, task_id, submitted, key)
    if not wait or after["settled"]:
        return after

    case = str(after["subject"]["id"])

    async def settled() -> bool:
        return await standing(services, user, task_id, case) is not None

    await wait_until(settled, wait)
    return await outlook(services, user, task_id, case)


async def list_tasks(
    services: Services,
    user: CurrentUser,
    state: State,
    box: Box,
    kind: str = "",
    q: str = "",
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of tasks as `task_view` shows them. Raises Refusal, paging.BadCursor."""
    word = codes_only(q)
    _check_kind(kind)
    _check_works(user)
    if box == "area" and user.post.role not in OVERSEERS:
        raise not_allowed("只有审核人、负责人和审计员可以查看辖区全部事项")
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        absent = tuple((one.id, Role(one.role)) for one in await stands_for(session, user, day))
        time = await load_timekeeping(session, day)
        wanted = lists.TaskFilter(
            user.id,
            user.post,
            user.division,
            day,
            state,
            box,
            kind,
            word,
            absent,
            day - timedelta(days=_patience(user, time)) if state == "stale" else None,
        )
        found = await lists.tasks(session, wanted, cursor=cursor, limit=limit)
    return Page([task_view(row, time) for row in found.items], found.next)


async def view_task(services: Services, user: CurrentUser, task_id: uuid.UUID) -> dict[str, Any]:
    """One task of the caller's area; `words`: what was written in it, and why what it is about came back. Raises Refusal 404."""
    async with services.database.transaction(user.scope) as session:
        row = await lists.task(session, task_id)
        if row is None:
            raise not_found()
        _check_works(user)
        words = await words_of(services, session, user, await session.get_one(TaskRow, task_id))
        return task_view(row, await load_timekeeping(session, today(services.clock))) | {"words": words}


def _check_kind(kind: str) -> None:
    if kind and not is_kind(kind):
        known = "、".join(f"{each.kind}（{each.label}）" for each in every_step())
        kinds = ", ".join(each.kind for each in every_step())
        raise wrong_fields([Problem("/kind", f"没有这种办理环节，只有：{known}", f"only these kinds: {kinds}")])


def _patience(user: CurrentUser, time: Timekeeping) -> int:
    """After how many days a task without a term is listed for the supervisor. Raises Refusal."""
    if user.post.role not in OVERSEERS:
        raise not_allowed("只有审核人、负责人和审计员可以查看久未办结的事项")
    try:
        return int(time.rulebook(user.division).parameter("OPEN_ENDED_DAYS", time.today).value)
    except MissingParameter as missing:
        raise parameter_missing(missing.key) from missing


def _check_works(user: CurrentUser) -> None:
    if not may(user.post, Action.WORK_TASKS):
        raise not_allowed("您的岗位不办理案件事项")
