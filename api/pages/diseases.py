"""The diseases with rules of their own, offered where a code is typed."""

from api.pages.desk import Desk
from policy.clock import today

LISTS = ("DISEASE_LIST", "RARE_DISEASES")


def diseases_for(desk: Desk) -> dict[str, str]:
    """By code, as in force today where the reader works."""
    if desk.law is None:
        return {}
    on = today(desk.services.clock)
    rulebook = desk.law.rulebook(desk.signed_in.division, on)
    found = [rulebook.find(key, on) for key in LISTS]
    return {code: name for listed in found if listed is not None for code, name in (listed.value or {}).items()}
