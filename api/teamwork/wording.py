"""What the timeline says of acts that answer nothing: made from codes, as all of it."""

from collections.abc import Callable, Mapping
from typing import Any

Codes = Mapping[str, Any]

ON_A_CASE: Mapping[str, Callable[[Codes], str]] = {
    "remarked": lambda _: "在案件中留言",
    "copied": lambda codes: f"抄送{_names(codes)}",
}

ON_A_TASK: Mapping[str, Callable[[Codes], str]] = {
    "assigned": lambda codes: f"指派给{codes['to']}",
    "handed_over": lambda codes: f"转交给{codes['to']}",
    "left_behind": lambda codes: (
        f"原经手人{codes['from']}离岗，" + (f"转由{codes['to']}办理" if codes.get("to") else "退回本单位")
    ),
    "urged": lambda codes: f"催办，已告知{_names(codes)}",
    "ordered": lambda codes: f"督办，要求{codes['due']}前回复，已告知{_names(codes)}",
    "order_closed": lambda _: "督办办结",
    "opinion_asked": lambda codes: f"提请{codes['post']}会签",
    "suspended": lambda codes: "期限中止" + (f"（{codes['why']}）" if codes.get("why") else ""),
    "resumed": lambda codes: f"自{codes['since']}起的中止已恢复，期限{_until(codes)}",
    "extension_asked": lambda codes: f"申请延长{codes['days']}个工作日",
    "extension_granted": lambda codes: (
        f"同意延长{codes['days']}个工作日，期限由{codes.get('old') or '无'}改为{codes.get('new') or '无'}"
    ),
    "extension_refused": lambda codes: f"未同意延长{codes['days']}个工作日，期限不变",
}


PEOPLE = ("to", "from", "acted_for")


def act_text(action: str, codes: Codes, label: str | None) -> str | None:
    """The act in words, `label` being the step's, None for an act on the case itself; None for an action that is none."""
    if label is None:
        said = ON_A_CASE.get(action)
        return said(codes) if said else None
    said = ON_A_TASK.get(action)
    return f"{label}：{said(codes)}" if said else None


def usernames_in(codes: Codes) -> set[str]:
    """Whom the codes of an entry name beside its actor."""
    named = [codes.get(name) for name in PEOPLE]
    return {one for value in named for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}


def with_names(codes: Codes, names: Mapping[str, str]) -> Codes:
    """The codes with the names of accounts in place of their usernames, for the text alone."""
    said = {name: _named(codes[name], names) for name in PEOPLE if codes.get(name)}
    return {**codes, **said}


def with_category(codes: Codes, known: Mapping[str, str]) -> Codes:
    """The codes of a suspension with what its category is called now, for the text alone; one no longer known by its code."""
    category = codes.get("category")
    return {**codes, "why": known.get(category, category)} if category else codes


def _named(value: Any, names: Mapping[str, str]) -> Any:
    return [names.get(one, one) for one in value] if isinstance(value, list) else names.get(value, value)


def _names(codes: Codes) -> str:
    return "、".join(dict.fromkeys(codes.get("to") or ["（无人在岗）"]))


def _until(codes: Codes) -> str:
    return f"至{codes['new']}" if codes.get("new") else "未设"
