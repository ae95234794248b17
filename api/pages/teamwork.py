"""协同: the forms beside a task and a case, each one act; what was done is said on the page that it leads back to."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal, not_found, wrong_fields
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm, Posted
from api.pages.refusals import Way, refused
from api.teamwork import copies, more_time, pressing, questions, remarks, sharing_out, suspending
from api.teamwork.beside_task import beside_task
from policy.problems import Problem
from policy.terms import Department, Level, Post, Role

router = APIRouter()

TEXT_LABELS = {
    "reason": "理由",
    "text": "内容",
    "words": "催办内容",
    "due_on": "回复日期",
    "to": "对象",
    "days": "延长的工作日数",
}
DID = {
    "assign": "已指派。",
    "hand-over": "已转交。",
    "suspend": "期限已中止。",
    "resume": "期限已恢复。",
    "remind": "已催办。",
    "order": "督办已发出。",
    "opinion": "已提请会签。",
    "extension": "延期申请已提交。",
    "decide": "延期申请已决定。",
    "remark": "留言已保存。",
    "copy": "已抄送。",
    "close": "督办已办结。",
    "draft": "草稿已保存，下次打开本页时恢复。",
    "thrown": "草稿已删除。",
}
OPINION_POSTS = tuple(
    Post(level, department, role)
    for level in (Level.COUNTY, Level.CITY)
    for department in Department
    if department is not Department.TOWNSHIP_GOVERNMENT
    for role in (Role.CASEWORKER, Role.SUPERVISOR)
)


async def beside(desk: Desk, task_id: uuid.UUID, application_id: uuid.UUID) -> dict[str, Any]:
    """The context of `templates/teamwork/_beside_task.html`, and what was just done."""
    user = desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        team = await beside_task(desk.services, session, user, task_id)
        asked = await questions.questions_of(desk.services, session, user, application_id)
    return {
        "team": team,
        "questions": asked,
        "opinion_posts": {_code(post): post.label for post in OPINION_POSTS},
        "notice": did(desk),
    }


async def around(desk: Desk, application_id: uuid.UUID) -> dict[str, Any]:
    """The context of `templates/teamwork/_beside_case.html`; a case opened from 抄送我的 is seen."""
    user = desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        context = {
            "remarks": await remarks.remarks_of(desk.services, session, user, application_id),
            "questions": await questions.questions_of(desk.services, session, user, application_id),
            "readers": await copies.readers_of(session, application_id),
        }
    await copies.mark_seen(desk.services, user, application_id)
    return {
        **context,
        "may_remark": remarks.may_remark(user.post),
        "may_copy": copies.may_copy(user.post),
        "did": did(desk),
    }


def did(desk: Desk) -> str | None:
    """What the request says was just done; only words of ours."""
    return DID.get(desk.request.query_params.get("did", ""))


@router.post("/tasks/{task_id}/acts/{act}")
async def on_task(desk: AtDesk, posted: FromForm, task_id: uuid.UUID, act: str) -> Response:
    do = ACTS.get(act)
    if do is None:
        raise not_found()
    way = Way(f"/tasks/{task_id}", "返回上一页")
    return await _done(desk, posted, act, way, lambda: do(desk, posted, task_id))


@router.post("/orders/{order_id}/close")
async def close(desk: AtDesk, posted: FromForm, order_id: uuid.UUID) -> Response:
    way = Way(f"/cases/{_id(posted.text('case'))}", "返回上一页")
    return await _done(
        desk, posted, "close", way, lambda: questions.close_order(desk.services, desk.signed_in, order_id)
    )


@router.post("/cases/{application_id}/remarks")
async def remark(desk: AtDesk, posted: FromForm, application_id: uuid.UUID) -> Response:
    way = Way(f"/cases/{application_id}", "返回上一页")

    async def write() -> object:
        text = _text(posted, "text", "留言内容")
        return await remarks.write_remark(desk.services, desk.signed_in, application_id, text, posted.once)

    return await _done(desk, posted, "remark", way, write)


@router.post("/cases/{application_id}/copies")
async def copy(desk: AtDesk, posted: FromForm, application_id: uuid.UUID) -> Response:
    way = Way(f"/cases/{application_id}", "返回上一页")

    async def send() -> object:
        to = _text(posted, "to", "抄送给").split()
        return await copies.copy_case(desk.services, desk.signed_in, application_id, to)

    return await _done(desk, posted, "copy", way, send)


@router.get("/copies")
async def copied(desk: AtDesk) -> Response:
    """抄送我的."""
    items = await copies.copies_for(desk.services, desk.signed_in)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {item["division"] for item in items})
    return desk.page("teamwork/copies.html", "inbox", copies=items)


async def _done(desk: Desk, posted: Posted, act: str, way: Way, do: Callable[[], Awaitable[object]]) -> Response:
    """Does it and leads back; a refusal is shown with all that was typed."""
    posted.demand_fresh()
    try:
        await do()
    except Refusal as refusal:
        return refused(desk, refusal, typed=_typed(posted), ways=(way,))
    return see_other(f"{way.href}?did={act}")


def _typed(posted: Posted) -> list[tuple[str, str]]:
    return [(label, posted.text(name)) for name, label in TEXT_LABELS.items() if posted.text(name)]


def _text(posted: Posted, name: str, label: str = "") -> str:
    """What was typed there; `label` where this form calls it otherwise. Raises Refusal 422 for nothing."""
    text = posted.text(name)
    if not text:
        zh = f"“{label or TEXT_LABELS[name]}”必须填写"
        raise wrong_fields([Problem(f"/{name}", zh, f"{name} is required")])
    return text


def _day(posted: Posted, name: str) -> date:
    try:
        return date.fromisoformat(_text(posted, name))
    except ValueError:
        zh = f"“{TEXT_LABELS[name]}”应为日期，如2025-03-12"
        raise wrong_fields([Problem(f"/{name}", zh, f"{name} must be a date")]) from None


def _number(posted: Posted, name: str) -> int:
    text = _text(posted, name)
    if not text.isdecimal() or not 1 <= int(text) <= 99:
        raise wrong_fields(
            [Problem(f"/{name}", f"“{TEXT_LABELS[name]}”应为1到99的整数", f"{name} must be a number from 1 to 99")]
        )
    return int(text)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise not_found() from None


def _code(post: Post) -> str:
    return f"{post.level.value}/{post.department.value}/{post.role.value}"


async def _assign(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    await sharing_out.assign_task(desk.services, desk.signed_in, task_id, _text(posted, "to", "交给"))


async def _hand_over(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    to, reason = _text(posted, "to", "交给"), _text(posted, "reason")
    await sharing_out.hand_over_task(desk.services, desk.signed_in, task_id, to, reason)


async def _suspend(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    category, reason = posted.text("category"), _text(posted, "reason")
    await suspending.suspend_task(desk.services, desk.signed_in, task_id, category, reason)


async def _resume(desk: Desk, _posted: Posted, task_id: uuid.UUID) -> None:
    await suspending.resume_task(desk.services, desk.signed_in, task_id)


async def _remind(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    await pressing.urge(desk.services, desk.signed_in, task_id, posted.text("words") or None)


async def _order(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    text, due_on = _text(posted, "text", "督办内容"), _day(posted, "due_on")
    await questions.order(desk.services, desk.signed_in, task_id, text, due_on, posted.once)


async def _opinion(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    posts = {_code(post): post for post in OPINION_POSTS}
    post = posts.get(posted.text("post"))
    if post is None:
        raise wrong_fields([Problem("/post", "请选择会签岗位", "choose a post")])
    wanted = questions.Wanted(_text(posted, "text", "请对方就什么提出意见"), post)
    await questions.ask_opinion(desk.services, desk.signed_in, task_id, wanted, posted.once)


async def _extension(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    days, reason = _number(posted, "days"), _text(posted, "reason")
    await more_time.ask_more_time(desk.services, desk.signed_in, task_id, days, reason, posted.once)


async def _decide(desk: Desk, posted: Posted, task_id: uuid.UUID) -> None:
    decision, reason = posted.text("decision"), _text(posted, "reason")
    if decision not in ("approve", "refuse"):
        raise wrong_fields([Problem("/decision", "请选择同意或不同意", "approve or refuse")])
    await more_time.decide_more_time(desk.services, desk.signed_in, task_id, decision == "approve", reason)


ACTS: Mapping[str, Callable[[Desk, Posted, uuid.UUID], Awaitable[None]]] = {
    "assign": _assign,
    "hand-over": _hand_over,
    "suspend": _suspend,
    "resume": _resume,
    "remind": _remind,
    "order": _order,
    "opinion": _opinion,
    "extension": _extension,
    "decide": _decide,
}
