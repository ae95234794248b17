"""Identities in the field names of the national platform's hospital interface, output 1101 (X-17).

Field names are known, the values of its code lists are not: they are a parameter. What has no code there goes out with an
empty field and our own code beside it, never with a value that somebody made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from policy.terms import Category

FLAG = "maf_psn_flag"
"""The key under which the parameter holds the flag of a person who is aided."""
COUNTY_DIGITS = 6


@dataclass(frozen=True)
class Held:
    """A category held from a day until before another; None while it lasts."""

    category: Category
    starts_on: date
    ends_on: date | None
    division: str


def national(held: Held, codes: Mapping[str, str]) -> dict[str, str | None]:
    """`idetinfo` of one period. `endtime` is the last day with the identity; ours are half-open."""
    return {
        "psn_idet_type": codes.get(held.category.value),
        "psn_type_lv": codes.get(f"{held.category.value}:lv"),
        "memo": held.category.label,
        "begntime": held.starts_on.isoformat(),
        "endtime": (held.ends_on - timedelta(days=1)).isoformat() if held.ends_on else None,
        "maf_psn_flag": codes.get(FLAG),
        "insuplc_admdvs": held.division[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"),
    }


def without_code(categories: set[Category], codes: Mapping[str, str]) -> list[str]:
    """Our own codes of those for which the national value is not known."""
    return sorted(category.value for category in categories if category.value not in codes)
