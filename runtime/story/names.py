"""What a story has saved, put in where `${name}` stands, and the paths by which it saves."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_PLACE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:([+-]\d+))?\}")
_PART = re.compile(r"[^.\[\]]+|\[-?\d+\]")


class UnknownName(Exception):
    """A story uses a name that no earlier step has saved."""

    def __init__(self, name: str) -> None:
        super().__init__(f"前面没有存下名为 {name} 的值")


class NoSuchPath(Exception):
    """An answer does not hold what a story wants to save."""

    def __init__(self, path: str) -> None:
        super().__init__(f"答复中没有 {path}")


def substitute(value: Any, names: Mapping[str, Any]) -> Any:
    """`value` with every `${name}` replaced, also inside texts; a text that is one name alone becomes the value itself.

    `${day+3}` adds calendar days to a saved date. Raises UnknownName.
    """
    if isinstance(value, str):
        whole = _PLACE.fullmatch(value)
        if whole:
            return _value(whole, names)
        return _PLACE.sub(lambda found: str(_value(found, names)), value)
    if isinstance(value, Mapping):
        return {substitute(key, names): substitute(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, names) for item in value]
    return value


def at_path(content: Any, path: str) -> Any:
    """The value at a path such as `refusal.number` or `items[0].id`, also as `$.items[0].id`. Raises NoSuchPath."""
    for part in _PART.findall(path.removeprefix("$")):
        try:
            content = content[int(part[1:-1])] if part.startswith("[") else content[_key(content, part)]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise NoSuchPath(path) from error
    return content


def _key(content: Any, part: str) -> Any:
    return int(part) if isinstance(content, list) else part


def _value(found: re.Match[str], names: Mapping[str, Any]) -> Any:
    name, days = found.groups()
    if name not in names:
        raise UnknownName(name)
    value = names[name]
    return (date.fromisoformat(value) + timedelta(days=int(days))).isoformat() if days else value
