"""Divisions 行政区划, for cascading choices."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select

from api.identity import User
from api.rest.dependencies import At
from policy.clock import today
from policy.terms import normal_division
from store.reference import DivisionRow

router = APIRouter(tags=["divisions"])


@router.get("/divisions")
async def children(
    services: At, user: User, under: Annotated[str, Query(max_length=12, pattern=r"^\d*$")] = ""
) -> dict[str, Any]:
    """The divisions directly below one; without `under`, the provinces."""
    day = today(services.clock)
    parent = DivisionRow.parent == normal_division(under) if under else DivisionRow.parent.is_(None)
    async with services.database.transaction(user.scope) as session:
        rows = await session.scalars(
            select(DivisionRow)
            .where(
                parent, DivisionRow.valid_from <= day, (DivisionRow.valid_to.is_(None) | (DivisionRow.valid_to > day))
            )
            .order_by(DivisionRow.code)
        )
        items = [{"code": row.code, "name": row.name, "level": row.level, "parent": row.parent} for row in rows]
    return {"items": items, "next": None}
