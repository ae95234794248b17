"""督办 and 会签: a question about a task to an office, answered there as a task of its own, read by who asked."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from api.teamwork.acting import Acting, acting_on, new_id, office_of_task
from api.teamwork.standing_in import may_stand_in
from policy.access import Action, may
from policy.clock import today
from policy.escalation import office_of
from policy.problems import Problem
from policy.procedures import Procedure, workflow_id
from policy.teamwork import may_press
from policy.terms import Department, Level, Office, Post, Role
from store.accounts import AccountRow
from store.disclosure import Cell, Look, disclose
from store.orders import OrderRow
from store.outbox import start, wake
from store.tasks import TaskRow
from store.timeline import record

ORDER, OPINION = Procedure.ORDER, Procedure.OPINION
OPINION_LEVELS = (Level.COUNTY, Level.CITY)
OPINION_ROLES = (Role.CASEWORKER, Role.SUPERVISOR, Role.LEADER)
CLOSED = "order_closed"


@dataclass(frozen=True)
class Wanted:
    """What is asked: words, of which post, by when."""

    text: str
    post: Post
    due_on: date | None = None


async def order(
    services: Services, user: CurrentUser, task_id: uuid.UUID, text: str, due_on: date, key: str | None = None
) -> dict[str, Any]:
    """督办: the office of the task replies by that day, on a ladder of its own. Raises Refusal."""
    once = Once(services, user, key, f"orders/{task_id}", {"text": text, "due_on": due_on})
    async with acting_on(services, user, task_id) as acting:
        earlier = await once.earlier(acting.session)
        if earlier is not None:
            return earlier
        if not may_press(user.post, user.division, acting.office):
            raise not_allowed("只有本单位审核人、负责人和上级审核人可以督办")
        if await _unanswered(acting, ORDER):
            raise Refusal(
                409, "order-waits", "您对此事项的督办尚待回复", "your order about this task waits for its reply"
            )
        _check_day(due_on, acting.today)
        row = await _ask(acting, ORDER, Wanted(text, acting.office.post, due_on))
        told = await acting.telling().ordered(acting.session, await acting.act(row.id), due_on)
        acting.record("ordered", {"order": str(row.id), "due": due_on.isoformat(), "to": told})
        answer = {"order": str(row.id)}
        await once.keep(acting.session, 201, answer)
        return answer


async def ask_opinion(
    services: Services, user: CurrentUser, task_id: uuid.UUID, wanted: Wanted, key: str | None = None
) -> dict[str, Any]:
    """会签: another post of the same county or city gives its view; the step goes on meanwhile. Raises Refusal."""
    once = Once(services, user, key, f"opinions/{task_id}", asdict(wanted))
    async with acting_on(services, user, task_id) as acting:
        earlier = await once.earlier(acting.session)
        if earlier is not None:
            return earlier
        own = Office(user.division, user.post) == acting.office
        if not own and await may_stand_in(acting.session, user, acting.task, acting.today) is None:
            raise not_allowed("只有办理此事项的岗位可以提请会签")
        _check_asked_post(acting, wanted.post)
        if wanted.due_on:
            _check_day(wanted.due_on, acting.today)
        row = await _ask(acting, OPINION, wanted)
        codes = {"order": str(row.id), "post": wanted.post.label}
        acting.record("opinion_asked", codes)
        answer = {"opinion": str(row.id)}
        await once.keep(acting.session, 201, answer)
        return answer


async def close_order(services: Services, user: CurrentUser, order_id: uuid.UUID) -> None:
    """Who ordered is content, or no longer wants a reply: what still waits for one is closed. Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        row = await session.get(OrderRow, order_id, with_for_update=True)
        if row is None or row.kind != ORDER.value:
            raise not_found()
        if row.asked_by != user.id:
            raise not_allowed("只有发出督办的人可以办结督办")
        if row.closed_at is not None:
            raise Refusal(409, "order-closed", "此督办已经办结", "the order is closed already")
        now, day = services.clock.now(), today(services.clock)
        row.closed_at = now
        reply = await session.scalar(_reply_of(row).with_for_update())
        if reply is not None and reply.state == "open":
            reply.state, reply.closed_reason = "closed", CLOSED
            await wake(session, reply, at=now)
        about = await session.get_one(TaskRow, row.task_id)
        record(
            session,
            subject_id=row.application_id,
            division=about.division,
            at=now,
            day=day,
            tag=f"counter:{about.kind}:order_closed",
            actor=user.username,
            codes={"task": str(about.id), "order": str(row.id)},
            grounds=["R-TEAM"],
        )


async def questions_of(
    services: Services, session: AsyncSession, user: CurrentUser, application_id: uuid.UUID
) -> list[dict[str, Any]]:
    """The orders and opinions of a case, oldest first; words and replies for those who may read them, None for others."""
    rows = (
        await session.scalars(select(OrderRow).where(OrderRow.application_id == application_id).order_by(OrderRow.id))
    ).all()
    return [await _view(services, session, user, row) for row in rows]


async def _view(services: Services, session: AsyncSession, user: CurrentUser, row: OrderRow) -> dict[str, Any]:
    reply = await session.scalar(_reply_of(row))
    asker = await session.get_one(AccountRow, row.asked_by)
    about = await session.get(TaskRow, row.task_id)  # another department's task is not there for who is asked
    post = _post(row)
    words: dict[str, Any] = {"question": None, "reply": None}
    if _may_read(user, row, about, office_of(row.division, post)):
        cells = {"question": Cell("office_order", "text", row.id, row.text_sealed)}
        if reply is not None:
            cells["reply"] = Cell("task", "answer", reply.id, reply.answer_sealed)
        look = Look(str(user.id), "application", row.application_id, row.division, "order.view", services.clock.now())
        words |= disclose(session, services.vault, look, cells)
    fields = (words["reply"] or {}).get("fields") or {}
    return json_object(
        {
            "id": row.id,
            "kind": row.kind,
            "application": row.application_id,
            "about": {"task": row.task_id, "kind": about.kind if about else None},
            "asked_by": asker.username,
            "asked_by_name": asker.name,
            "asked_at": row.asked_at,
            "asked_of": {"level": row.level, "department": row.department, "role": row.role, "label": post.label},
            "due_on": row.due_on,
            "text": words["question"],
            "reply_task": reply.id if reply else None,
            "state": _state(row, reply),
            "outcome": reply.outcome if reply else None,
            "replied_at": reply.answered_at if reply else None,
            "reply": next(iter(fields.values()), None),
        }
    )


def _state(row: OrderRow, reply: TaskRow | None) -> str:
    """waiting, replied, closed."""
    if row.closed_at is not None or (reply is not None and reply.state == "closed"):
        return "closed"
    return "replied" if reply is not None and reply.state == "answered" else "waiting"


def _may_read(user: CurrentUser, row: OrderRow, about: TaskRow | None, asked: Office) -> bool:
    """Who asked, the office that is asked, the one whose task it is about, their heads, and who reads the case's records."""
    offices = [asked, *([office_of_task(about)] if about else [])]
    return (
        row.asked_by == user.id
        or Office(user.division, user.post) in offices
        or any(may_press(user.post, user.division, office) for office in offices)
        or may(user.post, Action.READ_FILE)
    )


async def _ask(acting: Acting, kind: Procedure, wanted: Wanted) -> OrderRow:
    row_id = await new_id(acting.session)
    row = OrderRow(
        id=row_id,
        kind=kind.value,
        task_id=acting.task.id,
        application_id=acting.application.id,
        division=acting.task.division,
        level=wanted.post.level.value,
        department=wanted.post.department.value,
        role=wanted.post.role.value,
        due_on=wanted.due_on,
        text_sealed=acting.seal("office_order", "text", row_id, wanted.text),
        asked_by=acting.user.id,
        asked_on=acting.today,
        asked_at=acting.now,
    )
    acting.session.add(row)
    await acting.session.flush()
    argument = {"application_id": str(acting.application.id)}
    await start(acting.session, kind, row_id, argument, at=acting.now, subject_id=acting.application.id)
    return row


async def _unanswered(acting: Acting, kind: Procedure) -> bool:
    """Whether this person's last question about the task still waits."""
    rows = await acting.session.scalars(
        select(OrderRow).where(
            OrderRow.task_id == acting.task.id,
            OrderRow.kind == kind.value,
            OrderRow.asked_by == acting.user.id,
            OrderRow.closed_at.is_(None),
        )
    )
    return any([_state(row, await acting.session.scalar(_reply_of(row))) == "waiting" for row in rows.all()])


def _check_asked_post(acting: Acting, post: Post) -> None:
    if post.level not in OPINION_LEVELS or post.role not in OPINION_ROLES:
        zh = "只能向县级、市级的经办人、审核人、负责人提请会签"
        raise wrong_fields([Problem("/post", zh, "only posts of the county and the city give opinions")])
    if post.department is Department.TOWNSHIP_GOVERNMENT or office_of(acting.task.division, post) == acting.office:
        zh = "会签须提请其他岗位"
        raise wrong_fields([Problem("/post", zh, "a second opinion is another post's")])


def _check_day(due_on: date, day: date) -> None:
    if due_on < day:
        raise wrong_fields([Problem("/due_on", "回复日期不能早于今天", "the day of the reply lies in the past")])


def _post(row: OrderRow) -> Post:
    return Post(Level(row.level), Department(row.department), Role(row.role))


def _reply_of(row: OrderRow) -> Any:
    return select(TaskRow).where(TaskRow.workflow_id == workflow_id(Procedure(row.kind), row.id))
