"""Subset match with operators: what a story expects of JSON, and each place where it came otherwise.

A mapping matches when each of its keys matches; a list matches item by item and in length; anything else must be equal.
A mapping whose keys are all operators asks about the value as a whole:

    contains: x   a list has an item that matches x (each of them, where x is a list), a text has x in it, a mapping
                  matches x, or has the key x
    absent: x     none of that; `absent: true` = the key is not there or null
    count: n      the number of items; beside `contains: x`, of those that match it; `count: {of: x, is: n}` likewise
    matches: re   the regular expression is found in the text; ^ and $ mean its whole
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPERATORS = ("contains", "absent", "count", "matches")


class _Nothing:
    """There is no such key or item."""

    def __repr__(self) -> str:
        return "（没有）"


NOTHING = _Nothing()


@dataclass(frozen=True)
class Difference:
    """Where it came otherwise: a path, what was expected, what came."""

    path: str
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.path or '（整体）'}：应为 {self.expected}，实为 {self.came}"


def differences(expected: Any, came: Any, path: str = "") -> list[Difference]:
    """Every place where `came` does not hold what is `expected`; empty when it matches."""
    if isinstance(expected, Mapping):
        if _asks(expected, came):
            return [one for name, operand in _questions(expected) for one in _ask(name, operand, came, path)]
        if not isinstance(came, Mapping):
            return [_otherwise(path, expected, came)]
        return [
            one
            for key, value in expected.items()
            for one in differences(value, came.get(key, NOTHING), f"{path}.{key}".lstrip("."))
        ]
    if isinstance(expected, list):
        if not isinstance(came, list) or len(came) != len(expected):
            return [_otherwise(path, expected, came)]
        return [
            one
            for number, (value, item) in enumerate(zip(expected, came, strict=True))
            for one in differences(value, item, f"{path}[{number}]")
        ]
    same = expected == came and isinstance(expected, bool) == isinstance(came, bool)
    return [] if same else [_otherwise(path, expected, came)]


def _asks(expected: Mapping[str, Any], came: Any) -> bool:
    """Whether the keys are operators, and not names that the answer itself bears (`count` of an upload)."""
    operators = bool(expected) and all(key in OPERATORS for key in expected)
    return operators and not (isinstance(came, Mapping) and all(key in came for key in expected))


def _questions(expected: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """`{contains: x, count: n}` counts what matches x, as it does for mails; n may be none."""
    wanted, number = expected.get("contains"), expected.get("count")
    if wanted is None or not isinstance(number, int):
        return list(expected.items())
    rest = [(name, operand) for name, operand in expected.items() if name not in ("contains", "count")]
    return [("count", {"of": wanted, "is": number}), *rest]


def _ask(operator: str, operand: Any, came: Any, path: str) -> list[Difference]:
    holds = _HOLDS[operator](operand, came)
    return [] if holds else [Difference(path, f"{_WORDS[operator]} {_short(operand)}", _short(came))]


def _contains(operand: Any, came: Any) -> bool:
    if isinstance(came, list):
        wanted = operand if isinstance(operand, list) else [operand]
        return all(any(not differences(one, item) for item in came) for one in wanted)
    if isinstance(came, str):
        return isinstance(operand, str) and operand in came
    if isinstance(came, Mapping) and isinstance(operand, str):
        return operand in came
    return isinstance(came, Mapping) and not differences(operand, came)


def _absent(operand: Any, came: Any) -> bool:
    if operand is True:
        return came is NOTHING or came is None
    return not _contains(operand, came)


def _count(operand: Any, came: Any) -> bool:
    if not isinstance(came, list):
        return False
    if isinstance(operand, Mapping):
        wanted = operand["of"] if isinstance(operand["of"], list) else [operand["of"]]
        found = sum(any(not differences(one, item) for one in wanted) for item in came)
        return found == int(operand["is"])
    return len(came) == int(operand)


def _matches(operand: Any, came: Any) -> bool:
    return isinstance(came, str) and re.search(str(operand), came) is not None


_HOLDS = {"contains": _contains, "absent": _absent, "count": _count, "matches": _matches}
_WORDS = {"contains": "包含", "absent": "不出现", "count": "数量为", "matches": "符合"}

LONGEST = 600


def _otherwise(path: str, expected: Any, came: Any) -> Difference:
    return Difference(path, _short(expected), _short(came))


def _short(value: Any) -> str:
    text = repr(value) if value is NOTHING else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…（共 {len(text)} 字）"
