"""Why a row of a list goes back, where its marking says so (`activities/roster_change_marking.py`)."""

from collections.abc import Mapping

from activities.imports.adjustment_checks import as_reason
from activities.imports.kinds import Fate, Reason, duplicate, returned
from activities.roster_change_marking import Marking
from policy.roster_quality import ALREADY_ACTIVE, NOT_ACTIVE


def no_rule(key: str) -> Reason:
    return Reason("parameter-missing", f"尚缺参数{key}，待补录后重新报送", f"the parameter {key} is missing")


MISSING_DATE: Mapping[str, Reason] = {
    "source_benefit_from": Reason(
        "benefit-date-missing",
        "请填写本部门待遇享受起止日期，医保待遇按该日期确定",
        "say from when the department's own benefit begins or stops: entitlement follows it",
        "benefit_from",
        "J-13",
    ),
}
FATES: Mapping[Marking, Fate] = {
    Marking.KNOWN: duplicate(Reason("period-known", "此前已报送，内容相同", "was provided before, the same")),
    Marking.ALREADY_ACTIVE: returned(as_reason(ALREADY_ACTIVE)),
    Marking.ELSEWHERE: returned(
        Reason(
            "period-elsewhere",
            "该人同一类别的身份由其他县（市、区）或部门报送，请与其核对",
            "another county or department answers for this category of the person",
            "id_number",
        )
    ),
    Marking.NOT_ACTIVE: returned(as_reason(NOT_ACTIVE)),
    Marking.ENDS_BEFORE_IT_STARTS: returned(
        Reason(
            "ends-before-it-starts",
            "停止享受之日不晚于该人身份开始之日，请核对",
            "the identity would end before it starts",
            "change",
        )
    ),
    Marking.WHICH_CATEGORY: returned(
        Reason(
            "which-category",
            "该人有几个身份，请写明原对象类别",
            "holds several categories: say which one is left",
            "from_category",
        )
    ),
}
