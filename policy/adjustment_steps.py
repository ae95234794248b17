"""The steps of W06 动态调整, and what it may find out about settlements (A-30, A-31, C-12, C-14)."""

from policy.exchange_terms import MatterStatus
from policy.fields import Choice, Field, Kind
from policy.posts import CIVIL_AFFAIRS_CASEWORKER, COUNTY_CASEWORKER, COUNTY_SUPERVISOR
from policy.step import Outcome, Step
from policy.terms import Category

PROVIDED = tuple(category for category in Category if category not in (Category.DSR, Category.PT))
"""What a department provides by list; the others follow from an application, or are nobody's list (catalogue 0.3)."""

ADJUSTMENT = Step(
    kind="adjustment",
    label="本期动态调整",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="A-30",
    deadline="ADJUSTMENT_WD",
    counted_from="每期最后一个工作日",
    outcomes=(
        Outcome(
            "closed",
            "动态调整已完成",
            (
                Field(
                    "adjusted_on",
                    "调整完成日期",
                    Kind.DATE,
                    help="自该日起5个工作日内提供名单和证明",
                    clause="A-30",
                ),
                Field(
                    "categories",
                    "有变动的对象类别",
                    Kind.CHOICES,
                    required=False,
                    choices=tuple(Choice(category.value, category.label) for category in PROVIDED),
                    help="不勾选的，按本部门提供的全部类别办理",
                ),
            ),
            clause="A-30",
        ),
        Outcome("no_change", "本期无变动", clause="R-SHARE"),
    ),
)

ADJUSTMENT_LIST = Step(
    kind="adjustment_list",
    label="提供动态调整名单和证明",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="A-30",
    deadline="T-DYN",
    counted_from="动态调整完成之日",
    status=MatterStatus.LIST_DRAFT,
    outcomes=(
        Outcome("provided", "名单和证明已提供", clause="A-31"),
        Outcome("no_change", "该类别本期无变动", clause="R-SHARE"),
    ),
)

LIST_RECEIPT = Step(
    kind="list_receipt",
    label="签收动态调整名单",
    post=COUNTY_CASEWORKER,
    clause="A-30",
    deadline="ACK_WD",
    counted_from="名单提供之日",
    outcomes=(Outcome("received", "已签收", (Field("note", "签收说明", Kind.TEXT, required=False),), clause="A-30"),),
)

MAKE_GOOD = Step(
    kind="make_good",
    label="补办未“一站式”结算的救助",
    post=COUNTY_CASEWORKER,
    clause="C-14",
    deadline="MAKE_GOOD_WD",
    counted_from="发现之日",
    outcomes=(
        Outcome(
            "told_applicant",
            "已告知本人申请手工结报",
            (
                Field("told_on", "告知日期", Kind.DATE),
                Field("way", "告知方式", Kind.LINE, help="如：电话、入户、村（居）委会转告"),
            ),
            clause="C-14",
        ),
        Outcome("not_needed", "无须补办", (Field("reason", "理由", Kind.TEXT),), clause="C-14"),
    ),
)

MISMATCH_REVIEW = Step(
    kind="mismatch_review",
    label="核处不在身份期间内的救助结算",
    post=COUNTY_SUPERVISOR,
    clause="C-12",
    deadline="MISMATCH_WD",
    counted_from="发现之日",
    outcomes=(
        Outcome("recover", "追回", (Field("reason", "理由和追回方式", Kind.TEXT),), clause="C-12"),
        Outcome("write_off", "不予追回", (Field("reason", "理由", Kind.TEXT),), clause="C-12"),
    ),
)

ADJUSTMENT_STEPS: tuple[Step, ...] = (ADJUSTMENT, ADJUSTMENT_LIST, LIST_RECEIPT, MAKE_GOOD, MISMATCH_REVIEW)
