"""What people do about tasks and cases beside answering: hand out, press, ask, extend, suspend, remark, copy, put aside."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from activities.closing import Shutting
from api.errors import not_found
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At
from api.rest.tasks import view_task
from api.teamwork import closures, copies, drafts, more_time, pressing, questions, remarks, sharing_out, suspending
from api.teamwork.beside_task import beside_task
from policy.terms import Department, Level, Post, Role, normal_division

router = APIRouter(tags=["teamwork"])

Words = Annotated[str, Field(min_length=1, max_length=4000)]
Username = Annotated[str, Field(min_length=1, max_length=120)]
DraftKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_/-]{0,119}$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Assignment(Body):
    to: Username


class HandOver(Body):
    to: Username
    reason: Words


class Urge(Body):
    words: Annotated[str | None, Field(max_length=4000)] = None


class OrderBody(Body):
    due_on: date
    text: Words


class PostBody(Body):
    level: Level
    department: Department
    role: Role


class OpinionBody(Body):
    post: PostBody
    text: Words
    due_on: date | None = None


class ExtensionBody(Body):
    days: Annotated[int, Field(ge=1, le=99)]
    reason: Words


class DecisionBody(Body):
    decision: Literal["approve", "refuse"]
    reason: Words


class SuspensionBody(Body):
    category: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Words


class RemarkBody(Body):
    text: Words


class CopyBody(Body):
    """Accounts by username, and posts whose holders are all meant."""

    to: Annotated[list[Username], Field(max_length=50)] = []
    posts: Annotated[list[PostBody], Field(max_length=10)] = []


class DraftBody(Body):
    content: dict[str, Any]


class ClosureBody(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    division: Annotated[str, Field(pattern=r"^\d{2,12}$")]
    first_day: Annotated[date, Field(alias="from")]
    last_day: Annotated[date, Field(alias="to")]
    reason: Annotated[str, Field(min_length=1, max_length=40)]
    document: Annotated[str, Field(max_length=80)] = ""


@router.get("/tasks/{task_id}/acts")
async def beside(services: At, user: User, task_id: uuid.UUID) -> dict[str, Any]:
    """What stands beside a task: what the caller may do about it, and what others have done."""
    async with services.database.transaction(user.scope) as session:
        return await beside_task(services, session, user, task_id)


@router.post("/tasks/{task_id}/assign")
async def assign(services: At, user: User, task_id: uuid.UUID, body: Assignment) -> dict[str, Any]:
    await sharing_out.assign_task(services, user, task_id, body.to)
    return await view_task(services, user, task_id)


@router.post("/tasks/{task_id}/hand-over")
async def hand_over(services: At, user: User, task_id: uuid.UUID, body: HandOver) -> dict[str, Any]:
    await sharing_out.hand_over_task(services, user, task_id, body.to, body.reason)
    return await view_task(services, user, task_id)


@router.post("/tasks/{task_id}/suspend")
async def suspend(services: At, user: User, task_id: uuid.UUID, body: SuspensionBody) -> dict[str, Any]:
    await suspending.suspend_task(services, user, task_id, body.category, body.reason)
    return await view_task(services, user, task_id)


@router.post("/tasks/{task_id}/resume")
async def resume(services: At, user: User, task_id: uuid.UUID) -> dict[str, Any]:
    await suspending.resume_task(services, user, task_id)
    return await view_task(services, user, task_id)


@router.post("/tasks/{task_id}/remind")
async def remind(services: At, user: User, task_id: uuid.UUID, body: Urge | None = None) -> dict[str, Any]:
    told = await pressing.urge(services, user, task_id, body.words if body else None)
    return {"task": str(task_id), "told": told}


@router.post("/tasks/{task_id}/orders", status_code=201)
async def order(services: At, user: User, task_id: uuid.UUID, body: OrderBody, key: KeyHeader = None) -> dict[str, Any]:
    return await questions.order(services, user, task_id, body.text, body.due_on, key)


@router.post("/orders/{order_id}/close", status_code=204)
async def close_order(services: At, user: User, order_id: uuid.UUID) -> Response:
    await questions.close_order(services, user, order_id)
    return Response(status_code=204)


@router.post("/tasks/{task_id}/opinions", status_code=201)
async def ask_opinion(
    services: At, user: User, task_id: uuid.UUID, body: OpinionBody, key: KeyHeader = None
) -> dict[str, Any]:
    post = Post(body.post.level, body.post.department, body.post.role)
    wanted = questions.Wanted(body.text, post, body.due_on)
    return await questions.ask_opinion(services, user, task_id, wanted, key)


@router.get("/applications/{application_id}/questions")
async def list_questions(services: At, user: User, application_id: uuid.UUID) -> dict[str, Any]:
    """Orders (督办) and second opinions (会签) of the case, with their replies."""
    async with services.database.transaction(user.scope) as session:
        return {"items": await questions.questions_of(services, session, user, application_id), "next": None}


@router.post("/tasks/{task_id}/extension", status_code=201)
async def ask_more_time(
    services: At, user: User, task_id: uuid.UUID, body: ExtensionBody, key: KeyHeader = None
) -> dict[str, Any]:
    return await more_time.ask_more_time(services, user, task_id, body.days, body.reason, key)


@router.post("/tasks/{task_id}/extension/decide")
async def decide_more_time(services: At, user: User, task_id: uuid.UUID, body: DecisionBody) -> dict[str, Any]:
    return await more_time.decide_more_time(services, user, task_id, body.decision == "approve", body.reason)


@router.post("/applications/{application_id}/remarks", status_code=201)
async def write_remark(
    services: At, user: User, application_id: uuid.UUID, body: RemarkBody, key: KeyHeader = None
) -> dict[str, Any]:
    return await remarks.write_remark(services, user, application_id, body.text, key)


@router.get("/applications/{application_id}/remarks")
async def list_remarks(services: At, user: User, application_id: uuid.UUID) -> dict[str, Any]:
    async with services.database.transaction(user.scope) as session:
        return {"items": await remarks.remarks_of(services, session, user, application_id), "next": None}


@router.post("/applications/{application_id}/copies", status_code=201)
async def copy_case(services: At, user: User, application_id: uuid.UUID, body: CopyBody) -> dict[str, Any]:
    posts = [Post(post.level, post.department, post.role) for post in body.posts]
    return await copies.copy_case(services, user, application_id, body.to, posts)


@router.get("/copies")
async def list_copies(services: At, user: User) -> dict[str, Any]:
    """抄送我的."""
    return {"items": await copies.copies_for(services, user), "next": None}


@router.put("/drafts/{key:path}", status_code=204)
async def keep_draft(services: At, user: User, key: DraftKey, body: DraftBody) -> Response:
    await drafts.keep_draft(services, user, key, body.content)
    return Response(status_code=204)


@router.get("/drafts/{key:path}")
async def open_draft(services: At, user: User, key: DraftKey) -> dict[str, Any]:
    content = await drafts.open_draft(services, user, key)
    if content is None:
        raise not_found("没有这份草稿")
    return {"content": content}


@router.delete("/drafts/{key:path}", status_code=204)
async def throw_away(services: At, user: User, key: DraftKey) -> Response:
    await drafts.throw_away(services, user, key)
    return Response(status_code=204)


@router.get("/closures")
async def list_closures(services: At, user: User) -> dict[str, Any]:
    return {"items": await closures.closures_in(services, user), "next": None}


@router.post("/closures", status_code=201)
async def close_offices(services: At, user: User, body: ClosureBody, key: KeyHeader = None) -> dict[str, Any]:
    """Days on which an office is closed do not count; says how many open terms have moved."""
    division = normal_division(body.division)
    shutting = Shutting(division, body.first_day, body.last_day, body.reason, body.document)
    return await closures.close_offices(services, user, shutting, key)


@router.post("/closures/{closure_id}/withdraw")
async def withdraw_closure(services: At, user: User, closure_id: uuid.UUID) -> dict[str, Any]:
    return await closures.take_back(services, user, closure_id)
