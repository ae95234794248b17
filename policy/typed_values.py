"""Reads the value of a parameter as an official types it: 5, 40,000.00, 60%, 25% PCDI, 是, 无."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from policy.parameters import KINDS, WHOLE_NUMBERS, ParameterKind, base_of

EMPTY = "无"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class TypedValue:
    value: Any
    unit: str


class BadValue(ValueError):
    """A typed value that cannot be read. Carries no copy of what was typed."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def read_value(key: str, typed: str) -> TypedValue:
    """A typed value with its unit; `无` where nothing is deliberately laid down. Raises BadValue."""
    kind = KINDS.get(base_of(key))
    if kind is None:
        raise BadValue("没有这个参数", "there is no such parameter")
    text = _half_width(typed)
    if text == EMPTY:
        if not kind.may_be_empty:
            raise BadValue("该参数必须有值，不能填“无”", "this parameter must have a value")
        return TypedValue(None, kind.units[0])
    unit = _unit_meant(kind, text)
    return TypedValue(_READERS[unit](kind, typed.strip() if unit == "text" else text), unit)


def _half_width(typed: str) -> str:
    return typed.strip().translate(str.maketrans("％，；：（）　", "%,;:() "))


def _unit_meant(kind: ParameterKind, text: str) -> str:
    if ":" in text and (whole := next((unit for unit in ("tiers", "map") if unit in kind.units[1:]), None)):
        return whole
    if "ratio_of_pcdi" in kind.units and re.search("PCDI|收入", text, re.IGNORECASE):
        return "ratio_of_pcdi"
    return kind.units[0]


def _read_whole(kind: ParameterKind, text: str) -> int:
    match = re.fullmatch(r"(\d{1,4})\s*(个?工作日|天|日|个月|人|个|周?岁)?", text)
    if match is None or (int(match[1]) == 0 and not kind.may_be_zero):
        raise BadValue("请填写大于零的整数", "a whole number above zero is needed")
    return int(match[1])


def _read_day_of_month(kind: ParameterKind, text: str) -> int:
    day = _read_whole(kind, text)
    if day > 31:
        raise BadValue("请填写1至31的日期，31为当月最后一日", "a day from 1 to 31 is needed; 31 is the month's last")
    return day


def _read_yuan(_kind: ParameterKind, text: str) -> str:
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,2})?\s*元?", text)
    if match is None:
        raise BadValue(
            "请填写金额（元），最多两位小数，如 40000.00", "an amount in yuan with at most two places is needed"
        )
    return str(Decimal(match[1].replace(",", "") + (match[2] or "")).quantize(CENT))


def _read_ratio(_kind: ParameterKind, text: str) -> str:
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*(%?)", text)
    value = Decimal(match[1]) / (100 if match[2] else 1) if match else None
    if value is None or not 0 < value <= 1:
        raise BadValue(
            "请填写 0 到 1 之间的比例，如 0.6 或 60%", "a ratio above 0 and up to 1 is needed, as 0.6 or 60%"
        )
    return str(value.quantize(CENT)) if value == value.quantize(CENT) else str(value.normalize())


def _read_ratio_of_pcdi(kind: ParameterKind, text: str) -> str:
    return _read_ratio(kind, re.sub(r"\s*(PCDI|[\u4e00-\u9fff]*收入的?|[×*])\s*", "", text, flags=re.IGNORECASE))


def _read_tiers(kind: ParameterKind, text: str) -> list[dict[str, str]]:
    pairs = [part.partition(":") for part in re.split(r"[;,]\s*", text) if part.strip()]
    return [
        {"above": _read_yuan(kind, above.strip()), "rate": _read_ratio(kind, rate.strip())} for above, _, rate in pairs
    ]


def _read_bool(_kind: ParameterKind, text: str) -> bool:
    known = {"是": True, "否": False, "true": True, "false": False}
    if text.lower() not in known:
        raise BadValue("请填写“是”或“否”", "yes (是) or no (否) is needed")
    return known[text.lower()]


def _one_of(kind: ParameterKind, text: str) -> str:
    if kind.options and text not in kind.options:
        raise BadValue(f"只能是：{'、'.join(kind.options)}", f"must be one of {', '.join(kind.options)}")
    return text


def _read_text(kind: ParameterKind, text: str) -> str:
    _one_of(kind, text)
    if not text:
        raise BadValue("请填写参数值", "a value is needed")
    if "时:分" in kind.hint:
        return _read_hour(text)
    return text


def _read_hour(text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        raise BadValue("请按 时:分 填写，如 09:00", "a time such as 09:00 is needed") from None


def _read_list(kind: ParameterKind, text: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[,、;]", text) if part.strip()]
    return [_one_of(kind, part) for part in parts]


def _read_map(kind: ParameterKind, text: str) -> dict[str, Any]:
    """Amounts by code: A61-04:30000; A61-05:25000."""
    if "yuan" not in kind.units:
        raise BadValue(
            "该参数不能在此录入，请导入工作日历或规则包", "this cannot be typed in; import the calendar or the pack"
        )
    pairs = [part.partition(":") for part in re.split(r";\s*", text) if part.strip()]
    if any(not re.fullmatch(r"[A-Za-z0-9.-]{1,20}", code.strip()) for code, _, _ in pairs):
        raise BadValue(
            "请逐项填写“代码:金额”，以分号分隔", "entries such as CODE:AMOUNT, parted by semicolons, are needed"
        )
    return {code.strip().upper(): _read_yuan(kind, amount.strip()) for code, _, amount in pairs}


_READERS: Mapping[str, Callable[[ParameterKind, str], Any]] = {
    **dict.fromkeys(WHOLE_NUMBERS, _read_whole),
    "day_of_month": _read_day_of_month,
    "day_of_next_month": _read_day_of_month,
    "yuan": _read_yuan,
    "ratio": _read_ratio,
    "ratio_of_pcdi": _read_ratio_of_pcdi,
    "tiers": _read_tiers,
    "bool": _read_bool,
    "text": _read_text,
    "list": _read_list,
    "map": _read_map,
}
