"""What each parameter means, how a typed value is read, and what a new value may not be (A-14, A-15, A-18, A-19).

Values are kept as they are written: money and ratios as strings with a dot ("15000.00", "0.70"), counts as whole numbers,
so that the same value means the same in a pack, in a table and in a rule. None is an answer too: deliberately empty.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from policy.rulebook import Parameter, Rulebook
from policy.terms import Category

EMPTY = "无"
CENT = Decimal("0.01")

WHOLE_NUMBERS = {"WD": "工作日", "days": "天", "months": "个月", "count": "人（个）", "day_of_next_month": "日（次月）"}
UNIT_LABELS = {
    **WHOLE_NUMBERS,
    "yuan": "元",
    "ratio": "比例",
    "ratio_of_pcdi": "上年全省居民人均可支配收入的比例",
    "tiers": "分段比例",
    "bool": "是/否",
    "text": "文字",
    "list": "清单",
    "map": "对照表",
}


@dataclass(frozen=True)
class ParameterKind:
    """`units`: what a value may be counted in, the usual one first. `options`: the only texts that have a meaning."""

    label: str
    units: tuple[str, ...]
    may_be_empty: bool = False
    options: tuple[str, ...] = ()
    hint: str = ""


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


@dataclass(frozen=True)
class Finding:
    """What speaks against a new value. An `error` refuses it; a `warning` is shown and may be overridden."""

    severity: str
    clause: str
    zh: str
    en: str


def _term(label: str) -> ParameterKind:
    return ParameterKind(label, ("WD",), may_be_empty=True, hint="工作日数，如 5；不设期限的填“无”")


def _switch(label: str) -> ParameterKind:
    return ParameterKind(label, ("bool",), hint="是 或 否")


def _money(label: str, *, may_be_empty: bool = False) -> ParameterKind:
    return ParameterKind(label, ("yuan",), may_be_empty, hint="金额（元），如 40000.00")


KINDS: Mapping[str, ParameterKind] = {
    "ACCEPT_WD": _term("受理审查期限"),
    "SUPPLEMENT_WD": _term("补正材料期限"),
    "SURVEY_WD": _term("入户调查和审核期限"),
    "SURVEY_MIN_STAFF": ParameterKind("入户调查最少人数", ("count",)),
    "PUB_TWP_DAYS": ParameterKind("乡镇公示期", ("days", "WD")),
    "PUB_CTY_WD": ParameterKind("县级公示期", ("WD", "days")),
    "PUB_ROLL": _switch("公示期最后一日遇休息日顺延"),
    "PUB_COUNT_POSTING_DAY": _switch("张贴之日计入公示期"),
    "PUB_RESTART_AFTER_OBJECTION": _switch("异议复核后公示期重新计算"),
    "POST_WD": _term("张贴公示期限"),
    "FORWARD_WD": _term("公示期满后报送县级期限"),
    "COUNTY_WD": _term("县级审批期限"),
    "REJECT_NOTICE_WD": _term("书面告知期限"),
    "DELIVERY_WD": _term("告知书送达期限"),
    "PAY_AFTER_PUBLICITY": _switch("县级公示期满后方可申请拨款"),
    "PAY_APPLY_WD": _term("提交拨款申请期限"),
    "FIN_WD": _term("财政审核期限"),
    "PAY_WD": _term("支付期限"),
    "PARAMETER_WD": _term("补录缺失参数期限"),
    "PENDING_PAPERS_WD": _term("容缺材料补交期限"),
    "RONGQUE": _switch("是否实行容缺受理"),
    "REQUIRED_PAPERS": ParameterKind("申请须交的材料", ("list",)),
    "PENDING_PAPERS": ParameterKind("可以后补的材料", ("list",)),
    "RECOGNITION_REQUIRED": ParameterKind("须附民政部门认定材料的类别", ("list",)),
    "DEADLINE_INCLUSIVE": _switch("“N日前”含当日"),
    "DATE_ROLL": ParameterKind("固定日期遇休息日", ("text",), options=("PREV_IN_MONTH_ELSE_NEXT", "NEXT")),
    "LATE_AGAINST": ParameterKind("超期的判定", ("text",), options=("MAX_NOMINAL_WORK", "NEXT_WD")),
    "ESCALATION": ParameterKind("督办阶梯", ("map",)),
    "LADDER_HOUR": ParameterKind("督办时刻", ("text",), hint="时:分，如 09:00"),
    "T-DYN": ParameterKind("动态调整名单报送期限", ("WD",)),
    "T-FBK": ParameterKind("认定结果反馈期限", ("WD",)),
    "FBK_START": ParameterKind("认定结果反馈起算", ("text",), options=("RECOGNITION_DECISION", "RECEIPT_OF_PUSH")),
    "T-PUSH": ParameterKind("高额医疗费用负担患者信息推送日期", ("day_of_next_month",)),
    "T-RECON": ParameterKind("行政复议申请期限", ("days",)),
    "T-SUIT": ParameterKind("行政诉讼起诉期限", ("months",)),
    "KEY_TARGETS": ParameterKind("重点救助对象", ("list",)),
    "AID_CATEGORIES": ParameterKind("可以享受救助的类别", ("map",)),
    "CONDITIONS_REQUIRED": ParameterKind("认定条件由市统一规定的类别", ("list",)),
    "CONDITIONS": ParameterKind("认定条件", ("text",), may_be_empty=True),
    "RATE_FLOOR": ParameterKind("重点救助对象救助比例下限", ("ratio",)),
    "CAP_FLOOR": _money("年度最高救助限额下限"),
    "BENEFIT_EVENT_DATE": ParameterKind("适用待遇的日期", ("text",), options=("SETTLEMENT", "DISCHARGE", "ADMISSION")),
    "DEDUCT_SCOPE": ParameterKind("起付线的计算范围", ("text",), options=("YEAR", "CASE")),
    "PCDI_FALLBACK": ParameterKind("上年度收入数据未公布时", ("text",), options=("PREVIOUS_YEAR", "NONE")),
    "GXZC_LOOKBACK_MONTHS": ParameterKind("申请前可计入费用的月数", ("months",), may_be_empty=True),
    "MODULE_SINGLE_DISEASE": _switch("启用单病种付费救助"),
    "MODULE_CARE_AID": _switch("启用大病关怀救助"),
    "DISEASE_LIST": ParameterKind("省定重特大疾病病种", ("map",)),
    "DISEASE_CEILING": _money("单病种最高限额"),
    "BALANCE_RATIO_MAX": ParameterKind("基金累计结余比例上限", ("ratio",), hint="比例，如 15%"),
    "PCDI": _money("全省居民人均可支配收入"),
    "RATE": ParameterKind("救助比例", ("ratio", "tiers"), hint="比例，如 60%；分段的如 0:50%，20000:60%"),
    "DEDUCT": ParameterKind(
        "起付标准",
        ("yuan", "ratio_of_pcdi"),
        may_be_empty=True,
        hint="金额（元）如 7731.00，或 25% PCDI；不设的填“无”",
    ),
    "CAP": _money("年度最高救助限额（封顶线）", may_be_empty=True),
    "PREMIUM": _money("居民医保个人缴费标准"),
    "FISCAL_SUBSIDY": _money("居民医保财政补助标准"),
    "SUBSIDY": _money("资助参保标准"),
    "PREMIUM_PERIOD": ParameterKind("集中参保缴费期", ("map",)),
}


def kind_of(key: str) -> ParameterKind:
    """The meaning of `RATE(GXZC)` is that of RATE. Raises BadValue for a key that no rule asks for."""
    try:
        return KINDS[_base(key)]
    except KeyError:
        raise BadValue("没有这个参数", "there is no such parameter") from None


def label(key: str) -> str:
    """As people read it: 救助比例（低保对象）. A key without a meaning is shown as it is."""
    kind = KINDS.get(_base(key))
    if kind is None:
        return key
    dimension = _dimension(key)
    named = Category(dimension).label if dimension in set(Category) else dimension
    return f"{kind.label}（{named}）" if named else kind.label


def read_value(key: str, typed: str) -> TypedValue:
    """A typed value with its unit; `无` where nothing is deliberately laid down. Raises BadValue."""
    kind = kind_of(key)
    text = _half_width(typed)
    if text == EMPTY:
        if not kind.may_be_empty:
            raise BadValue("该参数必须有值，不能填“无”", "this parameter must have a value")
        return TypedValue(None, kind.units[0])
    unit = _unit_meant(kind, text)
    return TypedValue(_READERS[unit](kind, text), unit)


def well_formed(unit: str, value: Any) -> bool:
    """Whether a stored value is of the shape that its unit promises."""
    if value is None:
        return unit in UNIT_LABELS
    if unit in WHOLE_NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if unit in ("yuan", "ratio", "ratio_of_pcdi"):
        return _is_decimal(value)
    if unit == "tiers":
        return isinstance(value, list) and all(_is_decimal(t["above"]) and _is_decimal(t["rate"]) for t in value)
    shapes: Mapping[str, type] = {"bool": bool, "text": str, "list": list, "map": dict}
    return unit in shapes and isinstance(value, shapes[unit])


def check(rulebook: Rulebook, candidate: Parameter) -> tuple[Finding, ...]:
    """What speaks against `candidate`, seen beside the values in force on its first day."""
    base, category = _base(candidate.key), _dimension(candidate.key)
    findings: list[Finding] = []
    if base == "RATE":
        findings += _check_tiers(candidate)
        findings += _check_rate_floor(rulebook, candidate, category)
        findings += _check_rank(rulebook, candidate, category)
    elif base == "CAP":
        findings += _check_cap_floor(rulebook, candidate)
    elif base == "MODULE_SINGLE_DISEASE" and candidate.value is True:
        findings.append(
            Finding("error", "A-21", "单病种付费救助尚未建成，不能启用", "the single-disease scheme is not built yet")
        )
    return tuple(findings)


def rates(parameter: Parameter) -> tuple[Decimal, ...]:
    """All rates that a RATE holds: one, or one for each tier."""
    if parameter.unit == "tiers":
        return tuple(Decimal(tier["rate"]) for tier in parameter.value)
    return (Decimal(parameter.value),)


def _check_tiers(candidate: Parameter) -> Iterable[Finding]:
    if candidate.unit != "tiers":
        return
    bounds = [Decimal(tier["above"]) for tier in candidate.value]
    if not _rises(bounds) or not _rises(rates(candidate)):
        yield Finding(
            "error",
            "A-19",
            "分段救助标准的起点和比例都必须逐段提高",
            "the bounds and the rates of tiers must both rise from tier to tier",
        )


def _check_rate_floor(rulebook: Rulebook, candidate: Parameter, category: str) -> Iterable[Finding]:
    floor = rulebook.find("RATE_FLOOR", candidate.effective_from)
    if floor is None or category not in _listed(rulebook, "KEY_TARGETS", candidate.effective_from):
        return
    if min(rates(candidate)) < Decimal(floor.value):
        yield Finding(
            "error",
            floor.clause or "",
            f"重点救助对象的救助比例不得低于{_percent(Decimal(floor.value))}",
            f"the rate of key targets must not be below {_percent(Decimal(floor.value))}",
        )


def _check_cap_floor(rulebook: Rulebook, candidate: Parameter) -> Iterable[Finding]:
    floor = rulebook.find("CAP_FLOOR", candidate.effective_from)
    if floor is None or candidate.value is None:
        return
    if Decimal(candidate.value) < Decimal(floor.value):
        yield Finding(
            "warning",
            floor.clause or "",
            f"年度最高救助限额原则上不低于{floor.value}元",
            f"the annual cap should in principle not be below {floor.value} yuan",
        )


def _check_rank(rulebook: Rulebook, candidate: Parameter, category: str) -> Iterable[Finding]:
    """Other targets are in principle aided no better than key targets: seen from either side."""
    day = candidate.effective_from
    key_targets = _listed(rulebook, "KEY_TARGETS", day)
    others = set(_listed(rulebook, "AID_CATEGORIES", day)) - set(key_targets)
    if category in others:
        too_high = any(max(rates(candidate)) > min(rates(rate)) for rate in _rates_of(rulebook, key_targets, day))
    elif category in key_targets:
        too_high = any(max(rates(rate)) > min(rates(candidate)) for rate in _rates_of(rulebook, others, day))
    else:
        return
    if too_high:
        yield Finding(
            "warning",
            "A-18",
            "其他救助对象的救助比例原则上不高于重点救助对象",
            "other targets should in principle not be aided at a higher rate than key targets",
        )


def _rates_of(rulebook: Rulebook, categories: Iterable[str], day: date) -> list[Parameter]:
    return [rate for rate in (rulebook.find(f"RATE({c})", day) for c in sorted(categories)) if rate is not None]


def _listed(rulebook: Rulebook, key: str, day: date) -> list[str]:
    found = rulebook.find(key, day)
    return list(found.value) if found else []


def _base(key: str) -> str:
    return key.partition("(")[0]


def _dimension(key: str) -> str:
    return key.partition("(")[2].removesuffix(")")


def _half_width(typed: str) -> str:
    return typed.strip().translate(str.maketrans("％，；：（）　", "%,;:() "))


def _unit_meant(kind: ParameterKind, text: str) -> str:
    if "tiers" in kind.units and ":" in text:
        return "tiers"
    if "ratio_of_pcdi" in kind.units and re.search("PCDI|收入", text, re.IGNORECASE):
        return "ratio_of_pcdi"
    return kind.units[0]


def _read_whole(_kind: ParameterKind, text: str) -> int:
    match = re.fullmatch(r"(\d{1,4})\s*(个?工作日|天|日|个月|人|个)?", text)
    if match is None or int(match[1]) == 0:
        raise BadValue("请填写大于零的整数", "a whole number above zero is needed")
    return int(match[1])


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
    return _read_ratio(kind, re.sub(r"\s*(PCDI|人均可支配收入|收入)\s*|的|×|\*", "", text, flags=re.IGNORECASE))


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


def _read_text(kind: ParameterKind, text: str) -> str:
    if kind.options and text not in kind.options:
        raise BadValue(f"只能是：{'、'.join(kind.options)}", f"must be one of {', '.join(kind.options)}")
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


def _read_list(_kind: ParameterKind, text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,、;]", text) if part.strip()]


def _read_map(_kind: ParameterKind, _text: str) -> dict[str, Any]:
    raise BadValue("该参数不能在此录入，请通过规则包导入", "this parameter cannot be typed in; import it with a pack")


_READERS: Mapping[str, Callable[[ParameterKind, str], Any]] = {
    **dict.fromkeys(WHOLE_NUMBERS, _read_whole),
    "yuan": _read_yuan,
    "ratio": _read_ratio,
    "ratio_of_pcdi": _read_ratio_of_pcdi,
    "tiers": _read_tiers,
    "bool": _read_bool,
    "text": _read_text,
    "list": _read_list,
    "map": _read_map,
}


def _is_decimal(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) >= 0
    except InvalidOperation:
        return False


def _rises(values: Iterable[Decimal]) -> bool:
    return all(low < high for low, high in pairwise(values))


def _percent(ratio: Decimal) -> str:
    return f"{(ratio * 100).normalize():f}%"
