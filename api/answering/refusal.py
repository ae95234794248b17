"""The result of a remedy: a case may begin again only while nobody has applied anew for the same bill (A-68, B-21)."""

from sqlalchemy import text

from api.answering.answer import Answer
from api.errors import Refusal


async def reopened(answer: Answer) -> None:
    used = await answer.session.scalar(
        text("select settlement_used(:person, :settlement)"),
        {"person": answer.application.person_id, "settlement": answer.application.settlement_index},
    )
    if used:
        raise Refusal(
            409,
            "settlement-used",
            "同一结算单号已有新的申请在办或已办结，不能重新办理本案",
            "another application for the same settlement exists",
            clause="B-21",
        )
    answer.codes["resume_at"] = answer.values["resume_at"]
