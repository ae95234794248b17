"""The fields of an answer: declared once, they give the JSON Schema, the form on the page and the check at the counter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from policy.problems import Problem

LONGEST_LINE = 200
LONGEST_TEXT = 4000
LONGEST_COUNT = 9
"""Digits of the largest number of persons that can be typed."""


class Kind(StrEnum):
    LINE = "line"
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    COUNT = "count"
    CHOICE = "choice"
    CHOICES = "choices"
    NAMES = "names"
    DOCUMENTS = "documents"


@dataclass(frozen=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True)
class Field:
    """One thing asked for. Whatever is typed may be about people: every answer is stored encrypted as a whole."""

    name: str
    label: str
    kind: Kind
    required: bool = True
    choices: tuple[Choice, ...] = ()
    help: str = ""
    clause: str | None = None

    def schema(self) -> dict[str, Any]:
        """The field as a JSON Schema property, with its 中文 title; `x-` keys serve the form."""
        return {
            "name": self.name,
            "title": self.label,
            **self._shape(),
            "description": self.help,
            "x-kind": self.kind.value,
            "x-required": self.required,
            "x-clause": self.clause,
            "x-labels": {choice.code: choice.label for choice in self.choices},
        }

    def _shape(self) -> dict[str, Any]:
        shape = dict(_SHAPES[self.kind])
        codes = [choice.code for choice in self.choices]
        match self.kind:
            case Kind.CHOICE:
                shape["enum"] = codes
            case Kind.CHOICES:
                shape["items"] = {"type": "string", "enum": codes}
            case Kind.DOCUMENTS:
                shape["items"] = _paper_shape(codes)
        if self.required and shape["type"] == "array":
            shape["minItems"] = 1
        if self.required and self.kind in (Kind.LINE, Kind.TEXT):
            shape["minLength"] = 1
        return shape

    def read(self, raw: Any) -> tuple[Any, Problem | None]:
        """The value in JSON form (dates and money as text), or what is wrong with it. Empty input is None."""
        empty = raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())
        if empty:
            return None, self._problem("必须填写", "is required") if self.required else None
        return _READERS[self.kind](self, raw)

    def _problem(self, zh: str, en: str) -> Problem:
        return Problem(f"/fields/{self.name}", f"“{self.label}”{zh}", f"{self.name} {en}", self.clause)


def fields_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """What an answer's `fields` must be, as one JSON Schema."""
    return {
        "type": "object",
        "properties": {field.name: field.schema() for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def read_fields(fields: Sequence[Field], raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """All values that were given, and every problem at once: one for each wrong, missing or unknown field."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in fields:
        value, problem = field.read(raw.get(field.name))
        if problem:
            problems.append(problem)
        elif value is not None:
            values[field.name] = value
    known = {field.name for field in fields}
    problems += [
        Problem(f"/fields/{name}", f"本办理结果没有“{name}”这一项", f"{name} is not a field of this outcome")
        for name in raw
        if name not in known
    ]
    return values, problems


def _line(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    longest = LONGEST_LINE if field.kind is Kind.LINE else LONGEST_TEXT
    if not isinstance(raw, str):
        return None, field._problem("应为文字", "must be text")
    if len(raw) > longest:
        return None, field._problem(f"不得超过{longest}字", f"must not exceed {longest} characters")
    return raw.strip(), None


def _date(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    try:
        return date.fromisoformat(raw).isoformat(), None
    except (TypeError, ValueError):
        return None, field._problem("应为日期，如2025-03-12", "must be a date such as 2025-03-12")


def _money(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    try:
        amount = Decimal(raw) if isinstance(raw, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        return None, field._problem("应为金额（元，两位小数）", 'must be yuan as text with two places, "10200.00"')
    return f"{amount:.2f}", None


def _count(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    """A whole number, as a number or as it is typed."""
    typed = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_COUNT):
        return None, field._problem("应为不小于0的整数", "must be a whole number, 0 or more")
    return int(typed), None


def _choice(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    if raw in {choice.code for choice in field.choices}:
        return raw, None
    return None, field._problem("不在可选范围内", "is not one of the choices")


def _choices(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    chosen = [raw] if isinstance(raw, str) else raw
    codes = [choice.code for choice in field.choices]
    if not isinstance(chosen, list) or any(code not in codes for code in chosen):
        return None, field._problem("不在可选范围内", "has an entry that is not one of the choices")
    return [code for code in codes if code in chosen], None


def _names(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    names = raw.replace("、", "\n").replace("，", "\n").splitlines() if isinstance(raw, str) else raw
    if not isinstance(names, list) or any(not isinstance(name, str) for name in names):
        return None, field._problem("应逐一填写姓名", "must be a list of names")
    given = [name.strip() for name in names if name.strip()]
    if any(len(name) > LONGEST_LINE for name in given):
        return None, field._problem("姓名过长", "has a name that is too long")
    if len(set(given)) < len(given):
        return None, field._problem("有重复的姓名", "names the same person twice")
    return given, None


def _documents(field: Field, raw: Any) -> tuple[Any, Problem | None]:
    kinds = {choice.code for choice in field.choices}
    if not isinstance(raw, list) or any(
        not isinstance(paper, dict) or paper.get("kind") not in kinds or not isinstance(paper.get("file"), str)
        for paper in raw
    ):
        return None, field._problem("应逐份写明材料种类和文件", "must list the papers as {kind, file}")
    return [{"kind": paper["kind"], "file": paper["file"]} for paper in raw], None


def _paper_shape(kinds: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["kind", "file"],
        "properties": {"kind": {"type": "string", "enum": kinds}, "file": {"type": "string", "format": "uuid"}},
    }


_SHAPES: dict[Kind, dict[str, Any]] = {
    Kind.LINE: {"type": "string", "maxLength": LONGEST_LINE},
    Kind.TEXT: {"type": "string", "maxLength": LONGEST_TEXT},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MONEY: {"type": "string", "pattern": r"^\d+\.\d{2}$"},
    Kind.COUNT: {"type": "integer", "minimum": 0},
    Kind.CHOICE: {"type": "string"},
    Kind.CHOICES: {"type": "array", "uniqueItems": True},
    Kind.NAMES: {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    Kind.DOCUMENTS: {"type": "array"},
}

_READERS = {
    Kind.LINE: _line,
    Kind.TEXT: _line,
    Kind.DATE: _date,
    Kind.MONEY: _money,
    Kind.COUNT: _count,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.NAMES: _names,
    Kind.DOCUMENTS: _documents,
}
