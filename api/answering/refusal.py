"""The result of a remedy: a case may begin again only while nobody has applied anew for the same bill (A-68, B-21)."""

from api.answering.answer import Answer
from api.errors import Refusal
from api.filing.application import settlement_taken


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
    answer.codes["resume_at"] = answer.values["resume_at"]
