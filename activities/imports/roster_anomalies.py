"""What of whole rosters goes back to its department, row by row: what stood in the rows comes from the confined reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.returning import Decided, Line, send_back
from activities.imports.whole import WholeTable
from exchange.rosters import engine
from exchange.rosters.roster import Reconciled
from policy.row_origin import read_origin
from policy.terms import RowFate

TICKED = "ticked"
"""Beside the cells of a row: the category whose box was ticked above the table, which counts where the row says nothing."""


@dataclass(frozen=True)
class Closing:
    """A roster about to be closed. `lines`: those of its rows that have a row of their own, as they are kept."""

    table: WholeTable
    found: Reconciled
    listed_on: date
    lines: Sequence[Mapping[str, Any]]


async def return_rows(session: AsyncSession, rosters: Sequence[Closing]) -> None:
    """Opens what goes back for the departments, and settles what corrected receipts have put right. Safe to repeat."""
    await send_back(session, [await _decided(roster) for roster in rosters])


async def _decided(roster: Closing) -> Decided:
    told = [line for line in roster.lines if line["fate"] == RowFate.RETURNED.value or line["origin"]]
    cells = await _cells(roster, [line["row_number"] for line in told])
    ticked = {TICKED: roster.found.ticked} if roster.found.ticked else {}
    lines = [
        Line(
            line["sheet"],
            line["row_number"],
            RowFate(line["fate"]),
            line["reasons"],
            read_origin(line["origin"]) if line["origin"] else None,
            cells[line["row_number"]] | ticked,
        )
        for line in told
    ]
    return Decided(roster.table.context, roster.listed_on, lines)


async def _cells(roster: Closing, rows: Sequence[int]) -> Mapping[int, dict[str, str]]:
    """Rows that only the tables have refused are read once more: there are few of them."""
    unread = [row for row in rows if row not in roster.found.cells]
    return roster.found.cells | (await engine.cells(roster.table.content, unread) if unread else {})
