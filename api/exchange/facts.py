"""The facts of a matter in words: what its pages say of the codes, counts and dates that it keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policy.exchange_terms import Carrier, Direction, Insurance, ListType, RosterChange, SettlementFinding
from policy.terms import Category, Department, Term

LABELS: dict[str, str] = {
    "batch": "批次",
    "seq": "批次",
    "category": "对象类别",
    "categories": "对象类别",
    "period": "所属时段",
    "department": "部门",
    "departments": "部门",
    "carrier": "载体",
    "direction": "方向",
    "insurance": "险种",
    "list_type": "名单类型",
    "year": "年度",
    "rows": "行数",
    "persons": "人数",
    "households": "户数",
    "persons_added": "新增人数",
    "persons_removed": "减少人数",
    "households_added": "新增户数",
    "households_removed": "减少户数",
    "accepted": "接收行数",
    "returned": "退回行数",
    "duplicates": "重复行数",
    "selected": "筛选人数",
    "pushed": "推送人数",
    "suppressed": "未变不推人数",
    "zero": "零报告",
    "late": "逾期提供",
    "harmed": "受影响人数",
    "days_late": "迟报工作日数",
    "persons_affected": "受影响人数",
    "adjusted_on": "调整日期",
    "certificate_on": "证明日期",
    "provided_on": "提供日期",
    "received_on": "接收日期",
    "pushed_on": "推送日期",
    "recognised_on": "认定日期",
    "fed_back_on": "反馈日期",
    "due_on": "应完成日期",
    "settled_on": "结算日期",
    "since": "身份变动日期",
    "taken_in_on": "接收日期",
    "kind": "问题类型",
    "finding": "问题类型",
    "differences": "差异条数",
    "open": "待处理条数",
    "corrected": "已更正条数",
    "confirmed": "已确认条数",
    "withdrawn": "已撤回条数",
}
"""By the name of the fact, in the order in which they are shown. A fact that stands elsewhere on the page has no entry."""

_NOUNS: tuple[type[Term], ...] = (
    Category,
    Department,
    Carrier,
    Direction,
    Insurance,
    ListType,
    RosterChange,
    SettlementFinding,
)


@dataclass(frozen=True)
class Fact:
    """`day` where the value is a date, so that the page can write it as dates are written."""

    label: str
    value: str
    day: bool = False


def facts_in_words(facts: Mapping[str, Any]) -> list[Fact]:
    """What is known and not empty, in the order of LABELS."""
    return [_fact(name, facts[name]) for name in LABELS if facts.get(name) not in (None, "", [], {})]


def _fact(name: str, value: Any) -> Fact:
    if name == "returned" and isinstance(value, Mapping):
        return Fact("反馈日期", "；".join(f"{_words(code)} {_returned(part)}" for code, part in value.items()))
    if name == "late" and isinstance(value, list):
        return Fact("逾期未反馈的部门", _words(value))
    if isinstance(value, str) and _is_day(value):
        return Fact(LABELS[name], value, day=True)
    return Fact(LABELS[name], _words(value))


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "；".join(f"{_words(key)} {_words(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return "、".join(map(_words, value))
    return next((noun(value).label for noun in _NOUNS if value in set(noun)), str(value))


def _returned(part: Mapping[str, Any]) -> str:
    """A department's part of the joint review is back: on which day, and how late."""
    late = f"（超期{part['days_late']}个工作日）" if part["days_late"] else ""
    return f"{part['on'] or '—'}{late}"


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2026-11-01")
