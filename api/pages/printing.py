"""A paper that is drawn when it is asked for: as a page that may be printed, never stored by the browser."""

import uuid

from fastapi import Response
from fastapi.responses import HTMLResponse

from api.pages.desk import NO_STORE
from notifications.papers import Paper, render_paper

STYLESHEET = "/static/paper.css"


def printable(paper: Paper, application_id: uuid.UUID) -> Response:
    page = render_paper(paper, stylesheet=STYLESHEET, back=f"/cases/{application_id}")
    return HTMLResponse(page, headers=NO_STORE)
