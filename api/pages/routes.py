"""All pages at their addresses, beside the JSON under /api."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from api.pages import (
    adjustments,
    agreements,
    applications,
    board,
    bulk,
    case_acts,
    case_file,
    cases,
    caught_mail,
    chain,
    contract,
    cycles,
    disbursements,
    due_dates,
    fallback,
    funds,
    inbox,
    liaisons,
    lists_out,
    matters,
    papers,
    papers_to_issue,
    partners,
    payments,
    people,
    pushes,
    recognitions,
    reviews,
    sign_in,
    staff,
    supervision,
    table_uploads,
    tasks,
    teamwork,
    try_out,
)
from api.pages.refusals import page_of_refusal
from api.services import Services

STATIC = Path(__file__).parent.parent / "static"
MODULES = (
    sign_in,
    inbox,
    tasks,
    teamwork,
    bulk,
    staff,
    partners,
    applications,
    case_acts,
    cases,
    case_file,
    fallback,
    board,
    cycles,
    lists_out,
    matters,
    adjustments,
    supervision,
    reviews,
    agreements,
    liaisons,
    people,
    chain,
    pushes,
    recognitions,
    papers,
    papers_to_issue,
    table_uploads,
    disbursements,
    payments,
    funds,
    try_out,
    due_dates,
    caught_mail,
    contract,
)


async def _icon() -> Response:
    """For pages that name none, such as official papers."""
    return FileResponse(STATIC / "seal.svg", media_type="image/svg+xml")


def mount(app: FastAPI, services: Services) -> None:
    """Adds the pages, their files and their way of saying no; /dev/mail only where mail is caught."""
    pages = APIRouter(include_in_schema=False)
    for module in MODULES:
        if module is not caught_mail or services.options.mail_dir is not None:
            pages.include_router(module.router)
    pages.add_api_route("/favicon.ico", _icon)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.state.page_of_refusal = page_of_refusal
