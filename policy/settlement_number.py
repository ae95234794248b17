"""A settlement's number as it is compared (B-21)."""

import unicodedata


def same_number(typed: str) -> str:
    """Full-width, blank and small where another clerk types half-width and large: one settlement all the same."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()
