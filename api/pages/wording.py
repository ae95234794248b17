"""How dates, money and periods are written on pages. Filters of the templates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from api.texts import translations
from policy import terms
from policy.deadlines import SHANGHAI
from policy.matter_numbers import part_in_words
from policy.money import on_paper, percent, yuan
from policy.parameters import label as parameter_label
from policy.terms import Rung

_WEEKDAYS = {"zh-CN": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_UNITS = {
    "zh-CN": {"WD": "{}个工作日", "days": "{}日", "months": "{}个月", "day_of_next_month": "次月{}日"},
    "en": {
        "WD": "{} working days",
        "days": "{} days",
        "months": "{} months",
        "day_of_next_month": "day {} of the next month",
    },
}
_WORDS = {
    "zh-CN": {
        "no_term": "无期限",
        "week": "周",
        "none": "无",
        "entries": "共{}项",
        "yes": "是",
        "no": "否",
        "of_income": "上年全省居民人均可支配收入的{}",
    },
    "en": {
        "no_term": "no term",
        "week": "",
        "none": "none",
        "entries": "{} entries",
        "yes": "yes",
        "no": "no",
        "of_income": "{} of last year's disposable income per head",
    },
}
SHOWN_ENTRIES = 3
"""Longer lists and tables are counted: they stand in the parameter's own document."""
MARKS = {
    "DEMO": "演示参数",
    "FALLBACK": "沿用上年统计数据",
    "UNREVIEWED": "含待复核参数",
    "UNCONFIRMED": "含待确认参数",
    "demonstration": "演示值",
    "document": "来自文件",
    "local": "本地设置",
    "unconfirmed": "待确认",
    "unreviewed": "待复核",
}
"""How sure a value is, and what a decision carries because of it."""
MARK_MEANINGS = {
    "DEMO": "使用了演示用的参数，金额不得用于实际审批",
    "FALLBACK": "上一年度统计数据尚未公布，沿用再上一年度的",
    "UNREVIEWED": "所用参数中有录入后尚未经他人复核的",
    "UNCONFIRMED": "所用参数中有文件未写明、待主管部门确认的",
    "demonstration": "仅供演示，没有文件依据",
    "document": "文件原文所定",
    "local": "文件未作规定，由本地自行设定，可以调整",
    "unconfirmed": "文件有多种理解，暂按其中一种，待主管部门确认",
    "unreviewed": "已由市级录入，尚未经他人复核",
}
"""The same in a sentence, for whoever points at a mark."""
OPTIONS = {
    "YEAR": "按年度累计",
    "CASE": "按次计算",
    "SETTLEMENT": "结算日期",
    "DISCHARGE": "出院日期",
    "ADMISSION": "入院日期",
    "PREVIOUS_YEAR": "沿用再上一年度的",
    "NONE": "不沿用",
    "DIRECT": "直接报销",
    "TOWNSHIP": "向乡镇申请",
    "SINGLE_DISEASE": "单病种付费",
    "CARD": "医疗救助卡",
    "DESIGNATED": "定点就医购药",
    "FIXED": "定期定额",
    "MONTH": "按月",
    "QUARTER": "按季",
}
"""What the texts mean that a parameter may be set to (`policy/parameters.py`), where a sheet shows them."""
_LISTED: tuple[type[terms.Term], ...] = (terms.Category, terms.DocumentKind, terms.Department)
_CLAUSE = re.compile(r"[A-Z]-\d{2}[a-z]?")


@dataclass(frozen=True)
class CountedDay:
    """A day of a period: its number, or why it does not count."""

    day: date
    number: int | None
    why: str = ""


class Wording:
    """The filters for one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._weekdays = _WEEKDAYS[language]
        self._units = _UNITS[language]
        self._words = _WORDS[language]

    def day(self, value: date | str | None) -> str:
        """2025-10-14 周二."""
        if value in (None, ""):
            return "—"
        on = _date(value)
        return f"{on.isoformat()} {self._words['week']}{self._weekdays[on.weekday()]}"

    def short_day(self, value: date | str) -> str:
        """10-14 周二."""
        return self.day(value)[5:]

    def moment(self, value: datetime | str | None) -> str:
        """2025-10-14 09:30, in Shanghai."""
        if value in (None, ""):
            return "—"
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        assert isinstance(at, datetime)
        return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

    def money(self, value: Decimal | str | None) -> str:
        """10,200.00."""
        return "—" if value in (None, "") else f"{Decimal(value):,.2f}"

    def term(self, rule: Any) -> str:
        """The length of a period as its rule states it: 10个工作日."""
        value, unit = _read(rule, "value"), str(_read(rule, "unit"))
        return self._words["no_term"] if value is None else self._units.get(unit, "{} " + unit).format(value)

    def worth(self, parameter: Any) -> str:
        """A parameter's value in its unit: 70%, 15,000.00, 按年度累计, 10个工作日; 无 where it is deliberately empty."""
        value, unit = _read(parameter, "value"), str(_read(parameter, "unit"))
        if value is None:
            return self._words["none"]
        match unit:
            case "yuan":
                return self.money(value)
            case "ratio":
                return percent(Decimal(value))
            case "ratio_of_pcdi":
                return self._words["of_income"].format(percent(Decimal(value)))
            case "tiers":
                return "；".join(f"{yuan(Decimal(t['above']))}: {percent(Decimal(t['rate']))}" for t in value)
            case "bool":
                return self._words["yes" if value else "no"]
            case "list" | "map":
                return (
                    self._words["entries"].format(len(value))
                    if len(value) > SHOWN_ENTRIES
                    else "、".join(map(self._entry, value))
                )
            case _:
                return self.term(parameter) if unit in self._units else self._entry(str(value))

    def _entry(self, code: str) -> str:
        """A text or an entry of a list as people read it; the code itself where it has no label."""
        text = next((noun(code).label for noun in _LISTED if code in set(noun)), OPTIONS.get(code, code))
        return translations(self._language).gettext(text)

    def number_in_words(self, number: str) -> str:
        """A subject's number as people say it: its department by name, an internal id by its last eight characters."""
        say = translations(self._language).gettext
        return "/".join(say(part_in_words(part)) if part else part for part in number.split("/"))

    def filters(self) -> dict[str, Any]:
        return {
            "day": self.day,
            "short_day": self.short_day,
            "moment": self.moment,
            "money": self.money,
            "on_paper": on_paper,
            "term": self.term,
            "day_by_day": day_by_day,
            "label": label,
            "worth": self.worth,
            "number_in_words": self.number_in_words,
            "parameter_label": parameter_label,
            "look": look,
            "mark_label": lambda code: MARKS.get(code, code),
            "mark_meaning": lambda code: MARK_MEANINGS.get(code, ""),
        }


def label(code: str, noun: str) -> str:
    """The label of a code in a noun of `policy/terms.py`; the code itself where that noun does not know it."""
    known: type[terms.Term] = getattr(terms, noun)
    return known(code).label if code in {member.value for member in known} else code


def day_by_day(due: Any) -> list[CountedDay]:
    """The counted and the skipped days of a period in the order in which they come."""
    counted = [CountedDay(_date(day), number) for number, day in enumerate(_read(due, "counted") or (), start=1)]
    skipped = [CountedDay(_date(_read(s, "day")), None, _read(s, "why")) for s in _read(due, "skipped") or ()]
    return sorted([*counted, *skipped], key=lambda line: line.day)


def look(tag: str) -> str:
    """How an entry of the timeline is drawn: an act, a deadline, or one that was missed."""
    if not tag.startswith("deadline:"):
        return "act"
    return "overdue" if tag.rpartition(":")[2] in (Rung.OVERDUE, Rung.CITY, Rung.PROVINCE) else "deadline"


def is_clause_id(value: object) -> bool:
    """Whether a code is the catalogue id of a clause (A-37), which pages cite in full."""
    return isinstance(value, str) and bool(_CLAUSE.fullmatch(value))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name)
