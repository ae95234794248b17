"""A county's month of the exchange: what it owes, its batches, what went back, what is fed back, and what happened."""

from typing import Any

from fastapi import APIRouter, Response

from api.errors import not_found
from api.exchange.cycles import view_cycle
from api.exchange.months import month_of
from api.exchange.summary_out import counted_as
from api.pages.board import MONTH
from api.pages.desk import AtDesk
from policy.exchange_terms import Carrier, Direction, Obligation, ObligationState

router = APIRouter(prefix="/cycles")


@router.get("/{division}/{month}")
async def show(desk: AtDesk, division: str, month: str) -> Response:
    if not MONTH.fullmatch(month) or not division.isdigit():
        raise not_found()
    found = await view_cycle(desk.services, desk.signed_in, division, month_of(month))
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        offices = {task["office"]["division"] for task in found["tasks"]}
        await desk.learn(session, {division, *offices})
    return desk.page(
        "board/cycle.html",
        "board",
        shown=found,
        month=month,
        duties=[(obligation, found["obligations"][obligation.value]) for obligation in Obligation],
        open_tasks=[task for task in found["tasks"] if task["state"] == "open"],
        timeline=found["timeline"],
        states={state.value: state.label for state in ObligationState},
        directions={direction.value: direction.label for direction in Direction},
        carriers={carrier.value: carrier.label for carrier in Carrier},
        counted=counted,
    )


def counted(batch: dict[str, Any]) -> list[tuple[str, int]]:
    """Person-times by category or kind of data, in words."""
    return [(counted_as(code), number) for code, number in batch["person_times"].items()]
