"""A list that differs from its certificate went back as a whole: said in the timeline of the adjustment that waits for it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context, Reason
from policy.procedures import Procedure
from policy.terms import Category
from store.accounts import AccountRow
from store.adjustments import waiting_lists
from store.matters import locked_matter
from store.timeline import TimelineRow, record
from store.uploads import UploadRow

RETURNED_WHOLE = f"matter:{Procedure.ADJUSTMENT.value}:returned_whole"


async def tell_returned(
    session: AsyncSession, context: Context, category: Category, period: str | None, reasons: Sequence[Reason]
) -> None:
    """Once for each upload; nothing where no adjustment waits for a list of that category. Safe to repeat."""
    waiting = await waiting_lists(session, context.division, context.department, category)
    meant = [row for row in waiting if period in (None, row.period)]
    if not meant:
        return
    matter = await locked_matter(session, meant[0].matter_id)
    told = await session.scalar(
        select(TimelineRow.id)
        .where(TimelineRow.subject_id == matter.id, TimelineRow.tag == RETURNED_WHOLE)
        .where(TimelineRow.codes["upload"].astext == str(context.upload))
        .limit(1)
    )
    if told is not None:
        return
    upload = await session.get_one(UploadRow, context.upload)
    by = await session.get_one(AccountRow, upload.uploaded_by)
    record(
        session,
        subject_id=matter.id,
        division=matter.division,
        at=context.now,
        day=context.today,
        tag=RETURNED_WHOLE,
        actor=by.username,
        codes={
            "upload": str(context.upload),
            "department": context.department.value,
            "reasons": [reason.code for reason in reasons],
        },
        grounds=[reason.clause for reason in reasons if reason.clause],
    )
