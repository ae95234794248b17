"""What became of a case, as its file tells it: each calculation with its trace, each refusal with its remedies, the payment."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from api.pages.try_out import OUTCOMES
from api.pages.wording import label
from api.papers.calculation import calculation_lines, parameter_lines, remarks
from api.papers.case_file_rest import further
from api.papers.reading import Case, CaseReading
from api.papers.record import METHODS
from api.papers.sections import NOTHING, SAID, Facts, Stored, facts
from notifications.case_file import Listing, Section
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.case_acts import KINDS_OF_REMEDY
from policy.money import yuan
from policy.refusal_steps import REMEDY_RESULT

PROVISIONS = {choice.code: choice.label for choice in REFUSAL_PROVISIONS}
REMEDIES = {choice.code: choice.label for choice in KINDS_OF_REMEDY}
RESULTS = {outcome.name: outcome.label for outcome in REMEDY_RESULT.outcomes}
PAYMENT_TOLD = frozenset(
    ["status", "amount", "payee_kind", "submitted_on", "finance_approved_on", "transferred_on", "attempts"]
)


def decided(reading: CaseReading, stored: Stored) -> Section:
    told, listings = [], []
    for place, decision in enumerate(stored.decisions, start=1):
        told.append((f"第{place}次核定", "\n".join(_decision(reading, decision))))
        listings += _calculation(reading, decision, place)
    return Section("核定与决定", tuple(told), tuple(listings))


def _decision(reading: CaseReading, decision: Mapping[str, Any]) -> list[str]:
    said = [OUTCOMES.get(decision["outcome"], decision["outcome"])]
    if decision["amount"] is not None:
        said.append(f"金额{yuan(Decimal(decision['amount']))}元")
    said += [f"适用{decision['as_of']}的规则", f"形成于{SAID.moment(decision['made_at'])}"]
    if decision["final"]:
        said.append("县级已批准")
    if decision["grounds"]:
        said.append(f"依据：{'、'.join(reading.cite_all(decision['grounds']))}")
    if remarks(decision):
        said.append(f"说明：{'；'.join(remarks(decision))}")
    return said


def _calculation(reading: CaseReading, decision: Mapping[str, Any], place: int) -> list[Listing]:
    trace = tuple(
        (line.step, line.formula, line.value, line.citation or NOTHING) for line in calculation_lines(reading, decision)
    )
    values = tuple(
        (line.key, line.value, line.effective_from.isoformat(), line.document, line.basis)
        for line in parameter_lines(decision)
    )
    steps = Listing((f"第{place}次：步骤", "算式", "结果", "依据"), trace, (4, 6, 3, 4))
    used = Listing((f"第{place}次：参数", "取值", "自何日起", "依据文件", "状态"), values, (4, 4, 3, 5, 2))
    return [listing for listing in (steps, used) if listing.rows]


def refused(reading: CaseReading, stored: Stored) -> Section:
    """Every refusal of the case, also of earlier openings, and what was filed against them."""
    title = "不予救助、送达与救济"
    if not stored.refusals:
        return Section(title)
    told = tuple(fact for refusal in stored.refusals for fact in _refusal(reading, stored, refusal))
    current = reading.case["refusal"] or {"remedies": []}
    rows = tuple(
        (
            REMEDIES.get(remedy["kind"], remedy["kind"]),
            remedy["filed_on"],
            remedy["body"] or NOTHING,
            RESULTS.get(remedy["result"], remedy["result"]) or "尚无结果",
            remedy["result_on"] or NOTHING,
        )
        for remedy in current["remedies"]
    )
    filed = Listing(("救济", "提出日期", "受理机关", "结果", "结果日期"), rows, (3, 3, 4, 4, 3))
    return Section(title, told, (filed,) if rows else ())


def _refusal(reading: CaseReading, stored: Stored, refusal: Mapping[str, Any]) -> Facts:
    provisions = (f"{reading.rulebook.cite(code)} {PROVISIONS.get(code, code)}" for code in refusal["provisions"])
    return facts(
        ("告知书文号", refusal["number"] or "未制发"),
        ("状态", refusal["status_label"]),
        ("作出决定的层级", label(refusal["level"], "Level")),
        ("不符合的规定", "\n".join(provisions)),
        ("决定日期", refusal["decided_on"]),
        ("制发日期", refusal["issued_on"]),
        ("告知书校验值", stored.kept(refusal["notice"])[1]),
        ("送达日期", refusal["delivered_on"]),
        ("送达方式", METHODS.get(refusal["method"], refusal["method"])),
        ("可申请行政复议至", refusal["reconsideration_until"]),
        ("可提起行政诉讼至", refusal["suit_until"]),
    )


def paid(case: Case) -> Section:
    payment = case["payment"]
    if payment is None:
        return Section("支付")
    told = facts(
        ("状态", payment["status_label"]),
        ("金额（元）", yuan(Decimal(payment["amount"]))),
        ("收款方类别", label(payment["payee_kind"], "PayeeKind")),
        ("报财政日期", payment["submitted_on"]),
        ("财政审核日期", payment["finance_approved_on"]),
        ("支付日期", payment["transferred_on"]),
    )
    rows = tuple(
        (
            str(attempt["no"]),
            label(attempt["payee_kind"], "PayeeKind"),
            attempt["released_on"] or NOTHING,
            "，".join(filter(None, (attempt["state_label"], attempt["reason_label"]))),
            attempt["ended_on"] or NOTHING,
        )
        for attempt in payment["attempts"]
    )
    attempts = Listing(("第几次支付", "收款方类别", "拨付日期", "结果", "结果日期"), rows, (2, 3, 3, 4, 3))
    return Section("支付", (*told, *further(payment, PAYMENT_TOLD)), (attempts,) if rows else ())
