"""局部停办 at the counter: a leader closes the own offices for some days, or takes that back."""

import re
import uuid
from typing import Any

from sqlalchemy import select

from activities.closing import Shut, Shutting, close_office, withdraw_closure
from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from policy.problems import Problem
from policy.teamwork import may_close_office
from store.closures import ClosureRow
from store.reference import DivisionRow
from store.rulebook import change_calendars

LONGEST = 60
"""Days of one closure: a longer one is a mistyped year."""
NUMBERS = re.compile(r"\d{7}")
"""Whatever a person's number may look like does not belong into a reason that everybody reads."""


async def close_offices(
    services: Services, user: CurrentUser, shutting: Shutting, key: str | None = None
) -> dict[str, Any]:
    """Raises Refusal."""
    once = Once(services, user, key, "closures", vars(shutting))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        if not shutting.division.startswith(user.division):
            raise not_found("没有这个区划，或不在您的管辖范围内")
        if not may_close_office(user.post, user.division, shutting.division):
            raise not_allowed("只有县级以上医疗保障部门负责人可以登记停办")
        if await session.get(DivisionRow, shutting.division) is None:
            raise not_found("没有这个区划")
        _check(shutting)
        done = await close_office(session, shutting, user.id, services.clock.now())
        answer = _told(done)
        await once.keep(session, 201, answer)
        return answer


async def take_back(services: Services, user: CurrentUser, closure_id: uuid.UUID) -> dict[str, Any]:
    """Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        await change_calendars(session)
        row = await session.get(ClosureRow, closure_id)
        if row is None or not row.division.startswith(user.division):
            raise not_found()
        if not may_close_office(user.post, user.division, row.division):
            raise not_allowed("只有县级以上医疗保障部门负责人可以撤销停办")
        if row.withdrawn_at is not None:
            raise Refusal(409, "withdrawn-already", "此停办登记已撤销", "it was withdrawn already")
        return _told(await withdraw_closure(session, row, services.clock.now()))


async def closures_in(services: Services, user: CurrentUser) -> list[dict[str, Any]]:
    """Those of the caller's area and of what contains it, newest first."""
    async with services.database.transaction(user.scope) as session:
        rows = await session.scalars(select(ClosureRow).order_by(ClosureRow.first_day.desc(), ClosureRow.id.desc()))
        return [
            json_object(
                {
                    "id": row.id,
                    "division": row.division,
                    "from": row.first_day,
                    "to": row.last_day,
                    "reason": row.reason,
                    "document": row.document,
                    "withdrawn_at": row.withdrawn_at,
                }
            )
            for row in rows
            if row.division.startswith(user.division) or user.division.startswith(row.division)
        ]


def _check(shutting: Shutting) -> None:
    days = (shutting.last_day - shutting.first_day).days
    problems = []
    if not 0 <= days < LONGEST:
        problems.append(Problem("/to", f"停办日期须依次，且不超过{LONGEST}天", f"at most {LONGEST} days, in order"))
    if NUMBERS.search(shutting.reason):
        problems.append(Problem("/reason", "停办原因不得含有号码", "the reason must hold no number"))
    if problems:
        raise wrong_fields(problems)


def _told(done: Shut) -> dict[str, Any]:
    return {"id": str(done.id), "touched": done.touched, "moved": done.moved}
