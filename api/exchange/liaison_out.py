"""联络员名册 as the list that is reported upward (C-34): each department its own line, the bureau and civil affairs apart (分别)."""

from typing import Any

from api.errors import Refusal, not_allowed
from api.exchange.liaison_register import Asked, list_liaisons
from api.exchange.lists_out import division_name
from api.identity import CurrentUser
from api.services import Services
from policy.clock import today
from policy.liaison import WORKERS
from policy.lists_out import ListColumn, PlainList
from policy.organisations import office_on
from store.disclosure import Look, log_look
from store.rulebook import load_rulebook

COLUMNS = (
    ListColumn("序号", 5, "number"),
    ListColumn("地区", 11),
    ListColumn("单位", 19),
    ListColumn("牵头处（科）室", 14),
    ListColumn("联络员", 9),
    ListColumn("联系电话", 14),
    ListColumn("配合科室", 14),
    ListColumn("专员", 9),
    ListColumn("联系电话", 14),
    ListColumn("任期", 14),
    ListColumn("备注", 16),
)
MOST = 1_000
"""Entries of one list: a province has some 130 offices of one department."""
CONFIDENTIAL = "本名单含工作人员联系方式，仅限医疗救助对象信息共享工作使用。"


async def liaison_list(services: Services, user: CurrentUser, asked: Asked) -> PlainList:
    """The department's own line inside the reader's area, as valid today; logged. Raises Refusal 403, 409 when too long."""
    if user.post.role not in WORKERS:
        raise not_allowed("名单含工作人员联系方式，由经办此项工作的岗位导出")
    department = user.post.department
    if asked.department and asked.department != department.value:
        raise not_allowed(f"名单由各部门分别汇总，您可导出{department.label}部门的名单")
    wanted = Asked(asked.division or user.division, department.value, asked.level, "valid", asked.q)
    found = await list_liaisons(services, user, wanted, limit=MOST)
    if found.next is not None:
        raise Refusal(409, "too-many-rows", f"名单超过{MOST}行，请按地区分别导出", "the list is too long for one file")
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        place = await division_name(session, user.division)
        rulebook = await load_rulebook(session, user.division, day)
        look = Look(str(user.id), "liaisons", user.id, user.division, "liaison.export", services.clock.now())
        log_look(session, look, [department.value])
    masked = any(item["masked"] for item in found.items)
    return PlainList(
        title=f"{place}医疗救助对象信息共享专项工作人员名单",
        facts=(("条线", f"{department.label}部门"), ("截至", day.isoformat()), ("人员", f"{len(found.items)}个单位")),
        columns=COLUMNS,
        rows=tuple(_row(place_, item) for place_, item in enumerate(found.items, start=1)),
        total=(),
        notes=(CONFIDENTIAL, *(("非直接上下级单位的姓名和电话已隐去部分内容。",) if masked else ())),
        signers=("填报人", "审核人"),
        unit=office_on(rulebook, place, department, day),
        day=day,
        demonstration=services.options.demo,
    )


def _row(place: int, item: dict[str, Any]) -> tuple[str, ...]:
    stands_in = ""
    if item["substitute"]:
        stands_in = f"{item['substitute_from']}至{item['substitute_until']}由{item['substitute']}代理"
    return (
        str(place),
        item["division_name"],
        item["office"],
        item["lead_office"],
        item["liaison"],
        item["liaison_phone"],
        item["cooperating_office"],
        item["specialist"],
        item["specialist_phone"],
        f"{item['starts_on']}起" + (f"至{item['ends_on']}" if item["ends_on"] else ""),
        stands_in,
    )
