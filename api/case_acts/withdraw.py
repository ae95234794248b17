"""The applicant withdraws: the case ends, and the same bill may be applied for anew (R-WITHDRAW)."""

from sqlalchemy import select

from api.case_acts.act import Act
from policy.terms import ApplicationStatus
from store.applications import PublicityRow
from store.assessment import final_decision

WITHDRAWN = "withdrawn"


async def withdraw(act: Act) -> None:
    application = act.application
    await act.close_tasks(WITHDRAWN)
    await stop_notices(act, WITHDRAWN)
    await undecide(act)
    application.status, application.closed_at = ApplicationStatus.WITHDRAWN.value, act.now
    act.typed |= act.values


async def stop_notices(act: Act, result: str) -> None:
    """A notice that still hangs is taken down."""
    notices = await act.session.scalars(
        select(PublicityRow).where(PublicityRow.application_id == act.application.id, PublicityRow.result.is_(None))
    )
    for notice in notices:
        notice.result, notice.result_on = result, act.day


async def undecide(act: Act) -> None:
    """An approval that no longer stands uses up nothing of the year's cap (A-14)."""
    decision = await final_decision(act.session, act.application)
    if decision is not None:
        decision.final = False
