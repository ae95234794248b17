"""What the form of a new application says while it is being filled in: the ID number, and the running sum of the costs."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from api.forms import Form
from api.pages import application_form
from api.pages.desk import Desk
from policy import identity_number
from policy.clock import today
from policy.costs import Costs, check_costs
from policy.problems import Problem


@dataclass(frozen=True)
class IdCheck:
    problem: Problem | None
    born: str


@dataclass(frozen=True)
class CostsCheck:
    problems: tuple[Problem, ...]
    compliant: Decimal | None = None
    paid: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True)
class Drawn:
    """What the form shows besides what was typed."""

    id_check: IdCheck | None = None
    costs_check: CostsCheck | None = None


def drawn(desk: Desk, form: Form) -> Drawn:
    typed = form.value("applicant.id_number")
    known = check_id(desk, typed) if typed and not form.problems_at("applicant.id_number") else None
    return Drawn(known if known and known.problem is None else None, check_form_costs(form))


def check_id(desk: Desk, typed: str) -> IdCheck | None:
    if not typed:
        return None
    born = identity_number.birth_date(identity_number.normal(typed))
    problem = identity_number.check(typed, today(desk.services.clock))
    return IdCheck(problem, born.isoformat() if born else "")


def check_form_costs(form: Form) -> CostsCheck | None:
    """The running sum of the costs typed so far; silent until total and compliant costs are there."""
    typed = form.part("costs.")
    amounts = {f.name: _amount(typed.value(f.name)) for f in application_form.AMOUNTS}
    if amounts["total"] is None or amounts["compliant_total"] is None:
        return None
    costs = Costs(**{name: amount for name, amount in amounts.items() if amount is not None})
    problems = check_costs(costs)
    return CostsCheck(problems, costs.compliant_total, sum(costs.deductions.values(), Decimal()), costs.base)


def _amount(typed: str) -> Decimal | None:
    try:
        return Decimal(typed.strip().replace(",", ""))
    except InvalidOperation:
        return None
