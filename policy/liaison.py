"""Liaisons 联络员 (C-19, C-34): which departments name one at which level, who keeps the register, and who reads the names.

A name and a telephone number of an official are personal data: whole for those who have to reach that office, else masked.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from policy.access import Action, may
from policy.rulebook import Parameter, Rulebook
from policy.terms import Department, Level, Post, Role, Term

WORKERS = (Role.CASEWORKER, Role.SUPERVISOR, Role.LEADER)


class LiaisonState(Term):
    VALID = "valid", "有效"
    COMING = "coming", "尚未生效"
    ENDED = "ended", "已结束"


def asked_of(rulebook: Rulebook, level: Level, day: date) -> Mapping[Department, Parameter]:
    """The departments that must have a liaison there, each with the rule that says so.

    LIAISON_DEPARTMENTS at every level of LIAISON_LEVELS; LIAISON_PARTNERS only where there is a month to share in, and only
    those that share.
    """
    levels = rulebook.find("LIAISON_LEVELS", day)
    if levels is None or level.value not in levels.value:
        return {}
    sharing = set(_listed(rulebook, "SHARING_SOURCES", day))
    monthly = level.value in _listed(rulebook, "SHARE_LEVELS", day)
    always, partners = (rulebook.find(key, day) for key in ("LIAISON_DEPARTMENTS", "LIAISON_PARTNERS"))
    asked = {Department(code): partners for code in (partners.value if partners else ()) if monthly and code in sharing}
    asked |= {Department(code): always for code in (always.value if always else ())}
    return {department: rule for department in Department if (rule := asked.get(department)) is not None}


def reminded_on(rulebook: Rulebook, last_day: date, day: date) -> date | None:
    """From which day on the office is reminded that `last_day` comes (LIAISON_REMIND_DAYS); None where no rule says so."""
    rule = rulebook.find("LIAISON_REMIND_DAYS", day)
    return last_day - timedelta(days=rule.value) if rule is not None and rule.value is not None else None


def may_keep_for(post: Post, department: Department, *, has_accounts: bool) -> bool:
    """Whether the post enters that department's liaisons of its own division.

    Each department keeps its own; the bureau's supervisor those of partners that nobody can sign in for.
    """
    if post.department is department:
        return may(post, Action.KEEP_LIAISONS)
    return may(post, Action.KEEP_LIAISONS_FOR_OTHERS) and not has_accounts


def reads_names(post: Post, area: str, division: str, department: Department) -> bool:
    """Whether the post reads whole who the liaison of `department` in `division` is.

    Whoever works in the same area, whatever the department; and the same department one level above or below.
    """
    if post.role not in WORKERS:
        return False
    if area == division:
        return True
    return post.department is department and _next_to(area, division)


def _next_to(area: str, division: str) -> bool:
    """14 and 1405, 1405 and 140522; not 14 and 140522."""
    above, below = sorted((area, division), key=len)
    return below.startswith(above) and len(below) - len(above) == 2


def _listed(rulebook: Rulebook, key: str, day: date) -> list[str]:
    found = rulebook.find(key, day)
    return list(found.value) if found else []
