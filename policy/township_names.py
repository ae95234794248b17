"""Townships as lists call them: 凤城 and 凤城镇人民政府 are 凤城镇; a name that is none of the county's has nearest ones."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

_OFFICES = ("街道办事处", "人民政府", "街道办", "办事处", "便民服务中心")
_ENDINGS = ("街道", "镇", "乡")
_ALIKE = 0.4
"""Of 0 to 1: one character of a name of two is enough."""


def same_township(typed: str, names: Iterable[str]) -> str | None:
    """The official name that is meant, whole or without its ending; None where none is, or more than one may be."""
    wanted = _plain(typed)
    known = {_plain(name): name for name in names}
    if wanted in known:
        return known[wanted]
    short = [name for plain, name in known.items() if _short(plain) == _short(wanted)]
    same_kind = wanted == _short(wanted)
    return short[0] if len(short) == 1 and same_kind else None


def nearest_townships(typed: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those that look most like it, at most three that do so equally; none where nothing does."""
    alike = [(SequenceMatcher(None, _plain(typed), _plain(name)).ratio(), name) for name in names]
    best = max((ratio for ratio, _ in alike), default=0.0)
    return tuple(name for ratio, name in alike if ratio == best)[:3] if best >= _ALIKE else ()


def _plain(typed: str) -> str:
    name = "".join(unicodedata.normalize("NFKC", typed).split())
    for office in _OFFICES:
        if name.endswith(office):
            name = name.removesuffix(office)
            return name if name.endswith(_ENDINGS) or office == "人民政府" else f"{name}街道"
    return name


def _short(name: str) -> str:
    ending = next((ending for ending in _ENDINGS if name.endswith(ending) and len(name) > len(ending) + 1), "")
    return name.removesuffix(ending)
