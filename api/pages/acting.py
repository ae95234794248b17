"""A form that does one thing: done and led on to the next page, or refused with all that was typed."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from fastapi import Response

from api.errors import Refusal, wrong_fields
from api.pages.desk import Desk, see_other
from api.pages.posted import Posted
from api.pages.refusals import Way, refused
from policy.problems import Problem

Do = Callable[[], Awaitable[Any]]
"""Reads what was typed and does it; Refusals lead back to the form."""


async def done(desk: Desk, posted: Posted, labels: Mapping[str, str], way: Way, do: Do) -> Response:
    """`do` returns the address that follows, or None for the one that the form stands on."""
    posted.demand_fresh()
    try:
        address = await do()
    except Refusal as refusal:
        typed = [(label, posted.text(name)) for name, label in labels.items() if posted.text(name)]
        return refused(desk, refusal, typed=typed, ways=(way,))
    return see_other(address if isinstance(address, str) else way.href)


def typed_text(posted: Posted, name: str, label: str) -> str:
    """What was typed there. Raises Refusal 422 for nothing."""
    text = posted.text(name)
    if not text:
        raise wrong_fields([Problem(f"/{name}", f"“{label}”必须填写", "is required")])
    return text


def typed_day(posted: Posted, name: str, label: str) -> date:
    """Raises Refusal 422 for nothing, or for what is no day."""
    try:
        return date.fromisoformat(typed_text(posted, name, label))
    except ValueError:
        zh = f"“{label}”应为日期，如2025-03-12"
        raise wrong_fields([Problem(f"/{name}", zh, "must be a date such as 2025-03-12")]) from None


def ticked(posted: Posted, name: str) -> tuple[uuid.UUID, ...]:
    """The rows that were ticked. Raises Refusal 422 for none."""
    try:
        chosen = tuple(uuid.UUID(one) for one in posted.typed.get(name, []))
    except ValueError:
        chosen = ()
    if not chosen:
        raise wrong_fields([Problem(f"/{name}", "请至少勾选一行", "tick one row at least")])
    return chosen
