"""The board of a month, and one county's cycle, as their readers see them."""

import uuid
from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_found
from api.exchange.area import area_of
from api.exchange.batches import partners_of
from api.exchange.matters import brief, check_may_view, timeline_of
from api.identity import CurrentUser
from api.presentation import json_object, plain, task_view, title
from api.services import Services
from policy.clock import today
from policy.exchange_terms import SharingState
from policy.procedures import Procedure
from policy.terms import Level, level_of
from store import cycles, lists
from store.matters import MatterRow
from store.sharings import cycle_of
from store.timekeeping import load_timekeeping
from store.uploads import UploadRow

FOLLOWING = (Procedure.ADJUSTMENT, Procedure.REVIEW, Procedure.PUSH)
"""What belongs to a county's month beside its sharings, its anomalies and its feedback."""


async def board(
    services: Services, user: CurrentUser, month: date, division: str = "", as_of: date | None = None
) -> dict[str, Any]:
    """One row per county inside `division` (default: the reader's own area) for the data month; `as_of`: as it stood at
    the end of that day. Raises Refusal 403, 404 outside the reader's area."""
    check_may_view(user)
    area = area_of(user, division)
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


async def view_cycle(services: Services, user: CurrentUser, division: str, month: date) -> dict[str, Any]:
    """One county's month: obligations, batches, anomalies, feedback, tasks, timeline. Raises Refusal 403, 404."""
    check_may_view(user)
    area_of(user, division)
    if level_of(division) is not Level.COUNTY:
        raise not_found()
    async with services.database.transaction(user.scope) as session:
        time = await load_timekeeping(session, today(services.clock))
        line = next(iter(await cycles.board(session, month, division, time)), None)
        if line is None:
            raise not_found()
        cycle = await cycle_of(session, division, month)
        found = await session.scalars(
            select(MatterRow)
            .where(MatterRow.division == division, MatterRow.month == month)
            .order_by(MatterRow.opened_at, MatterRow.id)
        )
        matters = [brief(row) for row in found]
        return {
            **_county(line),
            "month": f"{month:%Y-%m}",
            "cycle": brief(cycle) if cycle else None,
            "batches": await _batches(session, division, month),
            "partners": _partners(user, cycle),
            "anomalies": [one for one in matters if one["procedure"] == Procedure.ANOMALY.value],
            "feedback": [one for one in matters if one["procedure"] == Procedure.RECOGNITION.value],
            "matters": [one for one in matters if one["procedure"] in FOLLOWING],
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, cycle.id)] if cycle else [],
            "timeline": await timeline_of(session, cycle.id) if cycle else [],
        }


def _partners(user: CurrentUser, cycle: MatterRow | None) -> list[str]:
    """With whom the reader may enter a batch of this month."""
    if cycle is None or cycle.closed_at is not None:
        return []
    return [department.value for department in partners_of(user.post, cycle)]


async def _batches(session: AsyncSession, division: str, month: date) -> list[dict[str, Any]]:
    """With the table and the matter that a batch came from where the reader may open them (row-level security)."""
    rows = await cycles.batches(session, division, month)
    tables = set(
        await session.scalars(select(UploadRow.id).where(UploadRow.id.in_({row["upload_id"] for row in rows})))
    )
    origins = set(
        await session.scalars(select(MatterRow.id).where(MatterRow.id.in_({row["origin_id"] for row in rows})))
    )
    return [_batch(row, tables | origins) for row in rows]


async def overdue(
    services: Services, user: CurrentUser, division: str = "", month: date | None = None
) -> dict[str, Any]:
    """What is overdue in the exchange inside `division`, and who has been told of it when. Raises Refusal 403, 404."""
    check_may_view(user)
    area, day = area_of(user, division), today(services.clock)
    async with services.database.transaction(user.scope) as session:
        rows = await cycles.overdue(session, area, day, month=month)
    return {"division": area, "items": [_overdue(row) for row in rows], "next": None}


def _batch(row: RowMapping, readable: Set[uuid.UUID]) -> dict[str, Any]:
    return json_object(
        {
            "id": row["id"],
            "direction": row["direction"],
            "partner": row["partner"],
            "carrier": row["carrier"],
            "rows": row["rows_shared"],
            "person_times": row["person_times"],
            "zero": row["zero"],
            "state": row["state"],
            "state_label": SharingState(row["state"]).label,
            "round": row["round"],
            "provided": {
                "on": row["provided_on"],
                "at": row["recorded_at"],
                "by": row["provided_by_username"],
                "by_name": row["provided_by_name"],
            },
            "received": {
                "on": row["reconciled_on"],
                "at": row["reconciled_at"],
                "by": row["received_by_username"],
                "by_name": row["received_by_name"],
            },
            "upload": row["upload_id"] if row["upload_id"] in readable else None,
            "origin": row["origin_id"] if row["origin_id"] in readable else None,
        }
    )


def _overdue(row: RowMapping) -> dict[str, Any]:
    return json_object(
        {
            "task": row["task"],
            "kind": row["kind"],
            "title": title(row["kind"]),
            "matter": {"id": row["matter"], "procedure": row["procedure"], "key": row["key"]},
            "division": row["division"],
            "name": row["name"],
            "month": f"{row['month']:%Y-%m}" if row["month"] else None,
            "office": {"division": row["office"], "department": row["department"], "role": row["role"]},
            "due": {"nominal": row["nominal"], "work_target": row["work_target"]},
            "told": [_rung(rung) for rung in row["rungs"] or []],
        }
    )


def _rung(rung: Mapping[str, Any]) -> dict[str, Any]:
    """A rung as PostgreSQL wrote it, with our way of writing moments."""
    return {
        **rung,
        "at": _moment(rung["at"]),
        "to": [{**one, "sent_at": _moment(one["sent_at"])} for one in rung["to"]],
    }


def _moment(written: str | None) -> Any:
    return plain(datetime.fromisoformat(written)) if written else None
