"""案件卷宗: the whole case on one print page, for the archive, an audit, a reconsideration or a court."""

import uuid

from fastapi import APIRouter, Response

from api.errors import not_allowed
from api.pages.desk import AtDesk
from api.pages.printing import printable
from api.papers.case_file import case_file, has_case_file
from api.papers.catalogue import CASE_FILE, pdf_address
from api.papers.reading import read_case

router = APIRouter()


@router.get("/cases/{application_id}/file")
async def show(desk: AtDesk, application_id: uuid.UUID) -> Response:
    """As far as this reader may see the case; not for finance, which is shown the payment alone. Each look is logged."""
    reading = await read_case(desk.services, desk.signed_in, application_id, "case file")
    if not has_case_file(reading.case):
        raise not_allowed("您的岗位不能查看案件卷宗")
    paper = await case_file(desk.services, reading)
    return printable(paper, application_id, pdf_address(application_id, CASE_FILE))
