"""The steps of W11 异常数据核实 (C-28, J-17)."""

from policy.exchange_terms import MatterStatus
from policy.posts import CIVIL_AFFAIRS_CASEWORKER
from policy.step import Outcome, Step

ANOMALY_CORRECTION = Step(
    kind="anomaly_correction",
    label="核实更正退回的名单信息",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="C-28",
    deadline="ANOMALY_WD",
    counted_from="退回之日",
    status=MatterStatus.RETURNED,
    outcomes=(Outcome("settled", "各行均已更正、确认或撤回", clause="C-28"),),
)

ANOMALY_STEPS: tuple[Step, ...] = (ANOMALY_CORRECTION,)
