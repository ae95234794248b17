"""Queueing mail: a notice is a row in the writer's own transaction; its workflow sends it afterwards."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.posts import office_of_task, resolve
from notifications.catalog import Notice, variables_of
from policy.deadlines import SHANGHAI
from policy.organisations import office_on
from policy.procedures import Procedure
from policy.terms import Department, ancestors
from store.accounts import AccountRow
from store.notices import NoticeRow
from store.outbox import start
from store.reference import DivisionRow
from store.rulebook import load_rulebook
from store.tasks import TaskRow


@dataclass(frozen=True)
class Occasion:
    """What a notice tells of, once per reader, and whose case it belongs to."""

    key: str
    division: str
    subject_id: uuid.UUID | None = None


class Correspondence:
    """`digest_minutes` is how long new tasks are gathered before they are told of in one mail."""

    def __init__(self, base_url: str, digest_minutes: int) -> None:
        self._base_url, self._digest_minutes = base_url, digest_minutes

    def link(self, path: str) -> str:
        return f"{self._base_url}{path}"

    async def division_name(self, session: AsyncSession, division: str) -> str:
        """阳城县凤城镇: a township with its county, any other division alone."""
        codes = ancestors(division)[: 2 if len(division) == 9 else 1]
        names = {
            row.code: row.name for row in await session.scalars(select(DivisionRow).where(DivisionRow.code.in_(codes)))
        }
        return "".join(names.get(code, code) for code in reversed(codes))

    async def office_name(self, session: AsyncSession, division: str, department: Department, on: date) -> str:
        """北留镇人民政府, 阳城县医疗保障局; as the office was called on that day, and is called in that zone."""
        named = (await session.get_one(DivisionRow, division)).name
        return office_on(await load_rulebook(session, division, on), named, department, on)

    async def queue(
        self, session: AsyncSession, reader: AccountRow, notice: Notice, occasion: Occasion, now: datetime
    ) -> None:
        """Writes the row and starts its sending; nothing when this reader has been told of this occasion before."""
        notice_id = await session.scalar(
            insert(NoticeRow)
            .values(
                account_id=reader.id,
                occasion=occasion.key,
                name=notice.name,
                variables=variables_of(notice),
                division=occasion.division,
                subject_id=occasion.subject_id,
                state="queued",
                attempts=0,
                created_at=now,
            )
            .on_conflict_do_nothing()
            .returning(NoticeRow.id)
        )
        if notice_id is not None:
            await start(session, Procedure.NOTICE, notice_id, {"notice_id": str(notice_id)}, at=now)

    async def announce(self, session: AsyncSession, task: TaskRow, now: datetime) -> None:
        """Starts the digest of everybody who holds the post of a new task."""
        readers, _vacant = await resolve(session, office_of_task(task), now.astimezone(SHANGHAI).date())
        for reader in readers:
            argument = {"account_id": str(reader.id), "minutes": self._digest_minutes}
            await start(session, Procedure.DIGEST, reader.id, argument, at=now)
