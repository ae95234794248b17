"""The county's review and approval: only an eligible assessment goes on, and the amount approved is the amount seen (A-41)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, parameter_missing, wrong_fields
from api.services import Services
from policy.decision import Outcome
from policy.terms import Category
from store.applications import ApplicationRow
from store.assessment import assess_application, lock_person, newest_decision, record_assessment
from store.decisions import DecisionRow
from store.tasks import TaskRow
from store.timeline import TimelineRow


async def propose_approval(answer: Answer) -> None:
    decision = await newest_decision(answer.session, answer.application)
    if decision is None:
        raise Refusal(
            409, "not-assessed", "尚未核算，请稍后再试", "the case has not been assessed yet; try again shortly"
        )
    _check_eligible(decision)
    answer.codes["amount"] = f"{decision.amount:.2f}"


async def approve(answer: Answer) -> None:
    """Assesses again under a lock on the person, so that two cases approved at once cannot exceed one cap.

    Another result than the officer saw is refused, never silently approved.
    """
    await _check_ready(answer)
    await lock_person(answer.session, answer.application)
    seen = await newest_decision(answer.session, answer.application)
    decision = await assess_application(answer.session, answer.services.vault, answer.application, answer.now)
    if seen is not None and (seen.outcome, seen.amount) != (decision.outcome, decision.amount):
        answer.after_refusal = keep_assessment
        _check_eligible(decision)
        raise _amount_changed(decision)
    _check_eligible(decision)
    shown = answer.values.get("amount")
    if shown and Decimal(shown) != decision.amount:
        raise _amount_changed(decision)
    decision.final = True
    answer.codes["amount"] = f"{decision.amount:.2f}"
    answer.grounds += decision.grounds


async def _check_ready(answer: Answer) -> None:
    """What holds an approval back without refusing the family: papers still to come (B-19), an identity not confirmed (C-03)."""
    if answer.application.pending_papers:
        raise Refusal(
            409,
            "papers-pending",
            "容缺材料尚未补交，暂不能批准；补交后即可办理，不因此不予救助",
            "papers that may follow have not come yet: the decision waits for them",
            clause="B-19",
        )
    checked = await answer.session.scalar(
        select(TaskRow.outcome)
        .where(TaskRow.subject_id == answer.application.id, TaskRow.kind == "identity_check")
        .where(TaskRow.outcome.is_not(None), TaskRow.recalled_at.is_(None))
        .order_by(TaskRow.answered_at.desc())
        .limit(1)
    )
    if checked == "not_confirmed":
        raise Refusal(
            409,
            "identity-not-confirmed",
            "民政部门核对结果为未认定，不能批准；可再次提请核对",
            "civil affairs have not confirmed the identity; ask again or propose a refusal",
            clause="C-03",
        )
    if checked == "confirmed":
        await _check_category_as_confirmed(answer)


async def _check_category_as_confirmed(answer: Answer) -> None:
    """Aided is whom civil affairs have confirmed: another category is corrected first, so that its rates apply (C-03)."""
    confirmed = await answer.session.scalar(
        select(TimelineRow.codes["category"].as_string())
        .where(TimelineRow.subject_id == answer.application.id, TimelineRow.tag == "counter:identity_check:confirmed")
        .order_by(TimelineRow.id.desc())
        .limit(1)
    )
    if confirmed and confirmed != answer.application.category:
        label = Category(confirmed).label
        raise Refusal(
            409,
            "identity-differs",
            f"民政部门核对的类别为“{label}”，与申请类别不同，不能批准；请退回审查，更正类别后重新核算",
            f"civil affairs have confirmed {confirmed}: send it back to the review and correct the category first",
            clause="C-03",
            confirmed=confirmed,
        )


async def identity_confirmed(answer: Answer) -> None:
    """Civil affairs say as what and since when; a recognition of a day that has not come yet is a typing error (C-03)."""
    if date.fromisoformat(answer.values["recognised_on"]) > answer.act_day:
        zh, en = "认定日期不能晚于核对之日", "it lies after the day of the check"
        raise wrong_fields([wrong_field("recognised_on", zh, en, "C-03")])
    answer.codes["category"] = answer.values["category"]


async def keep_assessment(services: Services, session: AsyncSession, application: ApplicationRow) -> None:
    """Writes the new assessment although the approval was refused: without it, looking again would show the old one."""
    now = services.clock.now()
    await lock_person(session, application)
    decision = await assess_application(session, services.vault, application, now)
    record_assessment(session, application, decision, now)


def _amount_changed(decision: DecisionRow) -> Refusal:
    return Refusal(
        409,
        "amount-changed",
        f"核定金额已变动，现为{decision.amount:.2f}元，请重新查看计算表后再批准",
        f"the amount has changed to {decision.amount:.2f}; look at the calculation again",
        amount=f"{decision.amount:.2f}",
    )


def _check_eligible(decision: DecisionRow) -> None:
    if decision.missing:
        raise parameter_missing(decision.missing[0])
    if decision.outcome != Outcome.ELIGIBLE:
        raise Refusal(
            409,
            "not-eligible",
            "核算结果为不符合救助条件，不能批准",
            "the assessment says that the case is not eligible",
            grounds=list(decision.grounds),
        )
