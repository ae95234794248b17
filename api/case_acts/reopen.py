"""A case that lapsed begins again when the papers have come after all (A-37)."""

from datetime import date

from api.answering.days import check_day
from api.case_acts.act import Act
from api.errors import Refusal, wrong_fields
from api.filing.application import settlement_taken
from policy.procedures import Procedure
from store.outbox import start_case
from store.reopening import reopen


async def reopen_case(act: Act) -> None:
    """From the day on which the papers were received, which is what the acceptance is counted from."""
    application = act.application
    received_on = date.fromisoformat(act.values["received_on"]) if "received_on" in act.values else act.day
    problems = await check_day(
        act.session,
        application.division,
        received_on,
        act.today,
        not_before=application.last_act_on,
        reason=act.paper_reason or act.values["reason"],
        pointer="/received_on",
    )
    if problems:
        raise wrong_fields(problems)
    await _check_unused(act)
    act.day = received_on
    reopen(application, "acceptance", received_on)
    act.codes |= {"resume_at": "acceptance", "opening": application.opening}
    act.typed["reason"] = act.values["reason"]
    await start_case(act.session, Procedure.APPLICATION, application, at=act.now)


async def _check_unused(act: Act) -> None:
    application = act.application
    if await settlement_taken(act.session, application.person_id, application.settlement_index, but=application.id):
        raise Refusal(
            409,
            "settlement-used",
            "同一结算单号已有新的申请在办或已办结，不能重新办理本案",
            "another application for the same settlement exists",
            clause="B-21",
        )
