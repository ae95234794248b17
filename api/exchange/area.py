"""Which part of the own area somebody asks about."""

from api.errors import not_found
from api.identity import CurrentUser


def area_of(user: CurrentUser, division: str) -> str:
    """The division asked for, by default the reader's own. Raises Refusal 404 for one outside it."""
    if division and not division.startswith(user.division):
        raise not_found()
    return division or user.division
