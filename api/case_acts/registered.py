"""A registered application in the shape in which it was filed, so that a correction is checked and written as a filing is."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_personal import MONEY, TREATMENT
from api.identity import CurrentUser
from api.presentation import plain
from api.services import Services
from store.applications import ApplicationRow, PaperRow
from store.disclosure import Cell, Look, disclose

PURPOSE = "application.correct"


async def as_filed(
    services: Services, session: AsyncSession, user: CurrentUser, application: ApplicationRow
) -> dict[str, Any]:
    """All that filing asks for, as JSON would hold it now; opened for the reader and logged."""
    look = Look(str(user.id), "application", application.id, application.division, PURPOSE, services.clock.now())
    cells = {
        name: Cell("application", name, application.id, getattr(application, f"{name}_sealed"))
        for name in ("applicant", "medical", "payee")
    }
    opened = disclose(session, services.vault, look, cells)
    whole = {
        "division": application.division,
        "category": application.category,
        "applicant": {
            **opened["applicant"],
            "residence": application.residence,
            "registered_in": application.registered_in,
            "recognised_in": application.recognised_in,
            "insured_in": application.insured_in,
        },
        "costs": {**{name: getattr(application, name) for name in (*MONEY, *TREATMENT)}, **opened["medical"]},
        "payee": {
            "kind": application.payee_kind,
            **{name: opened["payee"].get(name, "") for name in ("name", "account", "bank")},
        },
        "documents": await _papers(services, session, look, application.id),
        "submitted_on": application.submitted_on,
    }
    shown: dict[str, Any] = plain(whole)
    return shown


async def _papers(
    services: Services, session: AsyncSession, look: Look, application: uuid.UUID
) -> list[dict[str, Any]]:
    rows = (await session.scalars(select(PaperRow).where(PaperRow.application_id == application))).all()
    cells = {
        str(row.id): Cell("application_paper", "reference", row.id, row.reference_sealed)
        for row in rows
        if row.reference_sealed
    }
    numbers = disclose(session, services.vault, look, cells) if cells else {}
    return [
        {
            "kind": row.kind,
            "file": row.file_id,
            "pending": row.file_id is None,
            "no": (numbers.get(str(row.id)) or {}).get("no"),
            "date": row.dated,
        }
        for row in rows
    ]


def merged(before: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with what is to be corrected in its place; a list (the household) is replaced as a whole."""
    after = dict(before)
    for name, change in parts.items():
        known = after.get(name)
        after[name] = {**known, **change} if isinstance(known, dict) and isinstance(change, dict) else change
    return after


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the fields that are not what they were: applicant.name."""
    names: list[str] = []
    for part, value in after.items():
        known = before.get(part)
        if isinstance(value, dict) and isinstance(known, dict):
            names += [f"{part}.{name}" for name, entry in value.items() if entry != known.get(name)]
        elif value != known:
            names.append(part)
    return sorted(names)
