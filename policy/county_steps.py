"""The county's steps of W01: review, approval, notice; and what it asks of civil affairs (A-40, A-41, C-03)."""

from policy.answer_fields import OPINION, POSTING, REFUSAL, SEND_BACK
from policy.fields import Choice, Field, Kind
from policy.posts import CIVIL_AFFAIRS_CASEWORKER, COUNTY_CASEWORKER, COUNTY_LEADER, COUNTY_SUPERVISOR
from policy.step import Outcome, Step
from policy.terms import ApplicationStatus, Category
from policy.township_steps import NOTICE_RESULTS

CATEGORIES = tuple(Choice(category.value, category.label) for category in Category)

COUNTY_REVIEW = Step(
    kind="county_review",
    label="县级审查",
    post=COUNTY_CASEWORKER,
    clause="A-41",
    deadline="COUNTY_WD",
    counted_from="报送之日",
    status=ApplicationStatus.COUNTY_REVIEW,
    outcomes=(
        Outcome("propose_approval", "建议批准", (OPINION,), clause="A-41"),
        Outcome("propose_refusal", "建议不予救助", REFUSAL, clause="A-42"),
        Outcome(
            "ask_civil_affairs",
            "提请民政部门核对身份",
            (Field("question", "需核对的内容", Kind.TEXT),),
            clause="C-03",
        ),
        Outcome("return", "退回乡镇", SEND_BACK, clause="A-40"),
    ),
)

IDENTITY_CHECK = Step(
    kind="identity_check",
    label="民政部门核对身份",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="C-03",
    deadline="CAB_CHECK_WD",
    counted_from="提请核对之日",
    status=ApplicationStatus.WAIT_CAB,
    outcomes=(
        Outcome(
            "confirmed",
            "身份属实",
            (
                Field("category", "认定类别", Kind.CHOICE, choices=CATEGORIES, clause="C-03"),
                Field("recognised_on", "认定日期", Kind.DATE, clause="C-03"),
                Field("note", "说明", Kind.TEXT, required=False),
            ),
            clause="C-03",
        ),
        Outcome("not_confirmed", "未认定", (Field("reason", "情况说明", Kind.TEXT),), clause="C-03"),
    ),
)

COUNTY_APPROVAL = Step(
    kind="county_approval",
    label="县级审批",
    post=COUNTY_SUPERVISOR,
    clause="A-41",
    deadline="COUNTY_WD",
    counted_from="报送之日",
    period="county_review",
    status=ApplicationStatus.COUNTY_REVIEW,
    outcomes=(
        Outcome(
            "approve",
            "批准",
            (
                Field("amount", "核定金额", Kind.MONEY, required=False, help="所见的核定金额；已变动则不予提交"),
                OPINION,
            ),
            clause="A-41",
        ),
        Outcome("refuse", "不予救助", REFUSAL, clause="A-42"),
        Outcome("return", "退回审查", SEND_BACK, clause="A-41"),
    ),
)

COUNTY_COUNTERSIGN = Step(
    kind="county_countersign",
    label="大额救助加签",
    post=COUNTY_LEADER,
    clause="R-BANDS",
    deadline="COUNTY_WD",
    counted_from="报送之日",
    period="county_review",
    status=ApplicationStatus.COUNTY_REVIEW,
    outcomes=(
        Outcome("signed", "同意", (OPINION,), clause="R-BANDS"),
        Outcome("return", "退回审查", SEND_BACK, clause="R-BANDS"),
    ),
)

COUNTY_NOTICE = Step(
    kind="county_notice",
    label="张贴县级公示",
    post=COUNTY_CASEWORKER,
    clause="A-41",
    deadline="POST_WD",
    counted_from="审批之日",
    status=ApplicationStatus.COUNTY_PUBLICITY,
    outcomes=(Outcome("posted", "已张贴", POSTING, clause="A-41"),),
)

COUNTY_NOTICE_RESULT = Step(
    kind="county_notice_result",
    label="县级公示结果确认",
    post=COUNTY_CASEWORKER,
    clause="A-41",
    deadline="PAY_APPLY_WD",
    counted_from="公示最后一日",
    period="payment_request",
    status=ApplicationStatus.COUNTY_PUBLICITY,
    outcomes=NOTICE_RESULTS,
)

COUNTY_STEPS = (
    COUNTY_REVIEW,
    IDENTITY_CHECK,
    COUNTY_APPROVAL,
    COUNTY_COUNTERSIGN,
    COUNTY_NOTICE,
    COUNTY_NOTICE_RESULT,
)
