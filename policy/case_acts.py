"""What may be done to a whole case beside its steps: which act, by which post, at which status, on which clause.

The counter checks requests against these declarations, the pages draw their forms from them. Taking back an answer (撤回) is
about one task: `policy/recall.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy.fields import Choice, Field, Kind
from policy.posts import COUNTY_CASEWORKER, COUNTY_SUPERVISOR, TOWNSHIP_CASEWORKER, TOWNSHIP_SUPERVISOR
from policy.terms import ApplicationStatus, Post

AT_THE_TOWNSHIP = frozenset(
    {
        ApplicationStatus.SUBMITTED,
        ApplicationStatus.SUPPLEMENT,
        ApplicationStatus.SURVEY,
        ApplicationStatus.TWP_REVIEW,
        ApplicationStatus.TWP_PUBLICITY,
        ApplicationStatus.OBJECTION,
        ApplicationStatus.FORWARDED,
        ApplicationStatus.RETURNED_TWP,
    }
)
UNDER_REVIEW = frozenset({ApplicationStatus.COUNTY_REVIEW, ApplicationStatus.WAIT_CAB})
UNDECIDED = AT_THE_TOWNSHIP | UNDER_REVIEW | {ApplicationStatus.COUNTY_PUBLICITY}
"""Until the county's notice has ended: approved is who is no longer objected to (A-41)."""
UNPAID = UNDECIDED | {ApplicationStatus.APPROVED}

ENDING_ANSWERS = frozenset(
    {
        ("supplement", "withdrawn"),
        ("supplement", "lapsed"),
        ("refusal_review", "confirmed"),
        ("township_review", "not_eligible"),
        ("objection_review", "upheld"),
        ("county_approval", "refuse"),
        ("county_notice_result", "no_objection"),
        ("transfer", "confirmed"),
        ("bank_inquiry", "paid"),
    }
)
"""Answers with which the case is decided: whoever gave one was first, even while its procedure has not seen it yet."""

REASON = Field("reason", "原因", Kind.TEXT)
OPTIONAL_REASON = Field("reason", "原因", Kind.TEXT, required=False)
KINDS_OF_REMEDY = (Choice("reconsideration", "行政复议"), Choice("suit", "行政诉讼"))


@dataclass(frozen=True)
class CaseAct:
    """One kind of act. `parts` are the parts of an application that it takes besides its fields (filing's own shape)."""

    name: str
    label: str
    clause: str
    who: Mapping[Post, frozenset[ApplicationStatus]]
    fields: tuple[Field, ...] = ()
    parts: tuple[str, ...] = ()
    main: bool = True
    """Part of the main path: no later act may be dated before it."""
    in_transit: bool = False
    """Also while an answer waits for its procedure."""
    entry: str = ""
    """Its name in the timeline, where that is not application:<name>."""

    def allows(self, post: Post, status: ApplicationStatus) -> bool:
        return status in self.who.get(post, frozenset())

    @property
    def tag(self) -> str:
        return f"counter:{self.entry or f'application:{self.name}'}"

    @property
    def posts(self) -> Sequence[Post]:
        return tuple(self.who)


WITHDRAW = CaseAct(
    "withdraw",
    "申请人撤回申请",
    "R-WITHDRAW",
    {TOWNSHIP_CASEWORKER: UNDECIDED},
    (OPTIONAL_REASON,),
    in_transit=True,
)

CORRECT = CaseAct(
    "correct",
    "更正登记内容",
    "R-CORRECT",
    {TOWNSHIP_CASEWORKER: AT_THE_TOWNSHIP, COUNTY_CASEWORKER: UNDER_REVIEW},
    (Field("reason", "更正原因和依据", Kind.TEXT),),
    parts=("category", "applicant", "costs", "payee"),
    main=False,
)

MOVE = CaseAct(
    "move",
    "户籍迁移，转送迁入地",
    "R-MOVE",
    {TOWNSHIP_SUPERVISOR: UNDECIDED, COUNTY_SUPERVISOR: UNDECIDED},
    (
        Field("division", "迁入地乡镇（街道）区划代码", Kind.LINE, help="本省九位代码，如 140827100", clause="R-MOVE"),
        REASON,
    ),
    in_transit=True,
)

DEATH = CaseAct(
    "death",
    "登记申请人死亡",
    "R-DEATH",
    {TOWNSHIP_CASEWORKER: UNPAID, COUNTY_CASEWORKER: UNPAID},
    (Field("died_on", "死亡日期", Kind.DATE, clause="R-DEATH"), Field("reason", "情况说明和依据", Kind.TEXT)),
    main=False,
    in_transit=True,
)

PAYEE = CaseAct(
    "payee",
    "申请人死亡后改定收款人",
    "R-DEATH",
    {COUNTY_CASEWORKER: UNPAID},
    (
        Field("relation", "与申请人的关系", Kind.LINE, required=False, help="收款人为继承人的必填，如：配偶、子女"),
        Field("reason", "依据", Kind.TEXT, help="如：继承人共同推举的书面材料"),
    ),
    parts=("payee",),
    main=False,
)

REOPEN = CaseAct(
    "reopen",
    "补齐材料，重新办理",
    "A-37",
    {TOWNSHIP_CASEWORKER: frozenset({ApplicationStatus.LAPSED})},
    (Field("received_on", "收到材料日期", Kind.DATE, required=False), REASON),
)

REMEDY = CaseAct(
    "remedies",
    "登记行政复议或者行政诉讼",
    "A-68",
    {
        TOWNSHIP_CASEWORKER: frozenset({ApplicationStatus.REJECTED}),
        COUNTY_CASEWORKER: frozenset({ApplicationStatus.REJECTED}),
    },
    (
        Field("kind", "种类", Kind.CHOICE, choices=KINDS_OF_REMEDY, clause="A-68"),
        Field("body", "受理机关", Kind.LINE, help="如：阳城县人民政府、阳城县人民法院"),
        Field("filed_on", "提出日期", Kind.DATE),
        Field("note", "说明", Kind.TEXT, required=False),
        Field("excuse", "逾期的正当理由", Kind.TEXT, required=False, help="超过期限提出的必填，如：不可抗力"),
    ),
    main=False,
    entry="remedy:filed",
)

RECALL = CaseAct("recall", "撤回办理结果", "R-RECALL", {}, main=False)
"""About one answer of one person: `policy/recall.py`."""

CASE_ACTS: Mapping[str, CaseAct] = {act.name: act for act in (WITHDRAW, CORRECT, MOVE, DEATH, PAYEE, REOPEN, REMEDY)}


def acts_for(post: Post, status: ApplicationStatus) -> Sequence[CaseAct]:
    """What somebody in that post may do to a case of that status."""
    return [act for act in CASE_ACTS.values() if act.allows(post, status)]
