"""联络员名册 as its readers see it: the list with its filters, one office's history, and who has named nobody (C-19).

Each entry that is shown is opened and logged; names and telephone numbers are masked for whoever need not reach that office.
"""

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from activities.liaisons import lacking
from activities.months import divisions_of
from api.errors import not_found
from api.exchange.area import area_of
from api.exchange.liaisons import departments_kept
from api.exchange.matters import check_may_view
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from policy.clock import today
from policy.liaison import LiaisonState, reads_names, reminded_on
from policy.masking import mask_name, mask_phone
from policy.organisations import office_on
from policy.rulebook import Rulebook
from policy.terms import Department, Level, level_of
from store.disclosure import Cell, Look, disclose
from store.liaisons import LiaisonRow, entries_of, named_on, valid_on
from store.paging import Page, decode, page, row_id
from store.reference import DivisionRow
from store.rulebook import Law, load_law

PEOPLE = ("liaison", "specialist", "substitute")
WIDTHS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6}


@dataclass(frozen=True)
class Asked:
    """By what the register is filtered; `q` is a part of a division's name or its code, never of a person's."""

    division: str = ""
    department: str = ""
    level: str = ""
    state: str = LiaisonState.VALID.value
    q: str = ""


async def list_liaisons(
    services: Services, user: CurrentUser, asked: Asked, *, cursor: str | None = None, limit: int = 50
) -> Page:
    """Those of the reader's area and of what lies above it, by area and department. Raises Refusal 403, paging.BadCursor."""
    check_may_view(user)
    day = today(services.clock)
    found = _ordered(asked, day).limit(limit + 1)
    after = decode(cursor, 3)
    if after:
        place = (LiaisonRow.division, LiaisonRow.department, LiaisonRow.id)
        found = found.where(tuple_(*place) > (after[0], after[1], row_id(after[2])))
    async with services.database.transaction(user.scope) as session:
        rows = (await session.execute(found)).all()
        shown = await _shown(services, session, user, day, [row for row, _name in rows])
        items = [shown.entry(row, name) for row, name in rows]
    return page(items, limit, ("division", "department", "id"))


async def view_liaison(services: Services, user: CurrentUser, liaison_id: uuid.UUID) -> dict[str, Any]:
    """One entry with its office's history, latest first. Raises Refusal 403, 404."""
    check_may_view(user)
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        row = await session.get(LiaisonRow, liaison_id)
        if row is None:
            raise not_found()
        name = (await session.get_one(DivisionRow, row.division)).name
        entries = await entries_of(session, row.division, row.department)
        shown = await _shown(services, session, user, day, entries)
        history = [shown.entry(entry, name) for entry in reversed(entries)]
    mine = next(entry for entry in history if entry["id"] == str(liaison_id))
    return {**mine, "history": history}


async def missing(
    services: Services, user: CurrentUser, *, division: str = "", department: str = ""
) -> list[dict[str, Any]]:
    """缺少联络员: the offices of the reader's area that must name somebody and have nobody today. Raises Refusal 403, 404."""
    check_may_view(user)
    area, day = area_of(user, division), today(services.clock)
    async with services.database.transaction(user.scope) as session:
        law, named = await load_law(session), await named_on(session, day, area)
        codes = await divisions_of(session, area)
        names = await _names(session, codes)
    return [
        {
            "division": code,
            "division_name": names[code],
            "level": level_of(code).value,
            "level_label": level_of(code).label,
            "department": one.value,
            "department_label": one.label,
            "office": office_on(rulebook, names[code], one, day),
            "clause": rule.clause,
            "document": rule.document,
        }
        for code, rulebook in ((code, law.rulebook(code, day)) for code in codes)
        for one, rule in lacking(rulebook, named, day).items()
        if not department or one.value == department
    ]


@dataclass(frozen=True)
class Shown:
    """What one reader is shown on one day."""

    services: Services
    session: AsyncSession
    user: CurrentUser
    law: Law
    day: date
    kept: Sequence[Department]
    followed: Set[uuid.UUID]
    """The entries that another one replaces."""

    def entry(self, row: LiaisonRow, division_name: str) -> dict[str, Any]:
        whole = reads_names(self.user.post, self.user.division, row.division, Department(row.department))
        words = self.words(row)
        if not whole:
            words = masked(words)
        department, rulebook = Department(row.department), self.law.rulebook(row.division, self.day)
        return json_object(
            {
                "id": row.id,
                "division": row.division,
                "division_name": division_name,
                "level": level_of(row.division).value,
                "level_label": level_of(row.division).label,
                "department": row.department,
                "department_label": department.label,
                "office": office_on(rulebook, division_name, department, self.day),
                **words,
                "masked": not whole,
                "starts_on": row.starts_on,
                "ends_on": row.last_day,
                "substitute_from": row.substitute_from,
                "substitute_until": row.substitute_until,
                "stood_in_for": row.stood_in_for(self.day),
                **self._state(row, rulebook),
                "replaces": row.replaces,
                "entered_at": row.entered_at,
                "own": row.division == self.user.division and department in self.kept,
            }
        )

    def words(self, row: LiaisonRow) -> dict[str, str]:
        """What was typed, opened and logged; what lies above the reader is logged in the reader's own area."""
        area = row.division if row.division.startswith(self.user.division) else self.user.division
        look = Look(str(self.user.id), "liaison", row.id, area, "liaison.view", self.services.clock.now())
        cells = {"entry": Cell("liaison", "sealed", row.id, row.sealed)}
        return dict(disclose(self.session, self.services.vault, look, cells)["entry"])

    def _state(self, row: LiaisonRow, rulebook: Rulebook) -> dict[str, Any]:
        state = _state_on(row, self.day)
        since = reminded_on(rulebook, row.last_day, self.day) if row.last_day else None
        near = since is not None and since <= self.day
        ends_soon = state is LiaisonState.VALID and near and row.id not in self.followed
        return {"state": state.value, "state_label": state.label, "void": row.void, "ends_soon": ends_soon}


async def _shown(
    services: Services, session: AsyncSession, user: CurrentUser, day: date, rows: Sequence[LiaisonRow]
) -> Shown:
    ids = [row.id for row in rows]
    followed = await session.scalars(select(LiaisonRow.replaces).where(LiaisonRow.replaces.in_(ids)))
    kept = await departments_kept(session, user)
    return Shown(services, session, user, await load_law(session), day, kept, {one for one in followed if one})


def masked(words: Mapping[str, str]) -> dict[str, str]:
    people = {name: mask_name(words[name]) for name in PEOPLE}
    return {**words, **people, **{f"{name}_phone": mask_phone(words[f"{name}_phone"]) for name in PEOPLE}}


def _state_on(row: LiaisonRow, day: date) -> LiaisonState:
    if row.valid(day):
        return LiaisonState.VALID
    return LiaisonState.COMING if row.starts_on > day and not row.void else LiaisonState.ENDED


def _ordered(asked: Asked, day: date) -> Select[LiaisonRow, str]:
    found = select(LiaisonRow, DivisionRow.name).join(DivisionRow, DivisionRow.code == LiaisonRow.division)
    found = found.where(*_conditions(asked, day))
    return found.order_by(LiaisonRow.division, LiaisonRow.department, LiaisonRow.id)


def _conditions(asked: Asked, day: date) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.division:
        conditions.append(LiaisonRow.division.startswith(asked.division, autoescape=True))
    if asked.department:
        conditions.append(LiaisonRow.department == asked.department)
    if asked.level:
        conditions.append(DivisionRow.level == asked.level)
    if asked.q:
        code = LiaisonRow.division.startswith(asked.q, autoescape=True)
        conditions.append(or_(DivisionRow.name.contains(asked.q, autoescape=True), code))
    match asked.state:
        case LiaisonState.VALID.value:
            conditions.append(valid_on(day))
        case LiaisonState.COMING.value:
            conditions += [
                LiaisonRow.starts_on > day,
                or_(LiaisonRow.ended_on.is_(None), LiaisonRow.ended_on >= LiaisonRow.starts_on),
            ]
        case LiaisonState.ENDED.value:
            conditions += [~valid_on(day), or_(LiaisonRow.starts_on <= day, LiaisonRow.ended_on < LiaisonRow.starts_on)]
    return conditions


async def _names(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    rows = await session.execute(select(DivisionRow.code, DivisionRow.name).where(DivisionRow.code.in_(codes)))
    return {row.code: row.name for row in rows}
