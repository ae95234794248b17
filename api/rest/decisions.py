"""Decisions: all of a case, each made again from what it kept; and those for which a statistic has come since (B-13)."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_outcome import decision_view
from api.errors import not_allowed, not_found
from api.identity import CurrentUser, User
from api.presentation import json_object
from api.rest.dependencies import At, Cursor, Limit
from api.services import Services
from policy.access import Action, PersonalView, may
from policy.clock import today
from policy.rulebook import Parameter
from store.applications import ApplicationRow
from store.decisions import DecisionRow
from store.disclosure import Look
from store.paging import Page, page
from store.recomputing import decisions_of, open_kept, published_meanwhile, stands, with_statistic
from store.rulebook import load_rulebook

router = APIRouter(tags=["decisions"])


@router.get("/applications/{application_id}/decisions")
async def of_a_case(services: At, user: User, application_id: uuid.UUID) -> dict[str, Any]:
    """All decisions of a case, the newest first. `recomputed`: whether outcome, amount and trace come out again from what
    was kept; null where a person refused and nothing was computed."""
    return {"items": await view_decisions(services, user, application_id), "next": None}


@router.get("/decisions/fallback")
async def fallback(services: At, user: User, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Final decisions by last year's deductible whose statistic is published by now, with the amount it would give today.

    For a supervisor to look at: nothing is changed by itself (AMB-14).
    """
    found = await list_fallback(services, user, cursor=cursor, limit=limit)
    return {"items": found.items, "next": found.next}


async def view_decisions(services: Services, user: CurrentUser, application_id: uuid.UUID) -> list[dict[str, Any]]:
    """As GET …/decisions answers. Raises Refusal 404 outside the area, 403 for a post that sees no decisions."""
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, application_id)
        if application is None:
            raise not_found()
        if not may(user.post, Action.VIEW_APPLICATIONS) or user.view.identity_only:
            raise not_allowed("您的岗位不能查看核算")
        rows = await decisions_of(session, application)
        return [_decision(services, session, user, row) for row in rows]


async def list_fallback(services: Services, user: CurrentUser, *, cursor: str | None = None, limit: int = 50) -> Page:
    """As GET /decisions/fallback answers. Raises Refusal, paging.BadCursor."""
    if not may(user.post, Action.REVIEW_FALLBACK):
        raise not_allowed("您的岗位不能查看沿用上年起付标准的案件")
    on = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        rulebook = await load_rulebook(session, user.division, on)
        found = await published_meanwhile(session, rulebook, on, cursor, limit)
        items = [
            _fell_back(services, session, user, row, number, statistic) for row, number, statistic in found[:limit]
        ]
    more = [{"id": row.id} for row, _, _ in found[limit:]]
    return page([*items, *more], limit, ["id"])


def _decision(services: Services, session: AsyncSession, user: CurrentUser, row: DecisionRow) -> dict[str, Any]:
    """Who sees the illness sees all parameters; finance sees neither base nor trace, which repeat the cost statement."""
    kept = open_kept(session, services.vault, row, _look(services, user, row, "application.decisions"))
    shown = decision_view(row) | {
        "care_aid": row.care_aid,
        "in_cap": row.in_cap,
        "recomputed": stands(row, kept) if kept is not None else None,
    }
    if kept is not None and user.view is PersonalView.FULL:
        shown["parameters"] = kept.parameters
    if user.view.payment_only:
        shown |= {"base": None, "trace": []}
    return json_object(shown)


def _fell_back(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    row: DecisionRow,
    number: str,
    statistic: Parameter,
) -> dict[str, Any]:
    kept = open_kept(session, services.vault, row, _look(services, user, row, "decisions.fallback"))
    again = with_statistic(row, kept, statistic) if kept is not None else None
    amount = again.amount if again is not None else None
    decided = row.amount
    return json_object(
        {
            "id": row.id,
            "application": {"id": row.application_id, "number": number},
            "division": row.division,
            "category": row.category,
            "as_of": row.as_of,
            "made_at": row.made_at,
            "amount": decided,
            "amount_today": amount,
            "difference": amount - decided if amount is not None and decided is not None else None,
            "statistic": {
                "key": statistic.key,
                "value": statistic.value,
                "effective_from": statistic.effective_from,
                "document": statistic.document,
            },
            "grounds": ["B-13"],
        }
    )


def _look(services: Services, user: CurrentUser, row: DecisionRow, purpose: str) -> Look:
    return Look(str(user.id), "application", row.application_id, row.division, purpose, services.clock.now())
