"""W10 认定反馈 (C-05 … C-07): screening, recognition and feedback of one person; the requests for settlements (J-23)."""

from policy.exchange_terms import MatterStatus
from policy.fields import Choice, Field, Kind
from policy.posts import CIVIL_AFFAIRS_CASEWORKER, COUNTY_CASEWORKER
from policy.step import Outcome, Step
from policy.terms import Category

RECOGNISABLE = tuple(category for category in Category if category not in (Category.PT, Category.DSR))
"""As what a department recognises somebody: its own categories, by CATEGORY_SOURCE."""

SCREENING = Step(
    kind="screening",
    label="初筛",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="R-SCREEN",
    deadline="PUSH_TO_SCREEN_WD",
    counted_from="推送之日",
    outcomes=(
        Outcome("candidate", "列为认定对象"),
        Outcome("not_candidate", "不列为认定对象", (Field("reason", "不列为认定对象的原因", Kind.TEXT),)),
    ),
    status=MatterStatus.SCREENING,
)

RECOGNITION = Step(
    kind="recognition",
    label="救助对象认定",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="C-07",
    deadline="RECOGNITION_WD",
    counted_from="初筛之日",
    outcomes=(
        Outcome(
            "recognised",
            "认定",
            (
                Field(
                    "category",
                    "认定类别",
                    Kind.CHOICE,
                    choices=tuple(Choice(category.value, category.label) for category in RECOGNISABLE),
                ),
                Field("day", "认定日期", Kind.DATE),
                Field("document", "认定文号", Kind.LINE),
            ),
        ),
        Outcome(
            "not_recognised",
            "不予认定",
            (Field("reason", "不予认定的原因", Kind.TEXT), Field("day", "作出决定的日期", Kind.DATE)),
        ),
    ),
    status=MatterStatus.IN_RECOGNITION,
)

FEEDBACK = Step(
    kind="feedback",
    label="反馈认定结果",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="C-07",
    deadline="T-FBK",
    counted_from="认定之日",
    outcomes=(Outcome("fed_back", "反馈医保部门"),),
)
"""Also of who was not recognised. By FBK_START it may count from the receipt of the push, and then binds the whole."""

IDENTITY_MARKING = Step(
    kind="identity_marking",
    label="标识救助对象身份",
    post=COUNTY_CASEWORKER,
    clause="A-29",
    deadline="MARK_WD",
    counted_from="反馈之日",
    outcomes=(Outcome("marked", "已核对，结束"),),
)
"""Only where the identity could not be written by itself: somebody else answers for such a period."""

SETTLEMENT_REQUEST = Step(
    kind="settlement_request",
    label="提供医疗费用结算信息",
    post=COUNTY_CASEWORKER,
    clause="C-04",
    deadline="SETTLEMENT_REQUEST_WD",
    counted_from="申请之日",
    outcomes=(
        Outcome("granted", "提供"),
        Outcome("refused", "不予提供", (Field("reason", "不予提供的原因", Kind.TEXT),)),
    ),
    status=MatterStatus.OPEN,
)

RECOGNITION_STEPS: tuple[Step, ...] = (SCREENING, RECOGNITION, FEEDBACK, IDENTITY_MARKING, SETTLEMENT_REQUEST)
