"""The steps of W08, the joint review by the 10th (J-14 … J-17): each department's own check, the bureau's, the summary."""

from policy.exchange_terms import MatterStatus
from policy.fields import Choice, Field, Kind
from policy.posts import CIVIL_AFFAIRS_CASEWORKER, COUNTY_CASEWORKER, COUNTY_SUPERVISOR
from policy.step import Outcome, Step
from policy.terms import Department

SELF_CHECK = Step(
    kind="self_check",
    label="部门自查",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="J-15",
    deadline="T-REV",
    counted_from="数据所属月份",
    outcomes=(
        Outcome(
            "confirmed",
            "核实无误，反馈医保",
            (Field("remark", "核实说明", Kind.TEXT, required=False, help="本部门系统内比对核实、查缺补漏的情况"),),
            clause="J-15",
        ),
        Outcome(
            "differences",
            "有差异，反馈医保",
            (Field("differences", "差异说明", Kind.TEXT, help="漏报、多报或身份不符的情况；漏报人员请另行报送名单"),),
            clause="J-15",
        ),
    ),
)
"""Asked of each department that provides identities (COUNTED_SOURCES), side by side, each with its own ladder."""

REVIEW_DEDUP = Step(
    kind="review_dedup",
    label="剔重核对",
    post=COUNTY_CASEWORKER,
    clause="J-16",
    deadline="T-REV",
    counted_from="数据所属月份",
    period="review",
    status=MatterStatus.MSB_DEDUP,
    outcomes=(
        Outcome(
            "done",
            "剔重核对完毕",
            (
                Field(
                    "left_open",
                    "逾期未反馈的部门",
                    Kind.CHOICES,
                    required=False,
                    choices=tuple(
                        Choice(department.value, department.label)
                        for department in (Department.CIVIL_AFFAIRS, Department.AGRICULTURE)
                    ),
                    help="不等其反馈即汇总的，须逐一勾选；其部分注明未反馈",
                ),
            ),
            clause="J-16",
        ),
    ),
)
"""Opens when every department has returned its part, or when the day has passed."""

REVIEW_SUMMARY = Step(
    kind="review_summary",
    label="签署复核汇总",
    post=COUNTY_SUPERVISOR,
    clause="J-14",
    deadline="T-REV",
    counted_from="数据所属月份",
    period="review",
    outcomes=(
        Outcome("signed", "签署", (Field("opinion", "汇总意见", Kind.TEXT, required=False),), clause="J-14"),
        Outcome("return", "退回剔重核对", (Field("reason", "退回理由", Kind.TEXT),), clause="J-16"),
    ),
)

REVIEW_STEPS: tuple[Step, ...] = (SELF_CHECK, REVIEW_DEDUP, REVIEW_SUMMARY)
