"""A list as the file that somebody asked for: drawn outside the event loop, saved under a name that names nobody."""

import asyncio
from typing import Literal
from urllib.parse import quote

from starlette.responses import Response

from api.papers.catalogue import as_pdf
from notifications.papers import Paper
from notifications.typesetting import PDF
from policy.lists_out import CertificateForm, PlainList, RosterForm

Form = Literal["xlsx", "pdf"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
List = RosterForm | CertificateForm | PlainList


async def handed_out(made: List, name: str, form: Form) -> Response:
    """Raises Refusal 409 where the font lacks a character of the PDF; the workbook can be had all the same."""
    content, media_type = (await _pdf(made), PDF) if form == "pdf" else (await asyncio.to_thread(_xlsx, made), XLSX)
    return _saved_as(content, media_type, f"{name}.{form}")


async def pdf_of(paper: Paper, name: str) -> Response:
    """A paper that is no list. Raises Refusal 409 as above."""
    return _saved_as(await as_pdf(paper), PDF, f"{name}.pdf")


def _saved_as(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _xlsx(made: List) -> bytes:
    from exchange.annex_forms_out import certificate_workbook, roster_workbook  # heavy: only where one is made
    from exchange.plain_list_out import list_workbook

    match made:
        case RosterForm():
            return roster_workbook(made)
        case CertificateForm():
            return certificate_workbook(made)
        case PlainList():
            return list_workbook(made)


async def _pdf(made: List) -> bytes:
    from notifications.lists_out import CertificatePaper, ListPaper, RosterPaper

    match made:
        case RosterForm():
            return await as_pdf(RosterPaper.of(made))
        case CertificateForm():
            return await as_pdf(CertificatePaper.of(made))
        case PlainList():
            return await as_pdf(ListPaper.of(made))
