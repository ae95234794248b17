"""The result of a remedy: a case may begin again only while nobody has applied anew for the same bill (A-68, B-21)."""

from sqlalchemy import select

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from api.filing.application import settlement_taken
from policy.terms import Level
from store.applications import RefusalRow


async def reopened(answer: Answer) -> None:
    application = answer.application
    if await settlement_taken(answer.session, application.person_id, application.settlement_index, but=application.id):
        raise Refusal(
            409,
            "settlement-used",
            "同一结算单号已有新的申请在办或已办结，不能重新办理本案",
            "another application for the same settlement exists",
            clause="B-21",
        )
    await _check_notice_not_skipped(answer)
    answer.codes["resume_at"] = answer.values["resume_at"]


async def _check_notice_not_skipped(answer: Answer) -> None:
    """What the township refused has never stood its notice to the end: it does not begin again at the county (A-40)."""
    level = await answer.session.scalar(
        select(RefusalRow.level)
        .where(RefusalRow.application_id == answer.application.id)
        .order_by(RefusalRow.opening.desc())
        .limit(1)
    )
    if answer.values["resume_at"] == "county_review" and level == Level.TOWNSHIP.value:
        zh = "本案由乡镇（街道）决定不予救助，尚未公示期满，应自受理审查或者入户调查起重新办理"
        en = "the township refused: its notice has not ended yet, so begin again at the acceptance or the survey"
        raise wrong_fields([wrong_field("resume_at", zh, en, "A-40")])
