"""W07 月度信息共享 (C-02, C-04, C-30): each side provides once a month at least, and the other confirms the counts.

A batch that arrives by file, or out of another procedure, answers its sender's task by itself; these answers are for
what travelled on paper or by an interface, and for the explicit 本月无变动.
"""

from policy.exchange_terms import Carrier
from policy.fields import Choice, Field, Kind
from policy.posts import CIVIL_AFFAIRS_CASEWORKER, COUNTY_CASEWORKER
from policy.step import Outcome, Step
from policy.terms import Category

LAST_DAY = "每月1日（当月最后一日前）"

CARRIER = Field(
    "carrier",
    "载体",
    Kind.CHOICE,
    choices=tuple(Choice(carrier.value, carrier.label) for carrier in Carrier),
    help="已在本系统上传名单或数据的，本事项自动办结，无须在此填报",
    clause="C-29",
)

LISTED = (Category.TK, Category.DB, Category.DBBY, Category.GXZC)
"""The four categories of C-02; whoever else is listed is counted as “other”."""
OTHER = "other"

DATA = (
    ("enrolment", "参加基本医保"),
    ("basic_benefits", "享受基本医保待遇"),
    ("critical_illness_benefits", "享受大病保险待遇"),
    ("aid_benefits", "享受医疗救助待遇"),
    ("burden", "高额医疗费用负担"),
)
"""What the medical-insurance bureau shares (C-04), by the codes of DATA_LIST."""

LIST_COUNTS = (
    *(
        Field(category.value, f"{category.label}（人次）", Kind.COUNT, required=False, clause="C-02")
        for category in LISTED
    ),
    Field(OTHER, "其他对象（人次）", Kind.COUNT, required=False),
)
DATA_COUNTS = tuple(Field(code, f"{label}（人次）", Kind.COUNT, required=False, clause="C-04") for code, label in DATA)
ZERO = Outcome("zero_report", "本月无变动", clause="C-30")

SHARING_IN = Step(
    kind="sharing_in",
    label="向医保部门共享名单",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="C-30",
    deadline="T-SHARE",
    counted_from=LAST_DAY,
    outcomes=(Outcome("provided", "已提供", (CARRIER, *LIST_COUNTS), clause="C-02"), ZERO),
)

SHARING_OUT = Step(
    kind="sharing_out",
    label="向民政部门共享参保和待遇数据",
    post=COUNTY_CASEWORKER,
    clause="C-30",
    deadline="T-SHARE",
    counted_from=LAST_DAY,
    outcomes=(Outcome("provided", "已提供", (CARRIER, *DATA_COUNTS), clause="C-04"), ZERO),
)

SHARING_RECEIPT = Step(
    kind="sharing_receipt",
    label="核对共享数量并签收",
    post=COUNTY_CASEWORKER,
    clause="C-28",
    deadline="T-SHARE",
    counted_from="收到之日（当月最后一日前）",
    outcomes=(
        Outcome("confirmed", "数量相符，签收", clause="C-28"),
        Outcome(
            "disputed",
            "数量不符，退回更正",
            (
                Field("reason", "不符的情况", Kind.TEXT, help="请勿写姓名、证件号码"),
                Field("received", "实际收到（人次）", Kind.COUNT, required=False),
            ),
            clause="C-28",
        ),
    ),
)
"""Whoever received it: the medical-insurance bureau, or the department that it provides data to."""

WITHDRAWN = Outcome("withdrawn", "撤回，另行提供", clause="C-28")

LIST_CORRECTION = Step(
    kind="sharing_in_correction",
    label="更正共享名单的数量",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="C-28",
    deadline="T-SHARE",
    counted_from="退回之日（当月最后一日前）",
    outcomes=(Outcome("corrected", "已更正", LIST_COUNTS, clause="C-28"), WITHDRAWN),
)

DATA_CORRECTION = Step(
    kind="sharing_out_correction",
    label="更正共享数据的数量",
    post=COUNTY_CASEWORKER,
    clause="C-28",
    deadline="T-SHARE",
    counted_from="退回之日（当月最后一日前）",
    outcomes=(Outcome("corrected", "已更正", DATA_COUNTS, clause="C-28"), WITHDRAWN),
)

SHARING_STEPS: tuple[Step, ...] = (SHARING_IN, SHARING_OUT, SHARING_RECEIPT, LIST_CORRECTION, DATA_CORRECTION)
