"""Builds the rulebook of a division from the tables: what `policy/` is handed at run time (architecture decision 8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from policy.clauses import Clause, Document
from policy.rulebook import Basis, Parameter, Rulebook
from policy.terms import ancestors
from policy.working_days import CalendarStatus, CalendarYear, Closure, WorkCalendar
from store.closures import ClosureRow
from store.reference import CalendarRow, ClauseRow, DocumentRow, ParameterRow


@dataclass(frozen=True)
class Law:
    """Everything in the tables, as policy's own nouns; a Rulebook is a view of it."""

    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    parameters: Mapping[str, tuple[Parameter, ...]]
    calendars: Mapping[str, Mapping[int, CalendarYear]]
    """By division, then by year: the latest version of each."""
    closures: Mapping[str, tuple[Closure, ...]] = field(default_factory=dict)
    """By division: the days on which its offices are closed, whichever calendar is in force."""

    def rulebook(self, division: str, known_on: date) -> Rulebook:
        """The view of `division`: for each year the nearest calendar, with the closures of it and of all that contain it."""
        years: dict[int, CalendarYear] = {}
        for code in reversed(ancestors(division)):
            years.update(self.calendars.get(code, {}))
        for code in ancestors(division):
            for closure in self.closures.get(code, ()):
                years = closure.over(years)
        return Rulebook(
            division=division,
            known_on=known_on,
            documents=self.documents,
            clauses=self.clauses,
            parameters=self.parameters,
            calendar=WorkCalendar(years),
            demonstration=any(p.basis is Basis.DEMONSTRATION for group in self.parameters.values() for p in group),
        )


async def load_rulebook(session: AsyncSession, division: str, known_on: date) -> Rulebook:
    """The rulebook of `division` from the tables, as they stand in this transaction."""
    return (await load_law(session)).rulebook(division, known_on)


async def load_law(session: AsyncSession) -> Law:
    """All of the law. Read once per engine and kept until a parameter, document, calendar or closure is added."""
    engine = session.get_bind().engine
    version = tuple(
        await session.execute(
            select(
                select(func.count()).select_from(ParameterRow).scalar_subquery(),
                select(func.max(ParameterRow.entered_at)).scalar_subquery(),
                select(func.count()).select_from(CalendarRow).scalar_subquery(),
                select(func.count()).select_from(ClauseRow).scalar_subquery(),
                select(func.array_agg(aggregate_order_by(ClosureRow.id, ClosureRow.id)))
                .where(ClosureRow.withdrawn_at.is_(None))
                .scalar_subquery(),
            )
        )
    )
    kept = _KEPT.get(engine)
    if kept is None or kept[0] != version:
        kept = _KEPT[engine] = (version, await _read_law(session))
    return kept[1]


_KEPT: WeakKeyDictionary[Engine, tuple[tuple[Any, ...], Law]] = WeakKeyDictionary()


_CALENDARS = 1, 1
"""What the advisory lock on all calendars is called."""


async def hold_calendars(session: AsyncSession) -> None:
    """Until the transaction ends no calendar is imported: what it dates is either moved by the import or dated after it.

    To be called before any row is locked.
    """
    await session.execute(select(func.pg_advisory_xact_lock_shared(*_CALENDARS)))


async def change_calendars(session: AsyncSession) -> None:
    """Waits for those who hold the calendars; from now on until the transaction ends nobody does, and no other import runs."""
    await session.execute(select(func.pg_advisory_xact_lock(*_CALENDARS)))


async def _read_law(session: AsyncSession) -> Law:
    documents = await session.scalars(select(DocumentRow))
    clauses = await session.scalars(select(ClauseRow))
    parameters = await session.scalars(select(ParameterRow))
    calendars = await session.scalars(select(CalendarRow).order_by(CalendarRow.version))
    closures = await session.scalars(
        select(ClosureRow).where(ClosureRow.withdrawn_at.is_(None)).order_by(ClosureRow.id)
    )
    return Law(
        documents={row.id: _document(row) for row in documents},
        clauses={row.id: Clause(row.id, row.document_id, row.section, row.title, row.text) for row in clauses},
        parameters=by_key(parameter_of(row) for row in parameters),
        calendars=calendars_by_division(calendars),
        closures=closures_by_division(closures),
    )


def by_key(parameters: Iterable[Parameter]) -> dict[str, tuple[Parameter, ...]]:
    groups: dict[str, list[Parameter]] = defaultdict(list)
    for parameter in parameters:
        groups[parameter.key].append(parameter)
    return {key: tuple(group) for key, group in groups.items()}


def parameter_record(parameter: Parameter) -> dict[str, Any]:
    """A parameter as kept with a decision or a due date: value, unit, where from and how sure."""
    record = asdict(parameter)
    record["effective_from"] = parameter.effective_from.isoformat()
    record["effective_to"] = parameter.effective_to.isoformat() if parameter.effective_to else None
    record["basis"] = parameter.basis.value
    return record


def _document(row: DocumentRow) -> Document:
    return Document(
        row.id, row.number, row.title, row.division, row.in_force_from, row.in_force_to, row.public, row.demonstration
    )


def parameter_of(row: ParameterRow) -> Parameter:
    return Parameter(
        key=row.key,
        value=row.value,
        unit=row.unit,
        division=row.division,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        document=row.document,
        basis=Basis(row.basis),
        clause=row.clause,
        version=row.version,
        note=row.note,
    )


def calendar_year(row: CalendarRow) -> CalendarYear:
    return CalendarYear(
        year=row.year,
        version=row.version,
        status=CalendarStatus(row.status),
        source=row.source,
        rest={date.fromisoformat(day): name for day, name in row.rest.items()},
        make_up={date.fromisoformat(day): name for day, name in row.make_up.items()},
    )


def calendars_by_division(rows: Iterable[CalendarRow]) -> dict[str, dict[int, CalendarYear]]:
    calendars: dict[str, dict[int, CalendarYear]] = defaultdict(dict)
    for row in rows:
        calendars[row.division][row.year] = calendar_year(row)
    return calendars


def closures_by_division(rows: Iterable[ClosureRow]) -> dict[str, tuple[Closure, ...]]:
    closures: dict[str, tuple[Closure, ...]] = {}
    for row in rows:
        closure = Closure(row.first_day, row.last_day, f"停办（{row.reason}）")
        closures[row.division] = (*closures.get(row.division, ()), closure)
    return closures
