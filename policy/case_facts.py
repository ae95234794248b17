"""The facts that a decision about money relies on, and the rulebook as it is asked about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from policy.costs import Costs, TreatmentDates
from policy.money import ZERO
from policy.rulebook import Basis, Parameter, Rulebook
from policy.terms import Category, Residence
from policy.treatment import Treatment

MARKS = {Basis.DEMONSTRATION: "DEMO", Basis.UNREVIEWED: "UNREVIEWED", Basis.UNCONFIRMED: "UNCONFIRMED"}


@dataclass(frozen=True)
class CaseFacts:
    """What the decision relies on. `on` is the event date (`event_date`), `categories` all identities held on it.

    `paid_this_year` is aid paid or approved for the event's calendar year, as far as it uses up a cap; `base_before` the
    base of its earlier claims. Where only `deductible_used_this_year` is known, the base before is taken to have reached
    just so far.
    """

    on: date
    categories: Sequence[Category]
    costs: Costs
    residence: Residence | None = None
    paid_this_year: Decimal = ZERO
    deductible_used_this_year: Decimal = ZERO
    base_before: Decimal | None = None
    submitted_on: date | None = None
    settled_on: date | None = None
    one_stop: bool = False
    treatment: Treatment = field(default_factory=Treatment)
    care_aid_before: bool = False
    """Whether care aid has been granted in this person's life (A-26)."""
    outpatient_paid: Decimal = ZERO
    """Outpatient aid already granted in the event's period (A-12; `policy/outpatient.py`)."""


@dataclass
class Consulted:
    """The rulebook as this assessment asks it: what was used, and what was missing."""

    rulebook: Rulebook
    used: list[Parameter] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def ask(self, key: str, on: date) -> Parameter | None:
        """What is in force; without it nothing can be said, and the key is noted as missing."""
        found = self.look(key, on)
        if found is None:
            self.lack(key)
        return found

    def look(self, key: str, on: date) -> Parameter | None:
        """What is in force; None is an answer too: a rule that has not begun, or has ended."""
        found = self.rulebook.find(key, on)
        if found is not None:
            self.use(found)
        return found

    def lack(self, key: str) -> None:
        if key not in self.missing:
            self.missing.append(key)

    def use(self, found: Parameter) -> None:
        if found not in self.used:
            self.used.append(found)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(mark for basis, mark in MARKS.items() if any(p.basis is basis for p in self.used))


def event_date(rulebook: Rulebook, submitted_on: date, dates: TreatmentDates) -> date | None:
    """The day that decides period, rates and cap year (BENEFIT_EVENT_DATE, AMB-2); None when that date is not known.

    Raises MissingParameter.
    """
    decides = rulebook.parameter("BENEFIT_EVENT_DATE", submitted_on).value
    known = {"SETTLEMENT": dates.settled_on, "DISCHARGE": dates.discharged_on, "ADMISSION": dates.admitted_on}
    return known[decides]
