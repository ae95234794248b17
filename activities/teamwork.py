"""The hands of orders (督办) and second opinions (会签): what is asked of whom, and that who asked learns of the reply."""

import uuid
from dataclasses import dataclass

from temporalio import activity

from activities.telling import Act, Telling
from policy.clock import Clock
from policy.steps import step
from store.accounts import AccountRow
from store.database import WHOLE, Database
from store.orders import OrderRow
from store.tasks import TaskRow


@dataclass
class Asked:
    """Of which post (county/civil_affairs/caseworker), since when, and by when if a day was named; `closed`: no longer."""

    post: str
    asked_on: str
    due_on: str
    closed: bool = False


@dataclass
class Replied:
    order_id: str
    task_id: str


class Teamwork:
    def __init__(self, database: Database, clock: Clock, telling: Telling) -> None:
        self._database, self._clock, self._telling = database, clock, telling

    @activity.defn
    async def asked(self, order_id: str) -> Asked:
        async with self._database.transaction(WHOLE) as session:
            order = await session.get_one(OrderRow, uuid.UUID(order_id))
            due_on = order.due_on.isoformat() if order.due_on else ""
            post = f"{order.level}/{order.department}/{order.role}"
            return Asked(post, order.asked_on.isoformat(), due_on, closed=order.closed_at is not None)

    @activity.defn
    async def replied(self, reply: Replied) -> None:
        """Mails who asked; the reply itself is read after signing in."""
        async with self._database.transaction(WHOLE) as session:
            order = await session.get_one(OrderRow, uuid.UUID(reply.order_id))
            task = await session.get_one(TaskRow, uuid.UUID(reply.task_id))
            about = await session.get_one(TaskRow, order.task_id)
            answerer = await session.get_one(AccountRow, task.answered_by)
            asker = await session.get_one(AccountRow, order.asked_by)
            act = Act(about, answerer, self._clock.now(), f"{order.id}")
            await self._telling.replied(session, act, asker, step(task.kind).label)
