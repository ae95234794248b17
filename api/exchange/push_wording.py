"""What the timeline says of pushes, recognitions and requests for settlements."""

from collections.abc import Callable, Mapping
from typing import Any

from policy.exchange_terms import ListType
from policy.procedures import Procedure
from policy.terms import Category

Codes = Mapping[str, Any]


def _selected(codes: Codes) -> str:
    said = f"已筛选：列入名单{codes['listed']}人（返贫{codes['falling_back']}人、致贫{codes['falling_into']}人）"
    if codes["suppressed"]:
        said += f"，负担未变化、不重复推送{codes['suppressed']}人"
    if codes["fallback"]:
        said += f"；{codes['fallback']}人的标准沿用再上一年度统计数据"
    return said


def _pushed(codes: Codes) -> str:
    said = f"已推送{codes['listed']}人" if codes["listed"] else "零推送：本月无人员超过监测标准，或负担均未变化"
    return said + (f"；三重制度保障后负担仍较重{codes['still_heavy']}人，已标明" if codes["still_heavy"] else "")


def _listed(codes: Codes) -> str:
    return (
        f"列入{ListType(codes['list']).label}名单（推送{codes['push']}），累计负担{codes['burden']}元，"
        f"监测标准{codes['threshold']}元" + (f"，第{codes['round']}轮" if codes["round"] > 1 else "")
    )


def _listed_again(codes: Codes) -> str:
    return f"再次推送（{codes['push']}），累计负担{codes['burden']}元，本案续办"


def _marked(codes: Codes) -> str:
    if not codes.get("category"):
        return "身份已标识"
    return f"已标识为{Category(codes['category']).label}，自{codes['entitled_from']}起享受待遇"


def _loaded_again(codes: Codes) -> str:
    return f"再次报送累计负担{codes['rows']}行，名单重新筛选"


def _burdens_later(codes: Codes) -> str:
    return f"放行后又报送累计负担{codes['rows']}行，未列入本月名单，请列入下月"


def _asked(_codes: Codes) -> str:
    return "民政部门申请提供医疗费用结算信息"


PUSH_TEXTS: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    (Procedure.PUSH.value, "selected"): _selected,
    (Procedure.PUSH.value, "pushed"): _pushed,
    (Procedure.PUSH.value, "loaded_again"): _loaded_again,
    (Procedure.PUSH.value, "burdens_later"): _burdens_later,
    (Procedure.RECOGNITION.value, "listed"): _listed,
    (Procedure.RECOGNITION.value, "listed_again"): _listed_again,
    (Procedure.RECOGNITION.value, "identity_marked"): _marked,
    (Procedure.SETTLEMENT_REQUEST.value, "asked"): _asked,
}
