"""Which reasons a department may answer by standing by its row 确认属实 (W11): where it knows better than what we compare with.

A number that cannot exist, a second name under one number, an end without a beginning are corrected or withdrawn. What a
review only suspects (J-16, J-17) the department has confirmed before, and may confirm again with its reason.
"""

from collections.abc import Collection

STOOD_BY = frozenset(("deceased", "unknown-township", "review-duplicate", "review-false", "review-anomaly"))


def may_be_confirmed(codes: Collection[str]) -> bool:
    """Whether every reason of the row is of that kind."""
    return bool(codes) and set(codes) <= STOOD_BY
