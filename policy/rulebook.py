"""The immutable view of the law that every rule is given: documents, parameters and calendar of a division."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from policy.clauses import Clause, Document
from policy.terms import ancestors
from policy.working_days import WorkCalendar

CLAUSES_HERE = "CLAUSES_HERE"
NOT_RULED_HERE = "本地未规定"


class Basis(StrEnum):
    """How sure a value is; shown beside it wherever it is used."""

    DOCUMENT = "document"  # 来自文件
    LOCAL = "local"  # 本地设置
    UNCONFIRMED = "unconfirmed"  # 待确认
    DEMONSTRATION = "demonstration"  # 演示值
    UNREVIEWED = "unreviewed"  # 待复核: entered by one person, the second one still to come


@dataclass(frozen=True)
class Parameter:
    """A value that a document or an office fixes, from a day, for a division.

    `value` is None where the documents deliberately leave it empty (no cap, no deadline): that is an answer, not a gap.
    `document` is the number of the paper the value stands in, `clause` the catalogue id where there is one.
    """

    key: str
    value: Any
    unit: str
    division: str
    effective_from: date
    effective_to: date | None
    document: str
    basis: Basis
    clause: str | None = None
    version: int = 1
    note: str = ""

    def in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


class MissingParameter(Exception):
    """No value is in force: the city's bureau must supply one. Never replaced by a guess."""

    def __init__(self, key: str, division: str, on: date) -> None:
        super().__init__(key)
        self.key = key
        self.division = division
        self.on = on


@dataclass(frozen=True)
class Rulebook:
    """What is in force in `division` as known on `known_on`. Look-ups name the day that they ask about."""

    division: str
    known_on: date
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    parameters: Mapping[str, tuple[Parameter, ...]]
    calendar: WorkCalendar
    demonstration: bool = field(default=False)

    def find(self, key: str, on: date) -> Parameter | None:
        """The nearest division's latest value in force on `on`, or None where no document or office has given one."""
        return next((found for d in ancestors(self.division) if (found := self.latest(key, d, on)) is not None), None)

    def latest(self, key: str, division: str, on: date) -> Parameter | None:
        """What `division` itself has in force on `on`: the value that started last, in its newest version.

        An older version is never in force again: a value is ended by a newer version of it that has an end.
        """
        newest: dict[date, Parameter] = {}
        for value in self.parameters.get(key, ()):
            known = newest.get(value.effective_from)
            if value.division == division and (known is None or known.version < value.version):
                newest[value.effective_from] = value
        in_force = [value for value in newest.values() if value.in_force(on)]
        return max(in_force, key=lambda value: value.effective_from, default=None)

    def parameter(self, key: str, on: date) -> Parameter:
        """As `find`; raises MissingParameter, which becomes a task for the city's bureau."""
        found = self.find(key, on)
        if found is None:
            raise MissingParameter(key, self.division, on)
        return found

    def clause(self, clause_id: str) -> Clause:
        return self.clauses[clause_id]

    def holds(self, clause_id: str) -> bool:
        """Whether the clause stands in a document of this place, of what contains it or of what it contains.

        A clause that no pack holds is taken as it is.
        """
        clause = self.clauses.get(clause_id)
        if clause is None:
            return True
        of = self.documents[clause.document].division
        return self.division.startswith(of) or of.startswith(self.division)

    def clause_here(self, clause_id: str, on: date | None = None) -> str | None:
        """The clause that says here what `clause_id` says where it holds (CLAUSES_HERE); None where no document says it.

        Procedures are written once, with the clauses of the province they were first built for; a place under other
        documents names its own. As in force on `on`, by default on the day known.
        """
        if self.holds(clause_id):
            return clause_id
        named = self.find(CLAUSES_HERE, on or self.known_on)
        return named.value.get(clause_id) if named else None

    def cite(self, clause_id: str) -> str:
        """The clause of this place as an official would cite it; NOT_RULED_HERE where no document of the place says so.

        The id itself where the packs hold no such clause.
        """
        here = self.clause_here(clause_id)
        if here is None:
            return NOT_RULED_HERE
        clause = self.clauses.get(here)
        return clause.cite(self.documents[clause.document]) if clause else here
