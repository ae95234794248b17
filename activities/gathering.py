"""Escalations to a level above, many at once, go out in one mail: which notices a mail carries, and what it says.

Each rung stays one record with one row for each reader, as I5 has it; the row's Message-ID says which mail carried it. The
first few go out one by one and at once. Once there are more to one reader within the window, what follows waits until the
window of the oldest is over, and one mail carries them all.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.correspondence import Correspondence
from notifications.catalog import (
    DeadlineNotice,
    EscalatedTask,
    EscalatedToCity,
    EscalatedToProvince,
    EscalationDigest,
    Notice,
    notice_of,
)
from policy.terms import Level
from store.notices import NoticeRow

GATHERED = {EscalatedToCity.name: Level.CITY, EscalatedToProvince.name: Level.PROVINCE}
AT_ONCE = 5
"""So many to one reader within the window go out one by one."""
AT_MOST = 500
"""Lines of one mail; what is beyond follows in the next."""
QUEUED, WAITING, SENDING = "queued", "gathering", "sending"


class NotYet(Exception):
    """The notice is to be looked at again after `wait`: it is being gathered, or another mail is just carrying it."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


async def hold(session: AsyncSession, notice_id: uuid.UUID) -> NoticeRow:
    """The row, locked; those that may be carried together one after the other, before any of their rows is locked."""
    row = await session.get_one(NoticeRow, notice_id)
    if row.name in GATHERED:
        turn = f"notice/{row.account_id}/{row.name}"
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(turn, 0))))
    await session.refresh(row, with_for_update=True)
    return row


async def carried_with(
    session: AsyncSession, row: NoticeRow, now: datetime, window: timedelta
) -> Sequence[NoticeRow] | timedelta:
    """The notices that one mail carries now: this one alone, or with all that wait for the same reader.

    While it is still gathered, how long that goes on; the row then says so. The caller has it from `hold`.
    """
    if row.name not in GATHERED or await _few(session, row, now, window):
        return [row]
    of_reader = (NoticeRow.account_id == row.account_id, NoticeRow.name == row.name)
    waiting = await session.scalars(
        select(NoticeRow)
        .where(*of_reader, NoticeRow.state.in_((QUEUED, WAITING)))
        .order_by(NoticeRow.id != row.id, NoticeRow.created_at, NoticeRow.id)
        .limit(AT_MOST)
        .with_for_update()
    )
    together = waiting.all()
    gathered_until = min(one.created_at for one in together) + window
    if gathered_until > now:
        row.state = WAITING
        return gathered_until - now
    return together


async def _few(session: AsyncSession, row: NoticeRow, now: datetime, window: timedelta) -> bool:
    """Whether nothing is being gathered for the reader, and no more than AT_ONCE are new or have piled up in an outage."""
    of_reader = (NoticeRow.account_id == row.account_id, NoticeRow.name == row.name)
    counted = await session.execute(
        select(
            func.count().filter(or_(NoticeRow.created_at > now - window, NoticeRow.state == QUEUED)),
            func.count().filter(NoticeRow.state == WAITING),
        ).where(*of_reader)
    )
    recent, waiting = counted.one()
    return waiting == 0 and recent <= AT_ONCE


def in_one(correspondence: Correspondence, rows: Sequence[NoticeRow]) -> Notice:
    """What the mail says: the notice itself, or a table of them, the latest first."""
    notices = [notice_of(row.name, row.variables) for row in rows]
    if len(notices) == 1:
        return notices[0]
    tasks = sorted(
        (_line(notice) for notice in notices), key=lambda line: (-line.working_days_late, line.division_name)
    )
    places = dict.fromkeys(line.division_name for line in tasks)
    return EscalationDigest(
        recipient=notices[0].recipient,
        division_name=tasks[0].division_name + (f"等{len(places)}处" if len(places) > 1 else ""),
        link=correspondence.link("/"),
        grounds=(),
        late_by=None,
        vacant_post=None,
        demonstration=any(notice.demonstration for notice in notices),
        level=GATHERED[rows[0].name].label,
        tasks=tuple(tasks),
    )


def _line(notice: Notice) -> EscalatedTask:
    if not isinstance(notice, DeadlineNotice):
        raise TypeError("only rungs of the ladder are gathered")
    return EscalatedTask(
        division_name=notice.division_name,
        task_label=notice.task_label,
        case_number=notice.case_number,
        nominal=notice.nominal,
        work_target=notice.work_target,
        working_days_late=notice.working_days_late,
        grounds=notice.grounds,
        link=notice.link,
        late_by=notice.late_by,
        vacant_post=notice.vacant_post,
    )
