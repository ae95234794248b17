"""The parts of a case file, in the order in which a case is told; what a reader is not shown is left out by the case itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from api.case_lines import Record, cost_lines, record_of
from api.pages.try_out import OUTCOMES
from api.pages.wording import Wording, label
from api.papers.calculation import calculation_lines, parameter_lines, remarks
from api.papers.case_file_rest import further, rest_of
from api.papers.reading import Case, CaseReading
from api.papers.record import METHODS
from api.texts import CHINESE
from notifications.case_file import Listing, Section
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.money import yuan

NOTHING = "—"
STATES = {"given": "已交", "pending": "容缺，待补交", "supplied": "已补交"}
NOTICE_RESULTS = {"no_objection": "无异议", "objection": "有异议"}
PROVISIONS = {choice.code: choice.label for choice in REFUSAL_PROVISIONS}
REFUSAL_TOLD = frozenset(
    [
        "status",
        "level",
        "provisions",
        "decided_on",
        "number",
        "issued_on",
        "notice",
        "delivered_on",
        "method",
        "reconsideration_until",
        "suit_until",
    ]
)
PAYMENT_TOLD = frozenset(["status", "amount", "payee_kind", "submitted_on", "finance_approved_on", "transferred_on"])
SAID = Wording(CHINESE)


@dataclass(frozen=True)
class KeptFile:
    sha256: str
    kept_at: datetime
    size: int


Files = Mapping[str, KeptFile]
Decisions = Sequence[Mapping[str, Any]]
Facts = tuple[tuple[str, str], ...]


def parts_of(reading: CaseReading, decisions: Decisions, files: Files) -> tuple[Section, ...]:
    case = reading.case
    records = [(record["kind"], record_of(record)) for record in case["records"]]
    return (
        _application(case),
        _costs(case),
        _documents(case, files),
        Section("入户调查", _records(record for kind, record in records if kind == "survey")),
        Section("各环节意见", _records(record for kind, record in records if kind != "survey")),
        _notices(case, files),
        _decisions(reading, decisions),
        _refusal(reading, files),
        _payment(case),
        *rest_of(case),
        _timeline(reading),
    )


def _application(case: Case) -> Section:
    applicant, payee = case["applicant"], case["payee"]
    facts = _facts(
        ("姓名", applicant["name"]),
        ("身份证号码", applicant["id_number"]),
        ("联系电话", applicant["phone"]),
        ("住址", applicant["address"]),
        ("户籍类型", applicant["residence_label"]),
        ("对象类别", case["category_label"]),
        ("提交日期", case["submitted_on"]),
        ("登记时间", SAID.moment(case["filed_at"])),
        ("补录原因", case["paper_reason"]),
        ("第几次办理", str(case["opening"]) if case["opening"] > 1 else None),
        ("收款方", f"{payee['kind_label']}　{payee['name']}　{payee['bank']}　{payee['account']}"),
    )
    members = tuple((m["name"], m["id_number"], m["relation"]) for m in applicant["household"])
    household = (Listing(("家庭成员", "身份证号码", "关系"), members, (2, 3, 2)),) if members else ()
    return Section("申请", facts, household)


def _costs(case: Case) -> Section:
    costs = case["costs"]
    facts = _facts(
        ("医疗机构代码", costs["institution_code"]),
        ("病种代码", costs["disease_code"]),
        ("结算单号", costs["settlement_no"]),
        ("备案编号", costs["filing_no"]),
        ("转诊编号", costs["referral_no"]),
        ("入院日期", costs["admitted_on"]),
        ("出院日期", costs["discharged_on"]),
        ("结算日期", costs["settled_on"]),
        ("统筹区外就医", "是" if costs["out_of_region"] else "否"),
        ("一站式结算", "是" if costs["one_stop"] else "否"),
    )
    lines = tuple((line.label, yuan(line.amount)) for line in cost_lines(costs))
    return Section("费用", facts, (Listing(("项目", "金额（元）"), lines, (3, 2)),))


def _documents(case: Case, files: Files) -> Section:
    rows = tuple(
        (
            f"{paper['label']}{' ' + paper['no'] if paper['no'] else ''}",
            STATES.get(paper["state"], paper["state"]),
            paper["received_on"] or paper["date"] or NOTHING,
            *_kept(paper["file"], files),
        )
        for paper in case["documents"]
    )
    return _table("申请材料", ("材料", "状态", "日期", "存入时间", "SHA-256 校验值"), rows, (4, 3, 3, 3, 6))


def _notices(case: Case, files: Files) -> Section:
    rows = tuple(
        (
            f"{label(notice['level'], 'Level')}第{notice['round']}次",
            notice["posted_on"],
            notice["last_day"] or "未定",
            NOTICE_RESULTS.get(notice["result"], notice["result"]) or "公示中",
            _kept(notice["poster"], files)[1],
        )
        for notice in case["publicity"]
    )
    return _table("公示", ("层级", "张贴日", "最后一日", "结果", "公示文书 SHA-256 校验值"), rows, (3, 3, 3, 3, 6))


def _decisions(reading: CaseReading, decisions: Decisions) -> Section:
    facts: list[tuple[str, str]] = []
    listings: list[Listing] = []
    for place, decision in enumerate(decisions, start=1):
        said = (
            OUTCOMES.get(decision["outcome"], decision["outcome"]),
            f"金额{yuan(Decimal(decision['amount']))}元" if decision["amount"] is not None else "",
            f"适用{decision['as_of']}的规则",
            f"形成于{SAID.moment(decision['made_at'])}",
            "县级已批准" if decision["final"] else "",
            "依据：" + "、".join(reading.cite_all(decision["grounds"])) if decision["grounds"] else "",
            "说明：" + "；".join(remarks(decision)) if remarks(decision) else "",
        )
        facts.append((f"第{place}次核定", "\n".join(filter(None, said))))
        listings += _calculation(reading, decision, place)
    return Section("核定与决定", tuple(facts), tuple(listings))


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


def _refusal(reading: CaseReading, files: Files) -> Section:
    refusal = reading.case["refusal"]
    if refusal is None:
        return Section("不予救助、送达与救济")
    provisions = (f"{reading.rulebook.cite(code)} {PROVISIONS.get(code, code)}" for code in refusal["provisions"])
    facts = _facts(
        ("状态", refusal["status_label"]),
        ("作出机关", label(refusal["level"], "Level")),
        ("不符合的规定", "\n".join(provisions)),
        ("决定日期", refusal["decided_on"]),
        ("告知书文号", refusal["number"]),
        ("制发日期", refusal["issued_on"]),
        ("告知书校验值", _kept(refusal["notice"], files)[1]),
        ("送达日期", refusal["delivered_on"]),
        ("送达方式", METHODS.get(refusal["method"], refusal["method"])),
        ("可申请行政复议至", refusal["reconsideration_until"]),
        ("可提起行政诉讼至", refusal["suit_until"]),
    )
    return Section("不予救助、送达与救济", (*facts, *further(refusal, REFUSAL_TOLD)))


def _payment(case: Case) -> Section:
    payment = case["payment"]
    if payment is None:
        return Section("支付")
    facts = _facts(
        ("状态", payment["status_label"]),
        ("金额（元）", yuan(Decimal(payment["amount"]))),
        ("收款方类别", label(payment["payee_kind"], "PayeeKind")),
        ("报财政日期", payment["submitted_on"]),
        ("财政审核日期", payment["finance_approved_on"]),
        ("支付日期", payment["transferred_on"]),
    )
    return Section("支付", (*facts, *further(payment, PAYMENT_TOLD)))


def _timeline(reading: CaseReading) -> Section:
    rows = tuple(
        (
            SAID.moment(entry["at"]),
            entry["day"],
            entry["actor_name"],
            entry["text"],
            "、".join(reading.cite_all(entry["grounds"])) or NOTHING,
        )
        for entry in reading.case["timeline"]
    )
    return _table("办理记录", ("时间", "办理日", "经办", "事项", "依据"), rows, (4, 3, 3, 7, 5))


def _records(records: Any) -> Facts:
    return tuple((f"{record.title}：{record.outcome}\n{record.day}", _said(record)) for record in records)


def _said(record: Record) -> str:
    lines = [f"{name}：{text}" for name, text in record.lines]
    if record.paper_reason:
        lines.append(f"补录原因：{record.paper_reason}")
    return "\n".join(lines) or NOTHING


def _kept(file: str | None, files: Files) -> tuple[str, str]:
    """When it was kept, and its checksum; dashes where this reader may not open it."""
    known = files.get(file) if file else None
    return (SAID.moment(known.kept_at), known.sha256) if known else (NOTHING, NOTHING)


def _table(
    title: str, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]
) -> Section:
    return Section(title, listings=(Listing(headings, rows, widths),) if rows else ())


def _facts(*facts: tuple[str, str | None]) -> Facts:
    """Those that are known."""
    return tuple((name, words) for name, words in facts if words not in (None, ""))
