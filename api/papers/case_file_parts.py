"""The parts of a case file, in the order in which a case is told; what a reader is not shown is left out by the case itself."""

from collections.abc import Iterable

from api.case_lines import Record, cost_lines, record_of
from api.pages.wording import label
from api.papers.case_file_outcome import decided, paid, refused
from api.papers.case_file_rest import further, rest_of
from api.papers.reading import Case, CaseReading
from api.papers.sections import NOTHING, SAID, Facts, Stored, facts, table, yes_or_no
from notifications.case_file import Listing, Section
from policy.costs import LABELS
from policy.money import yuan

STATES = {"given": "已交", "pending": "容缺，待补交", "supplied": "已补交"}
NOTICE_RESULTS = {"no_objection": "无异议", "objection": "有异议"}
TREATMENTS = {"inpatient": "住院", "outpatient": "门诊"}
_TREATED = [
    "institution_code",
    "treatment",
    "disease_code",
    "admitted_on",
    "discharged_on",
    "joint_replacement",
    "late_stage",
]
_SETTLED = [
    "settlement_no",
    "settled_on",
    "filing_no",
    "referral_no",
    "out_of_region",
    "one_stop",
    "referred",
    "in_province",
]
COSTS_TOLD = frozenset([*LABELS, *_TREATED, *_SETTLED])


def parts_of(reading: CaseReading, stored: Stored) -> tuple[Section, ...]:
    case = reading.case
    records = [(record["kind"], record_of(record)) for record in case["records"]]
    return (
        _application(case),
        _costs(case),
        _documents(case, stored),
        Section("入户调查", _records(record for kind, record in records if kind == "survey")),
        Section("各环节意见", _records(record for kind, record in records if kind != "survey")),
        _notices(case, stored),
        decided(reading, stored),
        refused(reading, stored),
        paid(case),
        *_household_cases(case),
        *rest_of(case),
        _timeline(reading),
    )


def _application(case: Case) -> Section:
    applicant, payee = case["applicant"], case["payee"]
    told = facts(
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
    return Section("申请", told, household)


def _costs(case: Case) -> Section:
    costs = case["costs"]
    told = facts(
        ("医疗机构代码", costs["institution_code"]),
        ("就医方式", TREATMENTS.get(costs["treatment"], costs["treatment"])),
        ("病种代码", costs["disease_code"]),
        ("结算单号", costs["settlement_no"]),
        ("备案编号", costs["filing_no"]),
        ("转诊编号", costs["referral_no"]),
        ("入院日期", costs["admitted_on"]),
        ("出院日期", costs["discharged_on"]),
        ("结算日期", costs["settled_on"]),
        ("统筹区外就医", yes_or_no(costs["out_of_region"])),
        ("一站式结算", yes_or_no(costs["one_stop"])),
        ("规范转诊", yes_or_no(costs["referred"])),
        ("省域内就医", yes_or_no(costs["in_province"])),
        ("关节置换手术", yes_or_no(costs["joint_replacement"])),
        ("病情处于晚期", yes_or_no(costs["late_stage"])),
    )
    lines = tuple((line.label, yuan(line.amount)) for line in cost_lines(costs))
    statement = Listing(("项目", "金额（元）"), lines, (3, 2))
    return Section("费用", (*told, *further(costs, COSTS_TOLD)), (statement,))


def _documents(case: Case, stored: Stored) -> Section:
    rows = tuple(
        (
            f"{paper['label']}{' ' + paper['no'] if paper['no'] else ''}",
            STATES.get(paper["state"], paper["state"]),
            paper["received_on"] or paper["date"] or NOTHING,
            *stored.kept(paper["file"]),
        )
        for paper in case["documents"]
    )
    return table("申请材料", ("材料", "状态", "日期", "存入时间", "SHA-256 校验值"), rows, (4, 3, 3, 3, 6))


def _notices(case: Case, stored: Stored) -> Section:
    rows = tuple(
        (
            f"{label(notice['level'], 'Level')}第{notice['round']}次",
            notice["posted_on"],
            notice["last_day"] or "未定",
            NOTICE_RESULTS.get(notice["result"], notice["result"]) or "公示中",
            stored.kept(notice["poster"])[1],
        )
        for notice in case["publicity"]
    )
    return table("公示", ("层级", "张贴日", "最后一日", "结果", "公示文书 SHA-256 校验值"), rows, (3, 3, 3, 3, 6))


def _household_cases(case: Case) -> list[Section]:
    rows = tuple((other["number"], label(other["status"], "ApplicationStatus")) for other in case["household_cases"])
    return [table("本户其他案件", ("案号", "办理状态"), rows, (1, 1))] if rows else []


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
    return table("办理记录", ("时间", "办理日", "经办", "事项", "依据"), rows, (4, 3, 3, 7, 5))


def _records(records: Iterable[Record]) -> Facts:
    return tuple(
        (f"{record.title}：{record.outcome}{_taken_back(record)}\n{record.day}", _said(record)) for record in records
    )


def _taken_back(record: Record) -> str:
    return "（已撤回）" if record.recalled else ""


def _said(record: Record) -> str:
    lines = [f"{name}：{text}" for name, text in record.lines]
    if record.paper_reason:
        lines.append(f"补录原因：{record.paper_reason}")
    return "\n".join(lines) or NOTHING
