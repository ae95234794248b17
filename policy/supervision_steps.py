"""The steps of W17: an order to put findings right and its reply and verification; a major problem reported upward."""

from policy.answer_fields import OPINION
from policy.exchange_terms import MatterStatus
from policy.fields import Field, Kind
from policy.posts import CITY_SUPERVISOR, COUNTY_SUPERVISOR
from policy.step import Outcome, Step

RECTIFICATION_REPLY = Step(
    kind="rectification_reply",
    label="整改回复",
    post=COUNTY_SUPERVISOR,
    clause="C-25",
    deadline="RECTIFY_WD",
    counted_from="督促整改之日",
    outcomes=(
        Outcome(
            "replied",
            "报送整改情况",
            (
                Field("measures", "整改情况", Kind.TEXT, help="问题原因、整改措施和结果"),
                Field("done_by", "整改完成日期", Kind.DATE, required=False),
            ),
            clause="C-25",
        ),
    ),
)
"""Due on the day that the order names. Its status is the order's own: issued, or issued again."""

RECTIFICATION_VERIFICATION = Step(
    kind="rectification_verification",
    label="整改核实",
    post=CITY_SUPERVISOR,
    clause="C-25",
    deadline="VERIFY_WD",
    counted_from="整改回复之日",
    status=MatterStatus.REPLIED,
    outcomes=(
        Outcome("verified", "核实通过，销号", (OPINION,), clause="C-25"),
        Outcome(
            "re_order",
            "整改不到位，再次督促",
            (
                Field("text", "继续整改的要求", Kind.TEXT),
                Field("due_on", "整改期限", Kind.DATE, help="不得早于今天"),
            ),
            clause="C-25",
        ),
    ),
)
"""Asked of the level that issued the order."""

PROBLEM_ACK = Step(
    kind="problem_ack",
    label="重大问题签收",
    post=CITY_SUPERVISOR,
    clause="C-33",
    deadline="PROBLEM_WD",
    counted_from="报告之日",
    status=MatterStatus.REPORTED,
    outcomes=(Outcome("acknowledged", "已签收", clause="C-33"),),
)

PROBLEM_ANSWER = Step(
    kind="problem_answer",
    label="重大问题答复",
    post=CITY_SUPERVISOR,
    clause="C-33",
    deadline="PROBLEM_WD",
    counted_from="签收之日",
    status=MatterStatus.ACKNOWLEDGED,
    outcomes=(Outcome("answered", "答复", (Field("answer", "答复内容", Kind.TEXT),), clause="C-33"),),
)
"""Both asked of the level to which the problem was reported."""

SUPERVISION_STEPS: tuple[Step, ...] = (
    RECTIFICATION_REPLY,
    RECTIFICATION_VERIFICATION,
    PROBLEM_ACK,
    PROBLEM_ANSWER,
)
