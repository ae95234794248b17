"""Decisions made again from what they kept, and those that used last year's statistic (B-13, AMB-14)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.ext.asyncio import AsyncSession

from policy.deadlines import SHANGHAI
from policy.decision import Decision
from policy.recomputing import recompute, recompute_with
from policy.rulebook import Parameter, Rulebook
from store.applications import ApplicationRow
from store.decisions import DecisionRow
from store.disclosure import Cell, Look, disclose
from store.paging import BadCursor, decode
from store.vault import Vault

FALLBACK = "FALLBACK"


@dataclass(frozen=True)
class Kept:
    """What a decision was made of: personal, opened for this purpose only."""

    facts: Mapping[str, Any]
    parameters: Sequence[Mapping[str, Any]]


def open_kept(session: AsyncSession, vault: Vault, row: DecisionRow, look: Look) -> Kept | None:
    """None for a refusal by a person: there is nothing to make again. The look is logged."""
    if row.facts_sealed is None:
        return None
    opened = disclose(session, vault, look, {"facts": Cell("decision", "facts", row.id, row.facts_sealed)})["facts"]
    return Kept(opened["facts"], opened["parameters"])


def stands(row: DecisionRow, kept: Kept) -> bool:
    """Whether outcome, amount, grounds and every line come out again as they were written."""
    again = recompute(row.division, _made_on(row), kept.facts, kept.parameters)
    trace = [
        {"step": line.step, "formula": line.formula, "value": line.value, "clause": line.clause} for line in again.trace
    ]
    return (again.outcome.value, again.amount, list(again.grounds), trace) == (
        row.outcome,
        row.amount,
        list(row.grounds),
        row.trace,
    )


async def decisions_of(session: AsyncSession, application: ApplicationRow) -> Sequence[DecisionRow]:
    """All decisions of a case, the newest first."""
    rows = select(DecisionRow).where(DecisionRow.application_id == application.id).order_by(DecisionRow.id.desc())
    return (await session.scalars(rows)).all()


async def published_meanwhile(
    session: AsyncSession, rulebook: Rulebook, on: date, cursor: str | None, limit: int
) -> list[tuple[DecisionRow, str, Parameter]]:
    """Final decisions marked FALLBACK whose statistic has been published by `on`, with their numbers, the newest first.

    One row more than `limit` tells that there is another page. Raises paging.BadCursor.
    """
    fell_back = select(DecisionRow, ApplicationRow.number).where(
        DecisionRow.application_id == ApplicationRow.id, DecisionRow.final, DecisionRow.marks.contains([FALLBACK])
    )
    year = extract("year", DecisionRow.as_of)
    years = await session.scalars(
        select(year).where(DecisionRow.final, DecisionRow.marks.contains([FALLBACK])).distinct()
    )
    known = {int(found): rulebook.find(f"PCDI({int(found) - 1})", on) for found in years}
    published = [found for found, statistic in known.items() if statistic is not None]
    after = decode(cursor, 1)
    if after:
        fell_back = fell_back.where(DecisionRow.id < _id(after[0]))
    rows = await session.execute(fell_back.where(year.in_(published)).order_by(DecisionRow.id.desc()).limit(limit + 1))
    return [(row, number, statistic) for row, number in rows if (statistic := known[row.as_of.year]) is not None]


def with_statistic(row: DecisionRow, kept: Kept, statistic: Parameter) -> Decision:
    """The decision as it would be had the statistic been known on the event date. It changes nothing by itself (AMB-14)."""
    return recompute_with(row.division, _made_on(row), kept.facts, kept.parameters, statistic)


def _id(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError as error:
        raise BadCursor from error


def _made_on(row: DecisionRow) -> date:
    return row.made_at.astimezone(SHANGHAI).date()
