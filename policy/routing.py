"""Which way a claim takes (A-38, A-43, D-23; AMB-10): the township's procedure, or direct reimbursement by the county."""

from collections.abc import Iterable
from datetime import date

from policy.rulebook import Rulebook
from policy.terms import Category, Term


class Route(Term):
    TOWNSHIP = "TOWNSHIP", "向乡镇申请"  # W01
    DIRECT = "DIRECT", "直接报销"  # W04


def route(
    rulebook: Rulebook, on: date, categories_marked: Iterable[Category], *, out_of_region: bool, filed: bool
) -> Route:
    """By the identities marked on `on`, the settlement date, and whether remote treatment was filed beforehand.

    Who is marked claims directly (D-23); who is not applies at the township, also when recognised afterwards. A key target
    treated out of the region without filing goes the way that A43_ROUTE names, where A-43 and D-23 differ.
    Raises MissingParameter.
    """
    aided = rulebook.parameter("AID_CATEGORIES", on).value
    marked = {category for category in categories_marked if category in aided}
    if not marked:
        return Route.TOWNSHIP
    if out_of_region and not filed and marked & set(rulebook.parameter("KEY_TARGETS", on).value):
        return Route(rulebook.parameter("A43_ROUTE", on).value)
    return Route.DIRECT
