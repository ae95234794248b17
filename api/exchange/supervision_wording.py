"""What the timelines of reviews, comparisons, orders and major problems say beyond their statuses."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from policy.joint_review import ReviewMark
from policy.provincial_comparison import DifferenceCause
from policy.supervision import ProblemTopic
from policy.terms import Department, Level

Codes = Mapping[str, Any]


def _labels(codes: Sequence[str]) -> str:
    return "、".join(Department(code).label for code in codes)


SUPERVISION_TEXTS: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    ("rectification", "order_issued"): lambda codes: (
        f"督促整改{codes['findings']}项问题，限{codes['due_on']}前报送整改情况"
    ),
    ("problem", "reported"): lambda codes: (
        f"向{Level(codes['to']).label}报告重大问题（{ProblemTopic(codes['topic']).label}）"
    ),
    ("review", "departments_late"): lambda codes: f"{_labels(codes['departments'])}部门逾期未反馈",
    ("review", "departments_awaited"): lambda codes: (
        f"{_labels(codes['departments'])}部门尚未反馈，其期限在系统启用前已届满，不计逾期"
    ),
    ("review", "returned_to_msb"): lambda _: "各部门均已反馈，转医保部门剔重核对",
    ("review", "anomalies_out"): lambda codes: f"{codes['rows']}行回传来源部门核实",
    ("review", "marked"): lambda codes: f"{codes['rows']}行标注为“{ReviewMark(codes['mark']).label}”",
    ("review", "summary_signed"): lambda codes: (
        f"汇总{codes['summary']['rows']}行：新增{codes['summary']['added']}，退出{codes['summary']['exited']}，"
        f"身份变更{codes['summary']['changed']}"
        + (f"；{_labels(codes['left_open'])}部门部分未反馈" if codes["left_open"] else "")
    ),
    ("provincial-list", "compared"): lambda codes: (
        f"已比对：均有{codes['both']}人，仅省级有{codes['province_only']}人，仅本地有{codes['local_only']}人"
    ),
    ("provincial-list", "cause"): lambda codes: f"{codes['rows']}条差异的原因：{DifferenceCause(codes['cause']).label}",
    ("high-cost-push", "provincial_confirmed"): lambda codes: (
        f"市级与省级名单比对确认{codes['confirmed']}人，其中{codes['to_add']}人本地尚未列入，请载入其累计负担"
    ),
    ("provincial-list", "merged"): lambda codes: (
        f"确认名单{codes['confirmed']}人，其中本地原未列入{codes['added']}人，并入高额费用推送"
    ),
}
