"""The board of a month, and one county's cycle, as their readers see them."""

from datetime import date
from typing import Any

from api.errors import not_found
from api.exchange.matters import check_may_view
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from policy.clock import today
from store import cycles
from store.timekeeping import load_timekeeping


async def board(
    services: Services, user: CurrentUser, month: date, division: str = "", as_of: date | None = None
) -> dict[str, Any]:
    """One row per county inside `division` (default: the reader's own area) for the data month; `as_of`: as it stood at
    the end of that day. Raises Refusal 403, 404 outside the reader's area."""
    check_may_view(user)
    area = division or user.division
    if not area.startswith(user.division):
        raise not_found()
    day = min(as_of or today(services.clock), today(services.clock))
    async with services.database.transaction(user.scope) as session:
        rows = await cycles.board(session, month, area, await load_timekeeping(session, day))
    return {
        "month": f"{month:%Y-%m}",
        "division": area,
        "as_of": day.isoformat(),
        "items": [_county(row) for row in rows],
        "next": None,
    }


def _county(row: cycles.CountyDuties) -> dict[str, Any]:
    return {
        "division": row.division,
        "name": row.name,
        "city": row.city,
        "city_name": row.city_name,
        "obligations": {name.value: _duty(duty) for name, duty in row.obligations.items()},
    }


def _duty(duty: cycles.Duty | None) -> dict[str, Any] | None:
    if duty is None:
        return None
    return json_object(
        {
            "state": duty.state.value,
            "due": {"nominal": duty.nominal, "work_target": duty.work_target},
            "done_on": duty.done_on,
            "days_late": duty.days_late,
            "light": duty.light.value,
            "matter": duty.matter,
        }
    )
