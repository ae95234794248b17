"""The township's steps of W01: acceptance, survey, review, notice, forwarding (A-37 … A-40)."""

from policy.answer_fields import OBJECTION, OPINION, PAPER_KINDS, PAPERS, POSTING, REFUSAL, SURVEY_RECORD
from policy.fields import Field, Kind
from policy.posts import TOWNSHIP_CASEWORKER, TOWNSHIP_SUPERVISOR
from policy.step import Outcome, Step
from policy.terms import ApplicationStatus

NOTICE_RESULTS = (
    Outcome("no_objection", "公示期满无异议", (Field("note", "说明", Kind.TEXT, required=False),)),
    Outcome("objection", "有异议", OBJECTION, clause="R-NOTICE"),
)

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
            (Field("pending", "后补的材料", Kind.CHOICES, required=False, choices=PAPER_KINDS, clause="B-19"),),
            clause="B-19",
        ),
        Outcome(
            "ask_supplement",
            "一次性告知补正",
            (
                Field("missing", "需补正的材料", Kind.CHOICES, choices=PAPER_KINDS, clause="A-37"),
                Field("note", "补正说明", Kind.TEXT, required=False),
            ),
            clause="A-37",
        ),
        Outcome("refuse", "不予受理（报审核）", REFUSAL, clause="A-42"),
        Outcome(
            "transfer",
            "转送户籍地乡镇（街道）",
            (
                Field("division", "户籍地乡镇（街道）区划代码", Kind.LINE, help="九位，如 140522101", clause="A-38"),
                Field("reason", "转送原因", Kind.TEXT),
            ),
            clause="A-38",
        ),
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
        Outcome("supplied", "已补齐", PAPERS, clause="A-37"),
        Outcome("withdrawn", "申请人撤回", (Field("reason", "撤回原因", Kind.TEXT, required=False),)),
        Outcome("lapsed", "逾期未补正", (Field("note", "说明", Kind.TEXT, required=False),), clause="A-37"),
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
    outcomes=(Outcome("supplied", "已补交", PAPERS, clause="B-19"),),
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
        Outcome("confirmed", "同意不予受理", (OPINION,), clause="A-42"),
        Outcome("sent_back", "退回重新审查", (Field("reason", "退回理由", Kind.TEXT),)),
    ),
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
        Outcome("recorded", "调查完成", SURVEY_RECORD, clause="A-39"),
        Outcome(
            "absent",
            "申请人不在家，另行入户",
            (Field("note", "情况说明", Kind.TEXT, required=False),),
            clause="A-39",
        ),
        Outcome(
            "recused",
            "调查人与申请人有利害关系，回避",
            (Field("reason", "回避事由", Kind.TEXT),),
            clause="R-RECUSAL",
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
        Outcome("eligible", "符合条件，公示", (OPINION,), clause="A-40"),
        Outcome("not_eligible", "不符合条件", REFUSAL, clause="A-42"),
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
    outcomes=(Outcome("posted", "已张贴", POSTING, clause="A-40"),),
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
    outcomes=NOTICE_RESULTS,
)

OBJECTION_REVIEW = Step(
    kind="objection_review",
    label="异议复核",
    post=TOWNSHIP_CASEWORKER,
    clause="R-NOTICE",
    deadline="SURVEY_WD",
    counted_from="异议提出之日",
    status=ApplicationStatus.OBJECTION,
    outcomes=(
        Outcome("dismissed", "异议不成立", SURVEY_RECORD, clause="R-NOTICE"),
        Outcome("upheld", "异议成立", (*SURVEY_RECORD, *REFUSAL), clause="R-NOTICE"),
    ),
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

RETURNED_FILE = Step(
    kind="returned_file",
    label="县级退回，补充后重新报送",
    post=TOWNSHIP_CASEWORKER,
    clause="A-40",
    deadline="FORWARD_WD",
    counted_from="县级退回之日",
    status=ApplicationStatus.RETURNED_TWP,
    outcomes=(
        Outcome(
            "forwarded",
            "已补充，重新报送",
            (
                Field("statement", "补充说明", Kind.TEXT),
                Field("documents", "补充的材料", Kind.DOCUMENTS, required=False, choices=PAPER_KINDS, clause="A-37"),
            ),
            clause="A-40",
        ),
    ),
)

TOWNSHIP_STEPS = (
    ACCEPTANCE,
    SUPPLEMENT,
    PENDING_PAPERS,
    REFUSAL_REVIEW,
    SURVEY,
    TOWNSHIP_REVIEW,
    TOWNSHIP_NOTICE,
    TOWNSHIP_NOTICE_RESULT,
    OBJECTION_REVIEW,
    FORWARDING,
    RETURNED_FILE,
)
