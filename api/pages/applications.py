"""新建申请: one long form; whatever is wrong is shown at its field, and nothing that was typed or uploaded is lost."""

from dataclasses import replace

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.filing.application import file_application, has_first_task
from api.filing.checks import check_filing
from api.filing.reading import read_filing
from api.forms import Form, Wrong
from api.pages import application_form
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.diseases import diseases_for
from api.pages.drafts import NEW_APPLICATION, keep_form
from api.pages.filing_checks import Drawn, check_form_costs, check_id, drawn
from api.pages.filing_form import draft
from api.pages.places import places_for
from api.pages.posted import FromForm
from api.pages.teamwork import did
from api.pages.uploads import keep_uploads
from api.prefer import DEFAULT_WAIT, wait_until
from api.services import MEGABYTE
from api.teamwork.drafts import open_draft, throw_away
from policy.access import Action
from policy.clock import today
from policy.terms import ancestors
from policy.treatment import TreatmentKind

router = APIRouter(prefix="/applications/new")
FORM = "application"
ONLY_TOWNSHIPS = "只有乡镇（街道）经办人可以登记申请"


@router.get("")
async def empty(desk: AtDesk) -> Response:
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    drafted = await open_draft(desk.services, desk.signed_in, NEW_APPLICATION)
    if drafted is not None:
        form, said = Form(FORM, drafted), did(desk) or desk.say("已恢复您保存的草稿。", "Your draft has been restored.")
        return await _page(desk, form, drawn(desk, form), notice=said)
    own = desk.signed_in.division
    typed = {name: [code] for name, code in zip(("division", "county", "city"), ancestors(own), strict=False)}
    typed["costs.treatment"] = [TreatmentKind.INPATIENT.value]
    return await _page(desk, Form(FORM, typed), Drawn(), notice=did(desk))


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
        case "keep":
            await keep_form(desk, NEW_APPLICATION, posted)
            return see_other("/applications/new?did=draft")
        case "forget":
            await throw_away(desk.services, desk.signed_in, NEW_APPLICATION)
            return see_other("/applications/new?did=thrown")
        case "check":
            return await _checked(desk, form, wrong_files)
        case _:
            return await _filed(desk, form, wrong_files, posted.once)


@router.get("/divisions")
async def divisions(desk: AtDesk, city: str = "", county: str = "") -> Response:
    form = Form(FORM, {"city": [city], "county": [county]})
    return desk.page("application/_divisions.html", form=form, places=await places_for(desk, form))


@router.post("/id-check")
async def id_check(desk: AtDesk, posted: FromForm) -> Response:
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    posted.demand_fresh()
    return desk.page("application/_id_check.html", id_check=check_id(desk, posted.text("applicant.id_number")))


@router.post("/costs-check")
async def costs_check(desk: AtDesk, posted: FromForm) -> Response:
    desk.demand(Action.FILE_APPLICATION, ONLY_TOWNSHIPS)
    posted.demand_fresh()
    return desk.page("application/_costs_check.html", costs_check=check_form_costs(Form(FORM, posted.typed)))


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
        return await _page(desk, replace(form, problems=wrong), drawn(desk, form), 422)
    await throw_away(desk.services, desk.signed_in, NEW_APPLICATION)
    await wait_until(lambda: has_first_task(desk.services, desk.signed_in, filed.id), DEFAULT_WAIT)
    return see_other(f"/cases/{filed.id}?filed=yes")


async def _checked(desk: Desk, form: Form, wrong_files: tuple[Wrong, ...]) -> Response:
    """The form with everything that would be refused, and nothing written."""
    drafted, user = draft(form), desk.signed_in
    async with desk.services.database.transaction(user.scope) as session:
        checked = await check_filing(session, user, read_filing(drafted.raw), today(desk.services.clock))
    wrong = (*wrong_files, *drafted.wrongs(checked.problems))
    fine = None if wrong else desk.say("没有发现问题，可以提交。", "Nothing wrong was found; it can be filed.")
    return await _page(desk, replace(form, problems=wrong), drawn(desk, form), 422 if wrong else 200, fine)


async def _page(desk: Desk, form: Form, shown: Drawn, status: int = 200, notice: str | None = None) -> Response:
    return desk.page(
        "application/new.html",
        "new",
        status=status,
        notice=notice,
        form=form,
        fields=application_form,
        places=await places_for(desk, form),
        diseases=diseases_for(desk),
        id_check=shown.id_check,
        costs_check=shown.costs_check,
        upload_limit=desk.services.options.largest_file // MEGABYTE,
    )
