"""The nouns of the field: one code and one 中文 label each, the same in code, tables, screens and papers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A code that other programs rely on, with the label that people read."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:  # the default lets mypy accept a look-up by code
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


class Level(Term):
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"

    @property
    def rank(self) -> int:
        """0 for the province, 3 for a township: a larger rank lies inside a smaller one."""
        return list(Level).index(self)


class Department(Term):
    MEDICAL_INSURANCE = "medical_insurance", "医疗保障"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    FINANCE = "finance", "财政"
    AGRICULTURE = "agriculture", "农业农村"
    VETERANS_AFFAIRS = "veterans_affairs", "退役军人事务"
    HEALTH = "health", "卫生健康"
    TOWNSHIP_GOVERNMENT = "township_government", "乡镇人民政府（街道办事处）"


class Role(Term):
    CASEWORKER = "caseworker", "经办人"
    SUPERVISOR = "supervisor", "审核人"
    LEADER = "leader", "负责人"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "系统管理员"


class Category(Term):
    """Recipient categories 对象类别 (catalogue 0.3). Of several the best one counts, never the sum (B-21)."""

    TK = "TK", "特困人员"
    DB = "DB", "低保对象"
    DBBY = "DBBY", "低保边缘家庭成员"
    GXZC = "GXZC", "刚性支出困难家庭大病患者（因病致贫重病患者）"
    FPZP = "FPZP", "返贫致贫人口"
    JC1 = "JC1", "防止返贫监测对象：脱贫不稳定人口"
    JC2 = "JC2", "防止返贫监测对象：边缘易致贫人口"
    JC3 = "JC3", "防止返贫监测对象：突发严重困难人口"
    TPRK = "TPRK", "脱贫人口"
    YF = "YF", "在乡重点优抚对象"
    DSR = "DSR", "低收入救助对象"
    PT = "PT", "普通参保人员"


class Residence(Term):
    RURAL = "rural", "农村"
    URBAN = "urban", "城镇"


class ApplicationStatus(Term):
    """What a case waits for. `accepted` is a timeline entry, not a status."""

    SUBMITTED = "submitted", "已提交"
    SUPPLEMENT = "supplement", "待补正"
    SURVEY = "survey", "入户调查"
    TWP_REVIEW = "twp_review", "乡镇审核"
    TWP_PUBLICITY = "twp_publicity", "乡镇公示"
    OBJECTION = "objection", "异议复核"
    FORWARDED = "forwarded", "报送县级"
    RETURNED_TWP = "returned_twp", "县级退回乡镇"
    COUNTY_REVIEW = "county_review", "县级审批"
    WAIT_CAB = "wait_cab", "待民政核对"
    COUNTY_PUBLICITY = "county_publicity", "县级公示"
    APPROVED = "approved", "已批准"
    PAID = "paid", "已支付"
    REJECTED = "rejected", "不符合条件"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期未补正"


class RefusalStatus(Term):
    """The states of W02."""

    REJECT_PROPOSED = "reject_proposed", "待告知"
    NOTICE_ISSUED = "notice_issued", "告知书已制发"
    DELIVERED = "delivered", "已送达"
    REMEDY_FILED = "remedy_filed", "复议或诉讼中"
    REOPENED = "reopened", "已撤销，重新办理"
    FINAL = "final", "已终结"


class PaymentStatus(Term):
    """The states of W03."""

    PAY_PREPARED = "pay_prepared", "待申请拨款"
    ON_HOLD = "on_hold", "暂缓"
    SUBMITTED_TO_FINANCE = "submitted_to_finance", "已报财政"
    QUERIED = "queried", "财政质询"
    FIN_REVIEW = "fin_review", "财政审核通过，待支付"
    RETURNED_BY_BANK = "returned_by_bank", "银行退票"
    CONFIRMED = "confirmed", "已支付"


class DocumentKind(Term):
    """The applicant's papers (A-37, an open list)."""

    DIAGNOSIS = "diagnosis", "医疗诊断书"
    RECEIPTS = "receipts", "医疗费用收据"
    HISTORY = "history", "病史材料"
    INSURANCE_PROOF = "insurance_proof", "医疗保险报销证明"
    RECOGNITION = "recognition", "民政部门认定材料"
    OTHER = "other", "其他材料"


class PayeeKind(Term):
    """Whom the fund may pay directly (A-51). A township is never a payee."""

    HOSPITAL = "hospital", "定点医疗机构"
    PHARMACY = "pharmacy", "定点药店"
    PERSON = "person", "医疗救助对象"


class UploadState(Term):
    """What has become of a table that an office handed in."""

    RECEIVED = "received", "已接收"
    WORKING = "working", "正在处理"
    CHECKED = "checked", "已核对，待确认"
    SPLIT = "split", "已按类别分开"
    DONE = "done", "处理完毕"
    REFUSED = "refused", "未接收"
    DISCARDED = "discarded", "已放弃"


class RowFate(Term):
    """What becomes of a row of such a table: each has exactly one."""

    ACCEPTED = "accepted", "已接收"
    RETURNED = "returned", "退回"
    DUPLICATE = "duplicate", "重复"


class Light(Term):
    GREEN = "green", "正常"
    YELLOW = "yellow", "临期"
    RED = "red", "超期"


class Rung(Term):
    """The steps of the ladder 督办阶梯 (processes 3.0, R-ESC). `early_reminder` is the monthly sharing's alone."""

    EARLY = "early_reminder", "提前提醒"
    REMINDER = "reminder", "临期提醒"
    DUE_TODAY = "due_today", "今日到期"
    OVERDUE = "overdue", "超期督办"
    CITY = "city", "超期上报市级"
    PROVINCE = "province", "超期上报省级"


@dataclass(frozen=True)
class Post:
    """Who is meant, whoever holds it today: a role in a department at a level (岗位)."""

    level: Level
    department: Department
    role: Role

    @property
    def label(self) -> str:
        """县级医疗保障审核人; a township has one office, so its level and department are said once: 乡镇（街道）经办人."""
        if self.department is Department.TOWNSHIP_GOVERNMENT:
            return f"乡镇（街道）{self.role.label}"
        return f"{self.level.label}{self.department.label}{self.role.label}"


@dataclass(frozen=True)
class Office:
    """A post in a division: where a task lies (e.g. 140522 医疗保障 审核人)."""

    division: str
    post: Post


def level_of(division: str) -> Level:
    """The level that a division code without trailing zeros names: 14, 1405, 140522, 140522100.

    Raises ValueError for any other length.
    """
    try:
        return {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP}[len(division)]
    except KeyError:
        raise ValueError("not a division code") from None


def normal_division(code: str) -> str:
    """The form without trailing zeros; the padded form (140000, 140522000, 140522100000) is accepted on input."""
    code = code.strip()
    for width, padding in ((12, "000"), (9, "000"), (6, "00"), (4, "00")):
        if len(code) == width and code.endswith(padding):
            code = code.removesuffix(padding)
    return code


def ancestors(division: str) -> tuple[str, ...]:
    """The division itself and all that contain it, nearest first: 140522100, 140522, 1405, 14."""
    return tuple(division[:width] for width in (9, 6, 4, 2) if len(division) >= width)


def division_at(division: str, level: Level) -> str:
    """The division at `level` that contains `division`. Raises ValueError if `level` lies below it."""
    width = (2, 4, 6, 9)[level.rank]
    if len(division) < width:
        raise ValueError("that level lies below the division")
    return division[:width]
