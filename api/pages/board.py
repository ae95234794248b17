"""月度看板: every county of the area at a glance, city by city, for a data month and as it stood on a day."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from api.exchange import cycles
from api.exchange.board import Board, Standing
from api.exchange.board_figures import Figure, as_it_stood, figures_of
from api.exchange.board_out import board_list
from api.exchange.board_reading import Asked, read_board
from api.exchange.liaison_register import missing
from api.exchange.months import month_of
from api.pages.desk import AtDesk, Desk
from api.pages.filters import Filters
from api.rest.uploads import workbook
from policy.clock import today
from policy.exchange_terms import Obligation
from policy.offices import office_name
from policy.procedures import Procedure
from store.disclosure import Look, log_look

router = APIRouter()
HERE = "board"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
PICKED = (Standing.OVERDUE, Standing.DUE_SOON, Standing.RUNNING, Standing.DONE_LATE, Standing.DONE)
SHOWN_OVERDUE = 10
OWED = frozenset({Procedure.SHARING_CYCLE.value, Procedure.REVIEW.value, Procedure.PUSH.value})
"""What the board itself is about comes first among what is overdue."""


@dataclass(frozen=True)
class Chosen:
    """What the reader picked; `wrong` says why a day was not taken."""

    month: date
    city: str
    standing: Standing | None
    day: date
    today: date
    wrong: str | None

    @classmethod
    def of(cls, now: date, month: str, city: str, state: str, as_of: str) -> "Chosen":
        day, wrong = _day(as_of, now)
        return cls(
            month_of(month) if MONTH.fullmatch(month) else now.replace(day=1),
            city if city.isdigit() else "",
            Standing(state) if state in set(PICKED) else None,
            day,
            now,
            wrong,
        )

    @property
    def past(self) -> date | None:
        return self.day if self.day != self.today else None

    @property
    def query(self) -> dict[str, str]:
        return {
            "month": f"{self.month:%Y-%m}",
            "city": self.city,
            "state": self.standing.value if self.standing else "",
            "as_of": self.past.isoformat() if self.past else "",
        }


@router.get("/board")
async def show(desk: AtDesk, month: str = "", city: str = "", state: str = "", as_of: str = "") -> Response:
    """Plain links and a GET form: works without script, and its address can be kept."""
    chosen = Chosen.of(today(desk.services.clock), month, city, state, as_of)
    whole = await _whole(desk, chosen)
    board = whole.only(chosen.city, chosen.standing)
    later = _month_beside(chosen.month, 1)
    overdue = await _overdue(desk, chosen)
    return desk.page(
        "board/board.html",
        HERE,
        422 if chosen.wrong else 200,
        board=board,
        whole=whole.only(chosen.city, None).total,
        area=desk.name_of(desk.signed_in.division),
        month=f"{chosen.month:%Y-%m}",
        earlier=_month_beside(chosen.month, -1),
        later=later if later <= f"{chosen.today:%Y-%m}" else None,
        as_of=chosen.past,
        wrong=chosen.wrong,
        filters=Filters("/board", chosen.query),
        filtered=bool(chosen.city or chosen.standing),
        choices=[(one.division, one.name) for one in whole.cities],
        obligations=list(Obligation),
        columns=[place for place, one in enumerate(whole.sums) if one.owed],
        not_owed=[duty for duty, one in zip(Obligation, whole.sums, strict=True) if not one.owed],
        standings=PICKED,
        every_standing=list(Standing),
        export=Filters("/board.xlsx", chosen.query).href(),
        figures=await _figures(desk, chosen, whole.only(chosen.city, None)),
        overdue=overdue,
        unnamed=await _unnamed(desk, chosen),
        overdue_kinds=Counter(line["title"] for line in overdue).most_common(),
        shown=SHOWN_OVERDUE,
    )


@router.get("/board.xlsx")
async def export(desk: AtDesk, month: str = "", city: str = "", state: str = "", as_of: str = "") -> Response:
    """What is shown, as a workbook: counts and dates only; the export is logged."""
    from exchange.plain_list_out import list_workbook  # heavy: only where one is made

    chosen = Chosen.of(today(desk.services.clock), month, city, state, as_of)
    board = (await _whole(desk, chosen)).only(chosen.city, chosen.standing)
    user, area = desk.signed_in, desk.name_of(desk.signed_in.division)
    async with desk.services.database.transaction(user.scope) as session:
        look = Look(str(user.id), "board", user.id, user.division, "board.export", desk.services.clock.now())
        log_look(session, look, [f"{chosen.month:%Y-%m}"])
    made = board_list(board, f"{chosen.month:%Y-%m}", area, chosen.day, _office(desk))
    return workbook(await asyncio.to_thread(list_workbook, made, "月度看板"), f"月度看板{chosen.month:%Y-%m}.xlsx")


def _office(desk: Desk) -> str:
    user = desk.signed_in
    return office_name(desk.names.get(user.division, ""), user.post.department)


async def _whole(desk: Desk, chosen: Chosen) -> Board:
    asked = Asked(chosen.month, chosen.day, desk.signed_in.division)
    return await read_board(desk.services, desk.signed_in, asked)


def _area(desk: Desk, chosen: Chosen) -> str:
    """The city that was chosen, for those whose area is larger."""
    own = desk.signed_in.division
    return chosen.city if chosen.city.startswith(own) else own


async def _figures(desk: Desk, chosen: Chosen, board: Board) -> list[Figure]:
    """Of a day in the past only what the board itself has as it stood: the others are counted as of today."""
    return (
        as_it_stood(board)
        if chosen.past
        else await figures_of(desk.services, desk.signed_in, chosen.month, _area(desk, chosen))
    )


async def _unnamed(desk: Desk, chosen: Chosen) -> int:
    """How many offices have named no liaison; as it is today."""
    return 0 if chosen.past else len(await missing(desk.services, desk.signed_in, division=_area(desk, chosen)))


async def _overdue(desk: Desk, chosen: Chosen) -> list[Mapping[str, Any]]:
    """As it is today; of a day in the past the heat map says it."""
    if chosen.past:
        return []
    found = await cycles.overdue(desk.services, desk.signed_in, _area(desk, chosen), chosen.month)
    lines: list[Mapping[str, Any]] = sorted(found["items"], key=lambda line: line["matter"]["procedure"] not in OWED)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {line["division"] for line in lines} | {line["office"]["division"] for line in lines})
    return lines


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
