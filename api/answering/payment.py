"""The money's answers: who may still be paid, what the bank has done with an attempt, a payee's right account (A-51)."""

import re
from collections.abc import Mapping

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from policy.payment_terms import NEVER_A_PAYEE, AttemptState, BounceReason, DisbursementState
from policy.problems import Problem
from policy.terms import PayeeKind
from store.disbursements import batch_of
from store.disclosure import Cell, Look, disclose
from store.payments import AttemptRow, PaymentRow, attempts_of, end_attempt, open_attempt, payment_of

HEIRS = "HEIR"
ACCOUNT = re.compile(r"[0-9A-Za-z-]{4,40}")
UNDECIDED = (DisbursementState.PREPARED.value, DisbursementState.SUBMITTED.value)


async def submit(answer: Answer) -> None:
    """A payment that lies in a batch is submitted with the batch, once its leader has approved."""
    _check_payee_lives(answer)
    payment = await payment_of(answer.session, answer.application.id)
    batch = await batch_of(answer.session, payment.id) if payment else None
    if batch is None:
        return
    if batch.state in UNDECIDED:
        raise Refusal(
            409,
            "in-a-batch",
            f"本笔已列入拨款批次{batch.number}，须随批次审批后提交；如需单独办理，请先移出批次",
            f"the payment lies in the batch {batch.number}: take it out first, or submit the batch",
            batch=batch.number,
        )
    answer.codes["batch"] = batch.number


async def finance_approves(answer: Answer) -> None:
    _check_payee_lives(answer)


async def confirmed(answer: Answer) -> None:
    """The bank has paid: the attempt is ended with the answer, so that no second one can ever be confirmed."""
    _payment, attempt = await _attempt(answer)
    end_attempt(attempt, AttemptState.CONFIRMED, answer.act_day)


async def bounced(answer: Answer) -> None:
    _payment, attempt = await _attempt(answer)
    end_attempt(attempt, AttemptState.BOUNCED, answer.act_day, answer.values["reason"])


async def not_paid(answer: Answer) -> None:
    """Said by the bank, not concluded from its silence: only now may there be another attempt."""
    _payment, attempt = await _attempt(answer)
    end_attempt(attempt, AttemptState.NOT_PAID, answer.act_day)


async def unknown(answer: Answer) -> None:
    await _attempt(answer)


async def not_to_be_paid(answer: Answer) -> None:
    """Back to finance's review, as long as the bank has not been told."""
    payment = await payment_of(answer.session, answer.application.id)
    attempt = await open_attempt(answer.session, payment.id) if payment else None
    if attempt is None:
        raise _nothing_payable()
    if attempt.release_id is not None:
        zh = "本笔已放款，不能退回；银行退票的请登记“银行退票”"
        raise Refusal(409, "released-already", zh, "the bank has been told: wait for its answer")


async def account_corrected(answer: Answer) -> None:
    """The payee as the county has found it out; what was tried before keeps the account that it was tried with."""
    values, application = answer.values, answer.application
    problems = check_payee(values["payee_name"], values["account"])
    if application.deceased_on and values["payee_kind"] == PayeeKind.PERSON:
        problems += check_heirs(await answer.setting("ESTATE_PAYEE"))
    if problems:
        raise wrong_fields(problems)
    payment = await payment_of(answer.session, application.id)
    if payment is None:
        raise _nothing_payable()
    payee = {"name": values["payee_name"], "account": values["account"], "bank": values.get("bank")}
    await _check_corrected(answer, payment, payee)
    application.payee_sealed = answer.services.vault.seal("application", "payee", application.id, payee)
    application.payee_kind = payment.payee_kind = values["payee_kind"]
    application.payee_checked_on = answer.act_day
    answer.codes["payee_kind"] = values["payee_kind"]


async def _check_corrected(answer: Answer, payment: PaymentRow, payee: Mapping[str, str | None]) -> None:
    """Raises Refusal where the bank has sent the very same account back, for a reason that will be the same again."""
    attempts = await attempts_of(answer.session, payment.id)
    if not attempts or attempts[-1].state != AttemptState.BOUNCED.value or attempts[-1].reason is None:
        return
    last, reason = attempts[-1], BounceReason(attempts[-1].reason)
    if not reason.corrected_by:
        return
    application = answer.application
    look = Look(str(answer.user.id), "application", application.id, last.division, "payment.correction", answer.now)
    cell = Cell("payment_attempt", "payee", last.id, last.payee_sealed)
    tried = disclose(answer.session, answer.services.vault, look, {"payee": cell})["payee"]
    if all(_plain(payee.get(part)) == _plain(tried.get(part)) for part in reason.corrected_by):
        zh = "与退票的账户相同，请核对后重新填写"
        raise wrong_fields([wrong_field("account", zh, "it is the account that the bank has sent back", "A-51")])


def _plain(written: str | None) -> str:
    """Without the blanks and dashes by which people group an account."""
    return "".join((written or "").replace("-", "").split())


def check_payee(name: str, account: str) -> list[Problem]:
    """What is wrong with a payee: a government office, or an account that no bank has."""
    problems = []
    if name.endswith(NEVER_A_PAYEE):
        zh = "不得支付给乡镇（街道）、村（社区）：由专户直接支付到定点医疗机构、定点药店或医疗救助对象"
        problems.append(wrong_field("payee_name", zh, "the money never passes through a township or village", "A-51"))
    if not ACCOUNT.fullmatch("".join(account.split())):
        zh = "账号应为4至40位数字或字母"
        problems.append(wrong_field("account", zh, "an account has 4 to 40 digits or letters"))
    return problems


def check_heirs(setting: str) -> list[Problem]:
    """After a death: whether an heir may be paid is the jurisdiction's setting (R-DEATH)."""
    if setting == HEIRS:
        return []
    zh = "申请人死亡后，本地只支付到定点医疗机构或定点药店"
    return [wrong_field("payee_kind", zh, "after a death only institutions are paid here", "R-DEATH")]


def _check_payee_lives(answer: Answer) -> None:
    """After the applicant's death nobody is paid until the payee has been corrected or confirmed (R-DEATH)."""
    application = answer.application
    died, checked = application.deceased_on, application.payee_checked_on
    if died and application.payee_kind == PayeeKind.PERSON and (checked is None or checked < died):
        raise Refusal(
            409,
            "payee-deceased",
            f"申请人已于{died.isoformat()}死亡，支付前须先更正收款人",
            "the applicant has died: correct the payee before anything is paid",
            clause="R-DEATH",
            deceased_on=died.isoformat(),
        )


async def _attempt(answer: Answer) -> tuple[PaymentRow, AttemptRow]:
    """The attempt that the answer is about. Raises Refusal where there is none, or where its batch has not been released."""
    payment = await payment_of(answer.session, answer.application.id)
    attempt = await open_attempt(answer.session, payment.id) if payment else None
    if payment is None or attempt is None:
        raise _nothing_payable()
    batch = await batch_of(answer.session, payment.id)
    if batch is not None and attempt.release_id is None:
        raise Refusal(
            409,
            "not-released",
            f"拨款批次{batch.number}中的本笔尚未放款，不能登记支付结果",
            f"the payment has not been released with its batch {batch.number} yet",
            batch=batch.number,
        )
    answer.codes["attempt"] = attempt.no
    return payment, attempt


def _nothing_payable() -> Refusal:
    return Refusal(
        409, "nothing-payable", "没有待支付的款项，请稍后再试", "there is nothing to be paid; try again shortly"
    )
