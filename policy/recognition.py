"""How long a recognition holds 认定结果有效期: that of a GXZC patient for some months, then it is renewed (X-4)."""

from datetime import date

from policy.deadlines import add_months
from policy.rulebook import Parameter, Rulebook
from policy.terms import Category

VALIDITY = "GXZC_VALID_MONTHS"


def validity(rulebook: Rulebook, category: Category, on: date) -> Parameter | None:
    """The rule in force on `on`; None where recognitions of the category have no end of their own."""
    found = rulebook.find(VALIDITY, on) if category is Category.GXZC else None
    return found if found is not None and found.value is not None else None


def ends_on(rule: Parameter, recognised_on: date) -> date:
    """The corresponding day after the months, or that month's last: the first day on which it no longer holds."""
    return add_months(recognised_on, rule.value)


def holds(rulebook: Rulebook, category: Category, recognised_on: date, on: date) -> bool:
    """Whether a recognition of that day still holds on `on`."""
    rule = validity(rulebook, category, on)
    return rule is None or on < ends_on(rule, recognised_on)
