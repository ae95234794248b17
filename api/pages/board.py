"""月度看板: every county of the area at a glance, city by city, for a data month and as it stood on a day."""

import re
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from api.exchange.board import Board, Standing
from api.exchange.board_reading import Asked, read_board
from api.exchange.months import month_of
from api.pages.desk import AtDesk
from api.pages.filters import Filters
from policy.clock import today
from policy.exchange_terms import Obligation

router = APIRouter(prefix="/board")
HERE = "board"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
PICKED = (Standing.OVERDUE, Standing.DUE_SOON, Standing.RUNNING, Standing.DONE_LATE, Standing.DONE)
SHOWN_OVERDUE = 30


@router.get("")
async def show(desk: AtDesk, month: str = "", city: str = "", state: str = "", as_of: str = "") -> Response:
    """Plain links and a GET form: works without script, and its address can be kept."""
    now = today(desk.services.clock)
    day, wrong = _day(as_of, now)
    chosen = {
        "month": month if MONTH.fullmatch(month) else f"{now:%Y-%m}",
        "city": city if city.isdigit() else "",
        "state": state if state in set(PICKED) else "",
        "as_of": day.isoformat() if day != now else "",
    }
    first = month_of(chosen["month"])
    whole = await read_board(desk.services, desk.signed_in, Asked(first, day, desk.signed_in.division))
    board = whole.only(chosen["city"], Standing(chosen["state"]) if chosen["state"] else None)
    filters = Filters("/board", chosen)
    return desk.page(
        "board/board.html",
        HERE,
        422 if wrong else 200,
        board=board,
        whole=whole.only(chosen["city"], None).total,
        area=desk.name_of(desk.signed_in.division),
        month=chosen["month"],
        earlier=_month_beside(first, -1),
        later=_month_beside(first, 1) if _month_beside(first, 1) <= f"{now:%Y-%m}" else None,
        as_of=day if day != now else None,
        wrong=wrong,
        filters=filters,
        filtered=bool(chosen["city"] or chosen["state"]),
        choices=[(one.division, one.name) for one in whole.cities],
        obligations=list(Obligation),
        columns=[place for place, sum_ in enumerate(whole.sums) if sum_.owed],
        not_owed=[duty for duty, sum_ in zip(Obligation, whole.sums, strict=True) if not sum_.owed],
        standings=PICKED,
        every_standing=list(Standing),
        export=Filters("/board.xlsx", chosen).href(),
        figures=_figures(board),
        overdue=[],
        shown=SHOWN_OVERDUE,
    )


def _figures(board: Board) -> list[dict[str, Any]]:
    """ST-1 and ST-2 of what is shown."""
    return [
        {"label": "共享次数", "value": f"{board.sharings:,}"},
        {"label": "共享人次", "value": f"{board.person_times:,}"},
    ]


def _day(typed: str, now: date) -> tuple[date, str | None]:
    """The day that was asked for, today for none; a day that cannot be shown is said to be wrong."""
    if not typed.strip():
        return now, None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return now, "“截至某日”应为日期，如2026-11-20"
    return (day, None) if day <= now else (now, "“截至某日”不能晚于今天")


def _month_beside(first: date, step: int) -> str:
    beside = (first - timedelta(days=1)) if step < 0 else (first + timedelta(days=31))
    return f"{beside:%Y-%m}"
