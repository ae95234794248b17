"""More time and no time: what may be granted for a running period, and for how long it may stand still (R-TEAM)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policy.rulebook import Basis, Rulebook

WORKING_DAYS = "WD"


@dataclass(frozen=True)
class Impossible:
    """Why a period is not extended: a code, and a sentence in both languages."""

    code: str
    zh: str
    en: str


def why_not_extended(
    rulebook: Rulebook, basis: Mapping[str, Any], late_after: date | None, *, days: int, granted: int, today: date
) -> Impossible | None:
    """Whether `days` more working days may be asked for: None, or why not.

    Only a running term of working days that the offices have set themselves is theirs to lengthen: a term of a document, a
    citizen's period of appeal and a day that a person has named stay as they are. `granted` counts earlier extensions.
    """
    fixed = why_fixed(basis, late_after)
    if fixed or late_after is None:
        return fixed
    if today > late_after:
        return Impossible("too-late", "期限已过，不再办理延期", "the term is over; it can no longer be extended")
    times, most = (int(rulebook.parameter(key, today).value) for key in ("EXTENSION_TIMES", "EXTENSION_MAX_WD"))
    if granted >= times:
        return Impossible(
            "extended-before", f"同一期限最多延长{times}次", f"a term is extended {times} time(s) at most"
        )
    if days > most:
        return Impossible("too-many-days", f"一次最多延长{most}个工作日", f"at most {most} working days")
    return None


def why_fixed(basis: Mapping[str, Any], late_after: date | None) -> Impossible | None:
    """Whether this is a term that is nobody's to lengthen, whoever asks and when: None, or why."""
    rule = basis.get("rule") or {}
    if late_after is None or rule.get("unit") != WORKING_DAYS:
        return Impossible(
            "not-extendable", "此事项没有可以延长的工作日期限", "there is no term of working days to extend"
        )
    if rule.get("basis") == Basis.DOCUMENT.value:
        document = rule.get("document", "")
        return Impossible("term-of-a-document", f"此期限由{document}规定，不得延长", "a document sets this term")
    return None


def categories(rulebook: Rulebook, on: date) -> Mapping[str, str]:
    """The reasons for which a clock may stand still: code to label; none where the office has named none."""
    found = rulebook.find("SUSPENSION_CATEGORIES", on)
    known: Mapping[str, str] = found.value if found else {}
    return known


def stands_too_long(rulebook: Rulebook, since: date, today: date) -> bool:
    """Whether a suspension has lasted so long that the supervisor is to look at it (SUSPENSION_DAYS, calendar days)."""
    return (today - since).days > int(rulebook.parameter("SUSPENSION_DAYS", today).value)
