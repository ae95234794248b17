"""月度信息共享汇总表: a county's sharings of a month with their counts, and who provided and confirmed each (C-25)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.exchange.cycles import view_cycle
from api.exchange.lists_out import division_name
from api.identity import CurrentUser
from api.services import Services
from policy.agreement import SharedData
from policy.clock import today
from policy.exchange_terms import Carrier, Direction, ListType, Obligation, ObligationState, SharingState
from policy.lists_out import ListColumn, PlainList
from policy.organisations import office_on
from policy.sharing_steps import OTHER
from policy.terms import Category, Department
from store.rulebook import load_rulebook

COLUMNS = (
    ListColumn("序号", 6, "number"),
    ListColumn("方向", 15),
    ListColumn("对方部门", 14),
    ListColumn("载体", 7),
    ListColumn("人次", 10, "number"),
    ListColumn("其中", 26),
    ListColumn("提供日期", 12),
    ListColumn("提供人", 12),
    ListColumn("确认日期", 12),
    ListColumn("确认人", 12),
    ListColumn("状态", 14),
)
KINDS_OUT = {
    **{kind.value: kind.label for kind in SharedData},
    **{kind.value: kind.label for kind in ListType},
    OTHER: "其他对象",
}
"""What is shared that has no category: kinds of data, persons on a monitoring list, others than the four categories."""


async def monthly_summary(services: Services, user: CurrentUser, division: str, month: date) -> PlainList:
    """Counts and the names of those who signed; nobody who is aided. Raises Refusal 403, 404."""
    found = await view_cycle(services, user, division, month)
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        name = await division_name(session, division)
        rulebook = await load_rulebook(session, division, day)
    counts = [batch["rows"] for batch in found["batches"] if batch["state"] == SharingState.RECONCILED.value]
    return PlainList(
        title=f"{name}{month.year}年{month.month}月部门间信息共享汇总表",
        facts=tuple(_duty(obligation, found["obligations"][obligation.value]) for obligation in Obligation),
        columns=COLUMNS,
        rows=tuple(_row(place, batch) for place, batch in enumerate(found["batches"], start=1)),
        total=("", f"已确认{len(counts)}次", "", "", str(sum(counts)), *[""] * 6),
        notes=("共享次数和人次只计双方已确认的批次。",),
        signers=("医疗保障部门负责人", "民政部门负责人", "填报人"),
        unit=office_on(rulebook, name, Department.MEDICAL_INSURANCE, day),
        day=day,
        demonstration=services.options.demo,
    )


def counted_as(code: str) -> str:
    """A category or a kind of data, in words."""
    return Category(code).label if code in set(Category) else KINDS_OUT.get(code, code)


def _duty(obligation: Obligation, duty: Mapping[str, Any] | None) -> tuple[str, str]:
    if duty is None:
        return obligation.label, "尚无任务"
    late = f"，超期{duty['days_late']}个工作日" if duty["days_late"] else ""
    done = f"（{duty['done_on']}）" if duty["done_on"] else ""
    return obligation.label, f"{ObligationState(duty['state']).label}{done}{late}"


def _row(place: int, batch: Mapping[str, Any]) -> tuple[str, ...]:
    parts = "、".join(f"{counted_as(code)}{number}" for code, number in batch["person_times"].items())
    return (
        str(place),
        Direction(batch["direction"]).label,
        Department(batch["partner"]).label,
        Carrier(batch["carrier"]).label if batch["carrier"] else "—",  # nothing travelled: 本月无变动
        str(batch["rows"]),
        "本月无变动" if batch["zero"] else parts,
        batch["provided"]["on"] or "",
        batch["provided"]["by_name"] or "",
        batch["received"]["on"] or "",
        batch["received"]["by_name"] or "",
        batch["state_label"],
    )
