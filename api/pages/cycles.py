"""A county's month of the exchange: what it owes, its batches, what went back, what is fed back, and what happened."""

from typing import Any

from fastapi import APIRouter, Response

from api.errors import not_found, wrong_fields
from api.exchange.batches import WantedBatch, counted_by, enter_batch
from api.exchange.cycles import view_cycle
from api.exchange.months import month_of
from api.exchange.summary_out import counted_as
from api.pages.acting import done
from api.pages.board import MONTH
from api.pages.desk import AtDesk, Desk
from api.pages.posted import FromForm, Posted
from api.pages.refusals import Way
from policy.clock import today
from policy.exchange_terms import Carrier, Direction, Obligation, ObligationState
from policy.problems import Problem
from policy.sharing_steps import DATA, OTHER
from policy.terms import Category, Department

router = APIRouter(prefix="/cycles")
COUNTED = {*(category.value for category in Category), *(code for code, _label in DATA), OTHER}
"""What a form may hold; whether the sender's batches are counted by it, the counter says."""


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
        codes=_codes(desk, division),
    )


@router.post("/{division}/{month}/batches")
async def enter(desk: AtDesk, posted: FromForm, division: str, month: str) -> Response:
    if not MONTH.fullmatch(month) or not division.isdigit():
        raise not_found()

    async def do() -> None:
        await enter_batch(desk.services, desk.signed_in, division, month_of(month), _wanted(posted), posted.once)

    return await done(
        desk, posted, dict(_codes(desk, division)), Way(f"/cycles/{division}/{month}", "返回本月信息共享"), do
    )


def _codes(desk: Desk, division: str) -> list[tuple[str, str]]:
    """What the reader's batches are counted by in that county, in words."""
    day = today(desk.services.clock)
    assert desk.law is not None
    codes = counted_by(desk.law.rulebook(division, day), desk.signed_in.post.department, day)
    return [(code, counted_as(code)) for code in codes]


def _wanted(posted: Posted) -> WantedBatch:
    """What was typed. Raises Refusal 422."""
    partner, carrier = posted.text("partner"), posted.text("carrier")
    if carrier not in set(Carrier) or (partner and partner not in set(Department)):
        raise wrong_fields([Problem("/carrier", "请选择载体", "choose how it travelled", "C-29")])
    counts = {}
    for name in posted.typed.keys() - {"partner", "carrier", "zero"}:
        typed = posted.text(name)
        if name not in COUNTED or not typed:
            continue
        if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
            raise wrong_fields([Problem(f"/{name}", "人次应为整数", "must be a whole number", "C-29")])
        counts[name] = int(typed)
    return WantedBatch(Carrier(carrier), counts, Department(partner) if partner else None, bool(posted.text("zero")))


def counted(batch: dict[str, Any]) -> list[tuple[str, int]]:
    """Person-times by category or kind of data, in words."""
    return [(counted_as(code), number) for code, number in batch["person_times"].items()]
