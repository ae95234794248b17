"""新建申请: one long form; whatever is wrong is shown at its field, and nothing that was typed or uploaded is lost."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal
from api.filing.application import file_application, has_first_task
from api.filing.checks import check_filing
from api.filing.reading import read_filing
from api.forms import Form, Wrong
from api.pages import application_form
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.filing_form import draft
from api.pages.posted import FromForm
from api.pages.uploads import keep_uploads
from api.prefer import DEFAULT_WAIT, wait_until
from api.services import MEGABYTE
from policy import identity_number
from policy.access import Action
from policy.clock import today
from policy.costs import Costs, check_costs
from policy.problems import Problem
from policy.terms import ancestors
from store.reference import DivisionRow

router = APIRouter(prefix="/applications/new")
FORM = "application"
ONLY_TOWNSHIPS = "只有乡镇（街道）经办人可以登记申请"


@dataclass(frozen=True)
class Places:
    """The three selects of the receiving township: what is chosen at each level, and what may be."""

    city: str
    cities: list[DivisionRow]
    county: str
    counties: list[DivisionRow]
    township: str
    townships: list[DivisionRow]


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


@router.get("")
async def empty(desk: AtDesk) -> Response:
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    own = desk.signed_in.division
    typed = {name: [code] for name, code in zip(("division", "county", "city"), ancestors(own), strict=False)}
    return await _page(desk, Form(FORM, typed), Drawn())


@router.post("")
async def submit(desk: AtDesk, posted: FromForm) -> Response:
    """Files it and leads to the case; `do` may also ask for the next level of divisions or for a check only."""
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    wrong_files = () if posted.stale else await keep_uploads(desk, posted)
    form = Form(FORM, posted.typed)
    if posted.stale:
        return await _page(desk, replace(form, problems=(Wrong("", posted.stale.zh, posted.stale.en),)), Drawn(), 422)
    match posted.text("do"):
        case "divisions":
            return await _page(desk, form, Drawn())
        case "check":
            return await _checked(desk, form, wrong_files)
        case _:
            return await _filed(desk, form, wrong_files, posted.once)


@router.get("/divisions")
async def divisions(desk: AtDesk, city: str = "", county: str = "") -> Response:
    form = Form(FORM, {"city": [city], "county": [county]})
    return desk.page("application/_divisions.html", form=form, places=await _places(desk, form))


@router.post("/id-check")
async def id_check(desk: AtDesk, posted: FromForm) -> Response:
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    posted.demand_fresh()
    return desk.page("application/_id_check.html", id_check=_id_check(desk, posted.text("applicant.id_number")))


@router.post("/costs-check")
async def costs_check(desk: AtDesk, posted: FromForm) -> Response:
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    posted.demand_fresh()
    return desk.page("application/_costs_check.html", costs_check=_costs_check(Form(FORM, posted.typed)))


async def _filed(desk: Desk, form: Form, wrong_files: tuple[Wrong, ...], once: str | None) -> Response:
    drafted = draft(form)
    if wrong_files:
        return await _checked(desk, form, wrong_files)
    try:
        filed = await file_application(desk.services, desk.signed_in, drafted.raw, once)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        wrong = drafted.wrongs(refusal.problems) or (Wrong("", refusal.zh, refusal.en, refusal.clause),)
        return await _page(desk, replace(form, problems=wrong), _drawn(desk, form), 422)
    await wait_until(lambda: has_first_task(desk.services, desk.signed_in, filed.id), DEFAULT_WAIT)
    return see_other(f"/cases/{filed.id}?filed=yes")


async def _checked(desk: Desk, form: Form, wrong_files: tuple[Wrong, ...]) -> Response:
    """The form with everything that would be refused, and nothing written."""
    drafted, user = draft(form), desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        checked = await check_filing(session, user, read_filing(drafted.raw), today(desk.services.clock))
    wrong = (*wrong_files, *drafted.wrongs(checked.problems))
    return await _page(desk, replace(form, problems=wrong), _drawn(desk, form), 422 if wrong else 200)


async def _page(desk: Desk, form: Form, drawn: Drawn, status: int = 200) -> Response:
    return desk.page(
        "application/new.html",
        "new",
        status=status,
        form=form,
        fields=application_form,
        places=await _places(desk, form),
        id_check=drawn.id_check,
        costs_check=drawn.costs_check,
        upload_limit=desk.services.options.largest_file // MEGABYTE,
    )


def _drawn(desk: Desk, form: Form) -> Drawn:
    typed = form.value("applicant.id_number")
    known = _id_check(desk, typed) if typed and not form.problems_at("applicant.id_number") else None
    return Drawn(known if known and known.problem is None else None, _costs_check(form))


def _id_check(desk: Desk, typed: str) -> IdCheck | None:
    if not typed:
        return None
    born = identity_number.birth_date(identity_number.normal(typed))
    problem = identity_number.check(typed, today(desk.services.clock))
    return IdCheck(problem, born.isoformat() if born else "")


def _costs_check(form: Form) -> CostsCheck | None:
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


async def _places(desk: Desk, form: Form) -> Places:
    """The choices of each level; a level without a choice above it is empty, and a choice elsewhere is forgotten."""
    city, county, township = (form.value(name) for name in ("city", "county", "division"))
    county = county if city and county.startswith(city) else ""
    township = township if county and township.startswith(county) else ""
    day, user = today(desk.services.clock), desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        return Places(
            city,
            await _under(session, ancestors(user.division)[-1], day),
            county,
            await _under(session, city, day),
            township,
            await _under(session, county, day),
        )


async def _under(session: AsyncSession, parent: str, day: date) -> list[DivisionRow]:
    if not parent:
        return []
    rows = await session.scalars(
        select(DivisionRow)
        .where(DivisionRow.parent == parent, DivisionRow.valid_from <= day)
        .where(DivisionRow.valid_to.is_(None) | (DivisionRow.valid_to > day))
        .order_by(DivisionRow.code)
    )
    return list(rows)
