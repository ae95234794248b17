"""What the timelines of W06, W11 and of looked-at settlements say."""

from collections.abc import Callable, Mapping
from typing import Any

from policy.exchange_terms import AnomalyState, Carrier
from policy.procedures import Procedure
from policy.terms import Department

Codes = Mapping[str, Any]

WHOLE: Mapping[str, str] = {
    "category-differs": "对象类别与证明不一致",
    "category-missing": "未写明对象类别",
    "certificate-missing": "未附动态调整情况证明",
    "certificate-after-list": "证明晚于名单",
    "dates-differ": "填报时间与证明时间不一致",
    "persons-differ": "人数与证明不一致",
    "households-differ": "户数与证明不一致",
    "provided-in-future": "提供日期晚于报送当日",
    "adjusted-after-list": "调整日期晚于提供日期",
    "not-your-category": "该类别由其他部门提供",
}
"""Why a list goes back as a whole, by the codes of its reasons."""


def _provided(codes: Codes) -> str:
    carrier = Carrier(codes["carrier"]).label if codes.get("carrier") else ""
    return f"提供动态调整名单，共{codes['rows']}人{f'（载体：{carrier}）' if carrier else ''}"


def _late(codes: Codes) -> str:
    return (
        f"名单迟{codes['days_late']}个工作日提供，涉及{codes['persons_affected']}人，"
        f"待遇自提供之日（{codes['from']}）起享受"
    )


def _returned_whole(codes: Codes) -> str:
    department = Department(codes["department"]).label if codes.get("department") else ""
    named = "、".join(dict.fromkeys(WHOLE.get(code, code) for code in codes.get("reasons", [])))
    return f"名单未通过整批核对，退回{department}部门：{named}"


def _row(codes: Codes) -> str:
    return f"第{codes['row']}行：{AnomalyState(codes['state']).label}"


ROSTER_TEXTS: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    (Procedure.ADJUSTMENT.value, "certified"): lambda codes: f"出具动态调整情况证明（{codes['certificate_on']}）",
    (Procedure.ADJUSTMENT.value, "provided"): _provided,
    (Procedure.ADJUSTMENT.value, "late_notice"): _late,
    (Procedure.ADJUSTMENT.value, "returned_whole"): _returned_whole,
    (Procedure.ANOMALY.value, "row"): _row,
}
