"""What the city's bureau is asked when the law in the tables does not say: a value, or whether a rule is applied (A-05)."""

from policy.fields import Field, Kind
from policy.posts import CITY_SUPERVISOR
from policy.step import Outcome, Step

CONFIRMATION = (
    Field("document", "依据文件文号", Kind.LINE),
    Field("effective_from", "起始执行日期", Kind.DATE),
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

CONFIRM_MODULE = Step(
    kind="confirm_module",
    label="向主管部门确认",
    post=CITY_SUPERVISOR,
    clause="A-21",
    deadline="PARAMETER_WD",
    counted_from="任务生成之日",
    outcomes=(
        Outcome("in_use", "确认执行（待复核）", CONFIRMATION),
        Outcome("not_in_use", "确认不执行（待复核）", CONFIRMATION),
    ),
)
"""Whether a rule of 2019 that no document has repealed is applied (AMB-18): asked, never guessed, never a refusal."""

LAW_STEPS = (MISSING_PARAMETER, CONFIRM_MODULE)
