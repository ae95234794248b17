"""Which clause a step rests on in a place: steps are declared once, documents differ from one jurisdiction to the next."""

from collections.abc import Iterable
from datetime import date

from policy.rulebook import Rulebook
from policy.step import Step


def clause_of_step(rulebook: Rulebook, step: Step, on: date) -> str | None:
    """The step's own clause where its document holds; elsewhere that of the rule which gives its term, else the one named
    for it there (CLAUSES_HERE). None where no document of the place asks for the step (本地未规定)."""
    if rulebook.holds(step.clause):
        return step.clause
    term = rulebook.find(step.deadline, on)
    return (term.clause if term else None) or rulebook.clause_here(step.clause, on)


def grounds_of_step(rulebook: Rulebook, step: Step, on: date) -> list[str]:
    """The same as an entry of the timeline names its grounds: none, where there is none."""
    return _known(clause_of_step(rulebook, step, on))


def grounds_here(rulebook: Rulebook, clauses: Iterable[str], on: date) -> list[str]:
    """Each clause as it is called in this place, once; what no document of the place says is left out."""
    return list(dict.fromkeys(here for clause in clauses for here in _known(rulebook.clause_here(clause, on))))


def _known(clause: str | None) -> list[str]:
    return [clause] if clause else []
