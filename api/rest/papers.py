"""Papers of a case: which there are, and each as PDF."""

import uuid
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.identity import User
from api.papers.catalogue import Offered, earlier_versions, offered, paper_as_pdf, pdf_address
from api.papers.reading import read_case
from api.presentation import json_object
from api.rest.dependencies import At
from notifications.typesetting import PDF

router = APIRouter(tags=["papers"])


@router.get("/applications/{application_id}/papers")
async def listing(services: At, user: User, application_id: uuid.UUID) -> dict[str, Any]:
    """The papers that this reader may have; `earlier` are the versions of issued ones that a later one has replaced."""
    reading = await read_case(services, user, application_id, "papers")
    papers = offered(reading.case, user)
    earlier = await earlier_versions(services, user, application_id, papers)
    return {"items": [_item(application_id, paper) for paper in papers], "earlier": [json_object(e) for e in earlier]}


@router.get(
    "/applications/{application_id}/papers/{name}.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "PDF/A-2b"}},
)
async def pdf(services: At, user: User, application_id: uuid.UUID, name: str) -> Response:
    """One paper as PDF/A-2b; each reading is logged. 409 where the font lacks a character of it."""
    content = await paper_as_pdf(services, user, application_id, name)
    return Response(content, media_type=PDF, headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})


def _item(application_id: uuid.UUID, paper: Offered) -> dict[str, Any]:
    return {
        "name": paper.name,
        "title": paper.title,
        "kept": paper.file is not None,
        "file": paper.file,
        "pdf": pdf_address(application_id, paper.name),
    }
