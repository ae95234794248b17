"""Remarks on a case: what its officers want each other to know, beside the steps. Sealed, never changed."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_allowed, not_found
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from api.teamwork.acting import RULE, new_id
from policy.access import Action, may
from policy.clock import today
from policy.terms import Post
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.disclosure import Cell, Look, disclose
from store.remarks import RemarkRow
from store.timeline import record


async def write_remark(
    services: Services, user: CurrentUser, application_id: uuid.UUID, text: str, key: str | None = None
) -> dict[str, Any]:
    """By whoever may read what was typed at the steps. Raises Refusal."""
    once = Once(services, user, key, f"remark/{application_id}", {"text": text})
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        application = await session.get(ApplicationRow, application_id)
        if application is None:
            raise not_found()
        if not may_remark(user.post):
            raise not_allowed("您的岗位不能在案件中留言")
        row_id = await new_id(session)
        session.add(
            RemarkRow(
                id=row_id,
                application_id=application_id,
                division=application.division,
                text_sealed=services.vault.seal("remark", "text", row_id, text),
                written_by=user.id,
                written_at=services.clock.now(),
            )
        )
        record(
            session,
            subject_id=application_id,
            division=application.division,
            at=services.clock.now(),
            day=today(services.clock),
            tag="counter:application:remarked",
            actor=user.username,
            codes={"remark": str(row_id)},
            grounds=[RULE],
        )
        answer = {"id": str(row_id)}
        await once.keep(session, 201, answer)
        return answer


def may_remark(post: Post) -> bool:
    """Who reads what was typed at the steps, reads and writes remarks."""
    return may(post, Action.READ_FILE)


async def remarks_of(
    services: Services, session: AsyncSession, user: CurrentUser, application_id: uuid.UUID
) -> list[dict[str, Any]]:
    """Oldest first; none for those who do not see typed records."""
    if not may_remark(user.post):
        return []
    found = await session.execute(
        select(RemarkRow, AccountRow.username, AccountRow.name)
        .join(AccountRow, AccountRow.id == RemarkRow.written_by)
        .where(RemarkRow.application_id == application_id)
        .order_by(RemarkRow.id)
    )
    rows = found.all()
    cells = {str(row.id): Cell("remark", "text", row.id, row.text_sealed) for row, _, _ in rows}
    division = rows[0][0].division if rows else user.division
    look = Look(str(user.id), "application", application_id, division, "remark.view", services.clock.now())
    opened = disclose(session, services.vault, look, cells)
    return [
        json_object({"id": row.id, "by": username, "by_name": name, "at": row.written_at, "text": opened[str(row.id)]})
        for row, username, name in rows
    ]
