"""Each kind of human task, once: who acts, by when, on which clause, and what may be answered.

The counter checks answers against this table, the pages draw their forms from it, the workflows wait for its outcomes,
and the separation and access tables name its codes. A new kind of task is an entry here, not a branch elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from policy.fields import Choice, Field, Kind
from policy.terms import ApplicationStatus, Department, DocumentKind, Level, Post, Role


@dataclass(frozen=True)
class Outcome:
    """One way to answer. `later` = shown, but its handling is not built yet: refused with `not-yet-built`."""

    name: str
    label: str
    fields: tuple[Field, ...] = ()
    later: bool = False
    clause: str | None = None


@dataclass(frozen=True)
class Step:
    """A kind of human task 办理环节.

    `deadline` is the key of its timer, `counted_from` says in words what starts it. `period` names the ladder that the step
    shares with others; `waits_for_citizen` steps remind their holder and climb no further (processes 3.0).
    """

    kind: str
    label: str
    post: Post
    clause: str
    deadline: str
    counted_from: str
    outcomes: tuple[Outcome, ...]
    status: ApplicationStatus | None = None
    period: str = ""
    waits_for_citizen: bool = False
    version: int = 1

    @property
    def period_name(self) -> str:
        return self.period or self.kind

    def outcome(self, name: str) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.name == name), None)


def step(kind: str) -> Step:
    """The declaration of `kind`. Raises KeyError for a kind that no procedure has."""
    return _BY_KIND[kind]


def is_kind(kind: str) -> bool:
    return kind in _BY_KIND


def every_step() -> Sequence[Step]:
    return APPLICATION_STEPS


TOWNSHIP_CASEWORKER = Post(Level.TOWNSHIP, Department.TOWNSHIP_GOVERNMENT, Role.CASEWORKER)
TOWNSHIP_SUPERVISOR = Post(Level.TOWNSHIP, Department.TOWNSHIP_GOVERNMENT, Role.SUPERVISOR)
COUNTY_CASEWORKER = Post(Level.COUNTY, Department.MEDICAL_INSURANCE, Role.CASEWORKER)
COUNTY_SUPERVISOR = Post(Level.COUNTY, Department.MEDICAL_INSURANCE, Role.SUPERVISOR)
FINANCE_CASEWORKER = Post(Level.COUNTY, Department.FINANCE, Role.CASEWORKER)
FINANCE_SUPERVISOR = Post(Level.COUNTY, Department.FINANCE, Role.SUPERVISOR)
CITY_SUPERVISOR = Post(Level.CITY, Department.MEDICAL_INSURANCE, Role.SUPERVISOR)

_PAPER_KINDS = tuple(Choice(kind.value, kind.label) for kind in DocumentKind)

REFUSAL_PROVISIONS = (
    Choice("A-38", "不属于本乡镇（街道）户籍，或不属于依申请救助对象"),
    Choice("A-04", "不符合低收入救助对象条件"),
    Choice("A-06", "不符合因病致贫家庭重病患者条件"),
    Choice("A-37", "申请材料不足以证明所申请的事项"),
    Choice("A-39", "入户调查的患病情况或家庭经济状况与申请不符"),
    Choice("A-13", "经各项报销和扣除后，无个人负担的合规医疗费用"),
    Choice("A-17", "个人负担的合规医疗费用未超过起付标准"),
    Choice("B-21", "同一费用已经享受救助，不得重复救助"),
)
"""What 附件5 prints after “不符合我省医疗救助政策的以下规定” (A-68): at least one, as the clause it rests on."""

_OPINION = Field("opinion", "审核意见", Kind.TEXT, required=False)
_REFUSAL = (
    Field("provisions", "不符合的规定", Kind.CHOICES, choices=REFUSAL_PROVISIONS, clause="A-68"),
    Field("reason", "理由说明", Kind.TEXT, help="写入书面告知书，请写明事实和依据", clause="A-42"),
)
_POSTING = (
    Field("place", "公示地点", Kind.LINE, help="如：乡镇政务公开栏、村务公开栏"),
    Field(
        "medium",
        "公示方式",
        Kind.CHOICE,
        required=False,
        choices=(Choice("board", "公开栏张贴"), Choice("website", "网站"), Choice("both", "公开栏和网站")),
    ),
)
_PAPERS = (Field("documents", "补交的材料", Kind.DOCUMENTS, choices=_PAPER_KINDS, clause="A-37"),)

ACCEPTANCE = Step(
    kind="acceptance",
    label="受理审查",
    post=TOWNSHIP_CASEWORKER,
    clause="A-38",
    deadline="ACCEPT_WD",
    counted_from="提交申请之日",
    status=ApplicationStatus.SUBMITTED,
    outcomes=(
        Outcome("accept", "受理"),
        Outcome(
            "accept_with_pending",
            "容缺受理",
            (Field("pending", "后补的材料", Kind.CHOICES, required=False, choices=_PAPER_KINDS, clause="B-19"),),
            clause="B-19",
        ),
        Outcome(
            "ask_supplement",
            "一次性告知补正",
            (
                Field("missing", "需补正的材料", Kind.CHOICES, choices=_PAPER_KINDS, clause="A-37"),
                Field("note", "补正说明", Kind.TEXT, required=False),
            ),
            clause="A-37",
        ),
        Outcome("refuse", "不予受理（报审核）", _REFUSAL, clause="A-42"),
    ),
)

REFUSAL_REVIEW = Step(
    kind="refusal_review",
    label="不予受理审核",
    post=TOWNSHIP_SUPERVISOR,
    clause="A-42",
    deadline="ACCEPT_WD",
    counted_from="提交申请之日",
    period="acceptance",
    status=ApplicationStatus.SUBMITTED,
    outcomes=(
        Outcome("confirmed", "同意不予受理", (_OPINION,), clause="A-42"),
        Outcome("sent_back", "退回重新审查", (Field("reason", "退回理由", Kind.TEXT),)),
    ),
)

SUPPLEMENT = Step(
    kind="supplement",
    label="补正材料",
    post=TOWNSHIP_CASEWORKER,
    clause="A-37",
    deadline="SUPPLEMENT_WD",
    counted_from="一次性告知之日",
    status=ApplicationStatus.SUPPLEMENT,
    waits_for_citizen=True,
    outcomes=(
        Outcome("supplied", "已补齐", _PAPERS, clause="A-37"),
        Outcome("withdrawn", "申请人撤回", (Field("reason", "撤回原因", Kind.TEXT, required=False),)),
        Outcome("lapsed", "逾期未补正", later=True),
    ),
)

PENDING_PAPERS = Step(
    kind="pending_papers",
    label="容缺材料补交",
    post=TOWNSHIP_CASEWORKER,
    clause="B-19",
    deadline="PENDING_PAPERS_WD",
    counted_from="受理之日",
    waits_for_citizen=True,
    outcomes=(Outcome("supplied", "已补交", _PAPERS, clause="B-19"),),
)

SURVEY = Step(
    kind="survey",
    label="入户调查",
    post=TOWNSHIP_CASEWORKER,
    clause="A-39",
    deadline="SURVEY_WD",
    counted_from="受理之日",
    status=ApplicationStatus.SURVEY,
    outcomes=(
        Outcome(
            "recorded",
            "调查完成",
            (
                Field("illness", "患病情况", Kind.TEXT, clause="A-40b"),
                Field("household_economy", "家庭经济状况", Kind.TEXT, clause="A-40b"),
                Field("surveyors", "调查人", Kind.NAMES, help="不少于规定人数，一行一人", clause="A-39"),
                Field("village_helper", "村（居）民委员会协助人", Kind.LINE, required=False, clause="A-39"),
                Field("conclusion", "调查结论", Kind.TEXT, required=False),
            ),
            clause="A-39",
        ),
    ),
)

TOWNSHIP_REVIEW = Step(
    kind="township_review",
    label="乡镇审核",
    post=TOWNSHIP_SUPERVISOR,
    clause="A-40",
    deadline="SURVEY_WD",
    counted_from="受理之日",
    period="survey",
    status=ApplicationStatus.TWP_REVIEW,
    outcomes=(
        Outcome("eligible", "符合条件，公示", (_OPINION,), clause="A-40"),
        Outcome("not_eligible", "不符合条件", _REFUSAL, clause="A-42"),
    ),
)

TOWNSHIP_NOTICE = Step(
    kind="township_notice",
    label="张贴乡镇公示",
    post=TOWNSHIP_CASEWORKER,
    clause="A-40",
    deadline="POST_WD",
    counted_from="乡镇审核之日",
    status=ApplicationStatus.TWP_PUBLICITY,
    outcomes=(Outcome("posted", "已张贴", _POSTING, clause="A-40"),),
)

_NOTICE_RESULTS = (
    Outcome("no_objection", "公示期满无异议", (Field("note", "说明", Kind.TEXT, required=False),)),
    Outcome("objection", "有异议", later=True),
)

TOWNSHIP_NOTICE_RESULT = Step(
    kind="township_notice_result",
    label="乡镇公示结果确认",
    post=TOWNSHIP_CASEWORKER,
    clause="A-40",
    deadline="FORWARD_WD",
    counted_from="公示最后一日",
    period="forwarding",
    status=ApplicationStatus.TWP_PUBLICITY,
    outcomes=_NOTICE_RESULTS,
)

FORWARDING = Step(
    kind="forwarding",
    label="报送县级",
    post=TOWNSHIP_CASEWORKER,
    clause="A-40",
    deadline="FORWARD_WD",
    counted_from="公示最后一日",
    status=ApplicationStatus.FORWARDED,
    outcomes=(Outcome("forwarded", "已报送", clause="A-40"),),
)

COUNTY_REVIEW = Step(
    kind="county_review",
    label="县级审查",
    post=COUNTY_CASEWORKER,
    clause="A-41",
    deadline="COUNTY_WD",
    counted_from="报送之日",
    status=ApplicationStatus.COUNTY_REVIEW,
    outcomes=(
        Outcome("propose_approval", "建议批准", (_OPINION,), clause="A-41"),
        Outcome("propose_refusal", "建议不予救助", _REFUSAL, clause="A-42"),
        Outcome("return", "退回乡镇", later=True),
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
                _OPINION,
            ),
            clause="A-41",
        ),
        Outcome("refuse", "不予救助", _REFUSAL, clause="A-42"),
        Outcome("return", "退回审查", later=True),
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
    outcomes=(Outcome("posted", "已张贴", _POSTING, clause="A-41"),),
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
    outcomes=_NOTICE_RESULTS,
)

PAYMENT_REQUEST = Step(
    kind="payment_request",
    label="提交拨款申请",
    post=COUNTY_CASEWORKER,
    clause="A-51",
    deadline="PAY_APPLY_WD",
    counted_from="公示最后一日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("submit", "提交财政", (_OPINION,), clause="A-51"),
        Outcome("hold", "暂缓", later=True),
    ),
)

FINANCE_REVIEW = Step(
    kind="finance_review",
    label="财政审核",
    post=FINANCE_CASEWORKER,
    clause="A-51",
    deadline="FIN_WD",
    counted_from="提交拨款申请之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("approve", "审核通过", (_OPINION,), clause="A-51"),
        Outcome("query", "质询", later=True),
        Outcome("return", "退回", later=True),
    ),
)

TRANSFER = Step(
    kind="transfer",
    label="支付确认",
    post=FINANCE_SUPERVISOR,
    clause="A-51",
    deadline="PAY_WD",
    counted_from="财政审核之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome(
            "confirmed", "已支付", (Field("bank_receipt", "银行回单号", Kind.LINE, required=False),), clause="A-51"
        ),
        Outcome("bounced", "银行退票", later=True),
    ),
)

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

MISSING_PARAMETER = Step(
    kind="missing_parameter",
    label="补录缺失参数",
    post=CITY_SUPERVISOR,
    clause="A-05",
    deadline="PARAMETER_WD",
    counted_from="任务生成之日",
    outcomes=(
        Outcome(
            "entered",
            "已录入（待复核）",
            (
                Field("value", "参数值", Kind.LINE, help="如：60%、40000.00、25% PCDI；依文件不设的填“无”"),
                Field("document", "依据文件文号", Kind.LINE),
                Field("effective_from", "起始执行日期", Kind.DATE),
            ),
        ),
    ),
)

APPLICATION_STEPS: tuple[Step, ...] = (
    ACCEPTANCE,
    SUPPLEMENT,
    PENDING_PAPERS,
    REFUSAL_REVIEW,
    SURVEY,
    TOWNSHIP_REVIEW,
    TOWNSHIP_NOTICE,
    TOWNSHIP_NOTICE_RESULT,
    FORWARDING,
    COUNTY_REVIEW,
    COUNTY_APPROVAL,
    COUNTY_NOTICE,
    COUNTY_NOTICE_RESULT,
    PAYMENT_REQUEST,
    FINANCE_REVIEW,
    TRANSFER,
    REFUSAL_NOTICE,
    DELIVERY,
    MISSING_PARAMETER,
)

_BY_KIND = {step.kind: step for step in APPLICATION_STEPS}
