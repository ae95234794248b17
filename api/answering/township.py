"""The township's survey, both notices and the file's way: enough surveyors, no result before the notice has run (A-38 … A-41)."""

from sqlalchemy import select

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from policy.terms import Level, level_of, normal_division
from store.reference import DivisionRow
from store.tasks import TaskRow


async def transfer(answer: Answer) -> None:
    """To the township of the household's registration, which must be another one of the province (A-38)."""
    division = normal_division(answer.values["division"])
    if division == answer.application.division:
        raise wrong_fields([wrong_field("division", "本案已在该乡镇（街道）", "the case lies there already", "A-38")])
    await check_township(answer, division)
    answer.values["division"] = division
    answer.codes["to"] = division


async def check_township(answer: Answer, division: str) -> None:
    """Raises Refusal where there is no such township, or it lies in another province."""
    known = await answer.session.scalar(select(DivisionRow.code).where(DivisionRow.code == division))
    same_province = division[:2] == answer.application.division[:2]
    if not known or level_of(division) is not Level.TOWNSHIP or not same_province:
        zh, en = "没有这个乡镇（街道），请填写本省九位区划代码", "no such township in this province"
        raise wrong_fields([wrong_field("division", zh, en, "A-38")])


async def lapsed(answer: Answer) -> None:
    """Only after the term has ended: the applicant keeps all of it. No timer ever does this by itself (A-37)."""
    last = answer.period.late_after
    if last is None or answer.act_day <= last:
        raise Refusal(
            409,
            "term-still-running",
            "补正期限未满，不能按逾期未补正处理" + (f"；期限至{last.isoformat()}" if last else ""),
            "the term for the papers has not ended",
            clause="A-37",
            last_day=last.isoformat() if last else None,
        )


async def survey_recorded(answer: Answer) -> None:
    await _check_not_recused(answer)
    least = int(await answer.setting("SURVEY_MIN_STAFF"))
    number = len(answer.values["surveyors"])
    if number < least:
        raise wrong_fields(
            [wrong_field("surveyors", f"入户调查人不得少于{least}人", f"at least {least} surveyors are needed", "A-39")]
        )
    answer.codes["surveyors"] = number


async def _check_not_recused(answer: Answer) -> None:
    recused = await answer.session.scalar(
        select(TaskRow.id).where(
            TaskRow.subject_id == answer.application.id,
            TaskRow.kind == answer.task.kind,
            TaskRow.outcome == "recused",
            TaskRow.answered_by == answer.user.id,
            TaskRow.recalled_at.is_(None),
        )
    )
    if recused:
        raise Refusal(
            403,
            "recused",
            "您已申请回避，本案的入户调查须由他人办理",
            "you have stood aside from this survey; another person must do it",
            clause="R-RECUSAL",
        )


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
