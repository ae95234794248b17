"""A paper that is drawn when it is asked for: as a page that may be printed, or as PDF, never stored by the browser."""

import uuid

from fastapi import Response
from fastapi.responses import HTMLResponse

from api.pages.desk import NO_STORE
from api.papers.catalogue import as_pdf
from notifications.papers import Paper, render_paper
from notifications.typesetting import PDF

STYLESHEET = "/static/paper.css"


def printable(paper: Paper, application_id: uuid.UUID, pdf: str) -> Response:
    """The page; `pdf` is the address of the same paper as PDF."""
    page = render_paper(paper, stylesheet=STYLESHEET, back=f"/cases/{application_id}", pdf=pdf)
    return HTMLResponse(page, headers=NO_STORE)


async def download(paper: Paper, name: str) -> Response:
    """The PDF under that name, which must name nobody. Raises Refusal 409 where the font lacks a character."""
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(await as_pdf(paper), media_type=PDF, headers=headers)
