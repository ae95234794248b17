"""Which papers a case has for its reader, under which name, and how one of them is had as PDF.

Kept papers are those that were issued, as they were issued; the others say what the record says today. Rights are those
of the case: posters for whoever sees it, 附件5 for whoever reads files, papers with a name for whoever sees it whole.
"""

import asyncio
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from api.errors import Refusal, not_found
from api.identity import CurrentUser
from api.measures import API
from api.papers.calculation import calculation_sheet, has_calculation
from api.papers.case_file import case_file, has_case_file
from api.papers.reading import Case, CaseReading, read_case
from api.papers.record import TITLES, draw, papers_of
from api.rest.files import read_file
from api.services import Services
from notifications.papers import Paper
from notifications.typesetting import PDF, Unprintable, render_pdf
from policy.access import Action, may
from policy.terms import Level
from store.files import FileRow

POSTERS = {Level.TOWNSHIP.value: "乡镇公示", Level.COUNTY.value: "县级公示"}
NOTICE, NOTICE_TITLE = "refusal-notice", "书面告知书（附件5）"
CALCULATION, CALCULATION_TITLE = "calculation", "计算表"
CASE_FILE, CASE_FILE_TITLE = "case-file", "案件卷宗"
_NAME = re.compile("|".join((r"(township|county)-poster(-\d{1,3})?", NOTICE, CALCULATION, CASE_FILE, *TITLES)))


@dataclass(frozen=True)
class Offered:
    """`file` is the id under which an issued paper is kept; None for what is drawn when it is asked for."""

    name: str
    title: str
    file: str | None = None


def offered(case: Case, user: CurrentUser) -> list[Offered]:
    """The papers of a case as this reader may have them."""
    papers = [
        Offered(_poster_name(notice["level"], notice["round"]), POSTERS[notice["level"]], notice["poster"])
        for notice in case["publicity"]
        if notice["poster"]
    ]
    refusal = case["refusal"]
    if refusal and refusal["notice"] and may(user.post, Action.READ_FILE):
        papers.append(Offered(NOTICE, NOTICE_TITLE, refusal["notice"]))
    papers += [Offered(name, title) for name, title in papers_of(case).items()]
    if has_calculation(case):
        papers.append(Offered(CALCULATION, CALCULATION_TITLE))
    if has_case_file(case):
        papers.append(Offered(CASE_FILE, CASE_FILE_TITLE))
    return papers


async def earlier_versions(
    services: Services, user: CurrentUser, application_id: uuid.UUID, papers: Sequence[Offered]
) -> list[dict[str, Any]]:
    """Issued papers that a later version has replaced, oldest first; for whoever reads files."""
    if not may(user.post, Action.READ_FILE):
        return []
    shown = [uuid.UUID(paper.file) for paper in papers if paper.file]
    async with services.database.transaction(user.scope) as session:
        rows = await session.scalars(
            select(FileRow)
            .where(FileRow.application_id == application_id, FileRow.origin == "paper", FileRow.id.not_in(shown))
            .order_by(FileRow.created_at, FileRow.id)
        )
        return [{"file": row.id, "kept_at": row.created_at, "media_type": row.media_type} for row in rows]


async def paper_as_pdf(services: Services, user: CurrentUser, application_id: uuid.UUID, name: str) -> bytes:
    """The paper of that name. Raises Refusal 404 where this reader has none, 409 where the font lacks a character."""
    if not _NAME.fullmatch(name):
        raise not_found()
    reading = await read_case(services, user, application_id, f"paper: {name}")
    found = next((paper for paper in offered(reading.case, user) if paper.name == name), None)
    if found is None:
        raise not_found()
    if found.file is None:
        return await as_pdf(await draw_paper(services, reading, name))
    row, content = await read_file(services, user, uuid.UUID(found.file))
    if row.media_type != PDF:
        raise _no_glyphs()
    return content


async def draw_paper(services: Services, reading: CaseReading, name: str) -> Paper:
    """The paper of that name out of the record; one of `offered` that is not kept."""
    if name == CASE_FILE:
        return await case_file(services, reading)
    return calculation_sheet(reading) if name == CALCULATION else draw(name, reading)


async def as_pdf(paper: Paper) -> bytes:
    """Raises Refusal 409 where the font lacks a character of it; the page is there all the same."""
    try:
        return await asyncio.to_thread(render_pdf, paper)
    except Unprintable as lacking:
        raise _no_glyphs(lacking.characters) from None


def _no_glyphs(characters: list[str] | None = None) -> Refusal:
    which = f"“{''.join(characters)}”" if characters else ""
    zh = f"字库中没有文书所用的字{which}，不能生成PDF，请打印网页版"
    en = "the font lacks a character of this paper; print its page instead"
    return Refusal(
        409, "glyphs-missing", zh, en, code_points=[f"U+{ord(character):04X}" for character in characters or ()]
    )


def pdf_address(application_id: uuid.UUID | str, name: str) -> str:
    return f"{API}/applications/{application_id}/papers/{name}.pdf"


def _poster_name(level: str, round: int) -> str:
    return f"{level}-poster" if round == 1 else f"{level}-poster-{round}"
