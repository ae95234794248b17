"""文书: official papers as print pages, in the words and the look that `notifications/papers.py` gives them."""

import uuid

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from api.errors import not_allowed, not_found
from api.pages.desk import NO_STORE, AtDesk
from api.pages.printing import STYLESHEET, printable
from api.papers.calculation import calculation_sheet
from api.papers.catalogue import CALCULATION, pdf_address
from api.papers.reading import read_case
from api.papers.record import TITLES, draw, papers_of
from api.rest.files import read_file
from notifications.papers import PAPER_STYLESHEET

router = APIRouter()


@router.get(STYLESHEET)
async def stylesheet() -> Response:
    return FileResponse(PAPER_STYLESHEET, media_type="text/css")


@router.get("/papers/{file_id}")
async def issued(desk: AtDesk, file_id: uuid.UUID) -> Response:
    """A paper as it was issued and kept; never made anew."""
    row, content = await read_file(desk.services, desk.signed_in, file_id)
    if row.origin != "paper":
        raise not_found()
    return Response(content, media_type=row.media_type, headers=NO_STORE)


@router.get("/cases/{application_id}/calculation")
async def calculation(desk: AtDesk, application_id: uuid.UUID) -> Response:
    """计算表 of the decision that counts: the approved one, else the newest. Not for finance: it repeats the costs."""
    if desk.signed_in.view.payment_only:
        raise not_allowed("您的岗位不能查看计算表")
    reading = await read_case(desk.services, desk.signed_in, application_id, "calculation sheet")
    if reading.case["decision"] is None:
        raise not_found("本案尚未核算")
    return printable(calculation_sheet(reading), application_id, pdf_address(application_id, CALCULATION))


@router.get("/cases/{application_id}/papers/{name}")
async def drawn(desk: AtDesk, application_id: uuid.UUID, name: str) -> Response:
    """A paper that the record of the case can fill: receipt, list of missing papers, record of delivery."""
    if name not in TITLES:
        raise not_found()
    reading = await read_case(desk.services, desk.signed_in, application_id, f"paper: {name}")
    if name not in papers_of(reading.case):
        raise not_found()
    return printable(draw(name, reading), application_id, pdf_address(application_id, name))
