"""A matter's number as people say it: its key names a department by code and what has no number of its own by an id."""

import re

from policy.terms import Department

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LABELS = {department.value: department.label for department in Department}
_CODES = {label: code for code, label in _LABELS.items()}


def part_in_words(part: str) -> str:
    """A department by name; an id by its last eight characters; anything else as it is."""
    return part[-8:] if _UUID.fullmatch(part) else _LABELS.get(part, part)


def number_in_words(number: str) -> str:
    """140522/civil_affairs/DB/2026-11/1 is 140522/民政/DB/2026-11/1; an application's number stays."""
    return "/".join(map(part_in_words, number.split("/")))


def as_kept(number: str) -> str:
    """What `number_in_words` wrote, as it is kept: for a search by the number that a page or a mail shows."""
    return "/".join(_CODES.get(part, part) for part in number.split("/"))
