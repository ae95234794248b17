"""The township's survey and both notices: enough surveyors, and no result before the notice has run (A-39, A-40, A-41)."""

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields


async def survey_recorded(answer: Answer) -> None:
    least = int(await answer.setting("SURVEY_MIN_STAFF"))
    number = len(answer.values["surveyors"])
    if number < least:
        raise wrong_fields(
            [wrong_field("surveyors", f"入户调查人不得少于{least}人", f"at least {least} surveyors are needed", "A-39")]
        )
    answer.codes["surveyors"] = number


async def notice_over(answer: Answer) -> None:
    """`no_objection` may be answered only from the day after the notice's last day."""
    first = answer.task.not_before
    if first is not None and answer.act_day < first:
        raise Refusal(
            409,
            "notice-still-running",
            f"公示期未满，{first.isoformat()}起方可确认无异议",
            f"the notice is still running; this may be answered from {first}",
            clause=answer.step.clause,
            not_before=first.isoformat(),
        )
