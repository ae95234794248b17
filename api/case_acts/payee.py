"""After a death somebody else is paid: the heir whom the others have named, or the institution (ESTATE_PAYEE, R-DEATH)."""

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from api.answering.payment import check_payee
from api.case_acts.act import Act, wrong
from api.errors import Refusal, parameter_missing, wrong_fields
from api.filing.shape import Payee
from api.wrong_shape import FILING_LABELS, shape_problem
from policy.person_name import normal_name
from policy.rulebook import MissingParameter
from policy.terms import PayeeKind, PaymentStatus
from store.disclosure import Cell, Look, disclose
from store.payments import payment_of
from store.rulebook import load_rulebook

HEIR = "HEIR"
PURPOSE = "application.payee"
PLACES = {"/fields/payee_name": "/payee/name", "/fields/account": "/payee/account"}
UNPAID = (PaymentStatus.PAY_PREPARED.value, PaymentStatus.ON_HOLD.value)


async def change_payee(act: Act) -> None:
    application = act.application
    if application.deceased_on is None:
        raise Refusal(
            409,
            "no-death-entered",
            "尚未登记申请人死亡；收款人登记有误的，请用“更正登记内容”",
            "no death has been entered; an error in the payee is put right by a correction",
            clause="R-DEATH",
        )
    payment = await payment_of(act.session, application.id)
    if payment is not None and payment.status not in UNPAID:
        raise Refusal(
            409,
            "payment-submitted",
            "拨款申请已提交财政，收款账户须在支付环节更正",
            "payment has been requested: the account is corrected by the payment's own steps",
            clause="R-DEATH",
        )
    payee = _read(act)
    _check_named(act, payee)
    await _check_kind(act, payee)
    sealed: dict[str, Any] = payee.model_dump(include={"name", "account", "bank"})
    application.payee_kind = payee.kind.value
    application.payee_sealed = act.services.vault.seal("application", "payee", application.id, sealed)
    application.payee_checked_on = act.day
    if payment is not None:
        payment.payee_kind = payee.kind.value
    act.codes["payee_kind"] = payee.kind.value
    act.typed |= act.values


def _read(act: Act) -> Payee:
    try:
        return Payee.model_validate(act.parts.get("payee"))
    except ValidationError as error:
        problems = [
            shape_problem(found["type"], ("payee", *found["loc"]), found.get("ctx"), labels=FILING_LABELS)
            for found in error.errors()
        ]
        raise wrong_fields(problems) from None


def _check_named(act: Act, payee: Payee) -> None:
    """Neither an office, nor the dead; from the day of the death on."""
    application = act.application
    found = [replace(problem, pointer=PLACES[problem.pointer]) for problem in check_payee(payee.name, payee.account)]
    look = Look(str(act.user.id), "application", application.id, application.division, PURPOSE, act.now)
    cell = Cell("application", "applicant", application.id, application.applicant_sealed)
    applicant = disclose(act.session, act.services.vault, look, {"applicant": cell})["applicant"]
    if payee.kind is PayeeKind.PERSON and normal_name(payee.name) == normal_name(applicant["name"]):
        found.append(wrong("payee/name", "不能支付给已死亡的申请人本人", "the dead are not paid", "R-DEATH"))
    if application.deceased_on is not None and act.day < application.deceased_on:
        found.append(wrong("done_on", "办理日期早于死亡日期", "the day lies before the death", "R-DEATH"))
    if found:
        raise wrong_fields(found)


async def _check_kind(act: Act, payee: Payee) -> None:
    """The dead are paid nothing; whether an heir may be, is the jurisdiction's setting."""
    if payee.kind is not PayeeKind.PERSON:
        return
    rulebook = await load_rulebook(act.session, act.application.division, act.today)
    try:
        allowed = rulebook.parameter("ESTATE_PAYEE", act.application.submitted_on).value
    except MissingParameter as missing:
        raise parameter_missing(missing.key) from None
    if allowed != HEIR:
        zh = "申请人死亡后，本地只支付到定点医疗机构或定点药店"
        raise wrong_fields([wrong("payee/kind", zh, "after a death only institutions are paid here", "R-DEATH")])
    if not act.values.get("relation"):
        raise wrong_fields([wrong("relation", "请填写收款人与申请人的关系", "say how the heir is related", "R-DEATH")])
