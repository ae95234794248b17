"""A month in an address: 2026-11."""

from datetime import date
from typing import Annotated

from fastapi import Query

MonthQuery = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


def month_of(written: str) -> date:
    """Its first day."""
    return date.fromisoformat(f"{written}-01")
