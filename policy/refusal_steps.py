"""The steps of W02: the written notice, its delivery, and the result of a remedy (A-42, A-68)."""

from policy.fields import Choice, Field, Kind
from policy.posts import COUNTY_CASEWORKER, TOWNSHIP_CASEWORKER
from policy.step import Outcome, Step
from policy.terms import ApplicationStatus

RESUME_AT = (
    Choice("acceptance", "受理审查"),
    Choice("survey", "入户调查"),
    Choice("county_review", "县级审查"),
)
"""Where a reopened case goes on."""

REFUSAL_NOTICE = Step(
    kind="refusal_notice",
    label="制发书面告知书",
    post=TOWNSHIP_CASEWORKER,
    clause="A-42",
    deadline="REJECT_NOTICE_WD",
    counted_from="作出不予救助答复之日",
    status=ApplicationStatus.REJECTED,
    outcomes=(Outcome("issued", "已制发", clause="A-68"),),
)

DELIVERY = Step(
    kind="delivery",
    label="送达告知书",
    post=TOWNSHIP_CASEWORKER,
    clause="A-68",
    deadline="DELIVERY_WD",
    counted_from="制发之日",
    status=ApplicationStatus.REJECTED,
    outcomes=(
        Outcome(
            "delivered",
            "已送达",
            (
                Field(
                    "method",
                    "送达方式",
                    Kind.CHOICE,
                    required=False,
                    choices=(
                        Choice("in_person", "直接送达"),
                        Choice("left", "留置送达"),
                        Choice("post", "邮寄送达"),
                        Choice("entrusted", "委托送达"),
                    ),
                ),
                Field("recipient", "签收人", Kind.LINE, required=False),
            ),
            clause="A-68",
        ),
        Outcome("failed", "未能送达", (Field("reason", "原因", Kind.TEXT),)),
    ),
)

REMEDY_RESULT = Step(
    kind="remedy_result",
    label="登记救济结果",
    post=COUNTY_CASEWORKER,
    clause="A-68",
    deadline="REMEDY_WD",
    counted_from="复议或诉讼提出之日",
    status=ApplicationStatus.REJECTED,
    outcomes=(
        Outcome(
            "upheld",
            "维持（驳回）",
            (
                Field("document", "文书文号", Kind.LINE),
                Field("received_on", "申请人收到之日", Kind.DATE),
                Field("note", "说明", Kind.TEXT, required=False),
            ),
            clause="A-68",
        ),
        Outcome(
            "reopened",
            "撤销或责令重新办理",
            (
                Field("document", "文书文号", Kind.LINE),
                Field("resume_at", "从哪一环节重新办理", Kind.CHOICE, choices=RESUME_AT),
                Field("note", "说明", Kind.TEXT, required=False),
            ),
            clause="A-68",
        ),
        Outcome(
            "dropped",
            "申请人撤回，或未予受理",
            (
                Field("document", "文书文号", Kind.LINE, required=False),
                Field("note", "说明", Kind.TEXT, required=False),
            ),
            clause="A-68",
        ),
    ),
)

REFUSAL_STEPS = (REFUSAL_NOTICE, DELIVERY, REMEDY_RESULT)
