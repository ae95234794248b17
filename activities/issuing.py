"""Keeping official papers as they were issued: rendered once, sealed in the data folder, never made anew.

They are kept as PDF/A. A name may hold a character that the papers' font lacks: then the page is kept instead, and its
name says so; no procedure waits for a font.
"""

import asyncio
import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.correspondence import Correspondence
from notifications.papers import (
    PROVISIONAL_CALENDAR,
    CountyPoster,
    Paper,
    PosterEntry,
    Provision,
    RefusalNotice,
    TownshipPoster,
    period_in_words,
    render_paper,
)
from notifications.typesetting import PDF, Unprintable, render_pdf
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.deadlines import SHANGHAI
from policy.remedies import may_end_in_an_open_year
from policy.rulebook import Rulebook
from policy.terms import Category, Department, Level, division_at
from store.applications import ApplicationRow, PublicityRow, RefusalRow
from store.decisions import DecisionRow
from store.disclosure import Cell, Look, disclose
from store.files import FileRow, FileStore
from store.rulebook import load_rulebook
from store.vault import Vault

STYLESHEET = "/static/paper.css"
HTML = "text/html; charset=utf-8"
PROVISION_WORDS = {choice.code: choice.label for choice in REFUSAL_PROVISIONS}


@dataclass(frozen=True)
class _Made:
    """A paper as it is kept."""

    content: bytes
    media_type: str
    name: str


class Issuing:
    def __init__(self, vault: Vault, files: FileStore, correspondence: Correspondence) -> None:
        self._vault, self._files, self._correspondence = vault, files, correspondence

    async def refusal_notice(
        self, session: AsyncSession, application: ApplicationRow, refusal: RefusalRow, now: datetime
    ) -> uuid.UUID:
        """附件5 as issued by the township, also for the county's refusals (A-42, A-68, AMB-9)."""
        rulebook = await load_rulebook(session, application.division, now.astimezone(SHANGHAI).date())
        if refusal.number_serial is None or refusal.issued_on is None:
            raise LookupError("the notice has no number yet")
        look = _look(application, "refusal notice", now)
        paper = await refusal_paper(
            session, self._vault, self._correspondence, rulebook, application, refusal, look, refusal.issued_on
        )
        return await self._keep(session, application, paper, "refusal_notice", now)

    async def poster(
        self, session: AsyncSession, application: ApplicationRow, publicity: PublicityRow, now: datetime
    ) -> uuid.UUID:
        """The public notice as it was put up: masked, with its last day (A-40, A-41). Raises LookupError without one.

        May be called again when the last day has become known or has moved: the new version is kept beside the earlier
        ones, and it is for the caller to point `publicity.poster_file` at it. What has not changed is not kept twice.
        """
        rulebook = await load_rulebook(session, application.division, now.astimezone(SHANGHAI).date())
        look = _look(application, f"{publicity.level} poster", now)
        paper = await poster_paper(session, self._vault, self._correspondence, rulebook, application, publicity, look)
        return await self._keep(session, application, paper, f"{publicity.level}_poster", now)

    async def _keep(
        self, session: AsyncSession, application: ApplicationRow, paper: Paper, name: str, now: datetime
    ) -> uuid.UUID:
        """The id under which the paper is kept; that of the same paper where it has been kept before."""
        made = await asyncio.to_thread(_make, paper, name)
        same = select(FileRow.id).where(
            FileRow.application_id == application.id,
            FileRow.origin == "paper",
            FileRow.sha256 == hashlib.sha256(made.content).digest(),
        )
        kept: uuid.UUID | None = await session.scalar(same.limit(1))
        if kept is not None:
            return kept
        file_id = uuid.uuid4()
        session.add(
            FileRow(
                id=file_id,
                division=application.division,
                application_id=application.id,
                origin="paper",
                media_type=made.media_type,
                size=len(made.content),
                sha256=self._files.put(file_id, made.content),
                name_sealed=self._vault.seal("file", "name", file_id, made.name),
                uploaded_by=None,
                created_at=now,
            )
        )
        await session.flush()
        return file_id


def _make(paper: Paper, name: str) -> _Made:
    try:
        return _Made(render_pdf(paper), PDF, f"{name}.pdf")
    except Unprintable:
        return _Made(render_paper(paper, stylesheet=STYLESHEET).encode(), HTML, f"{name}（字库缺字，网页版）.html")


async def refusal_paper(
    session: AsyncSession,
    vault: Vault,
    correspondence: Correspondence,
    rulebook: Rulebook,
    application: ApplicationRow,
    refusal: RefusalRow,
    look: Look,
    issued_on: date,
) -> Paper:
    """附件5 as of that day, without a number while the refusal has none; who looks is logged."""
    opened = disclose(
        session,
        vault,
        look,
        {
            "applicant": Cell("application", "applicant", application.id, application.applicant_sealed),
            "reason": Cell("refusal", "reason", refusal.id, refusal.reason_sealed),
        },
    )
    return RefusalNotice(
        demonstration=rulebook.demonstration,
        year=refusal.number_year or issued_on.year,
        serial=refusal.number_serial,
        applicant_name=opened["applicant"]["name"],
        submitted_on=application.submitted_on,
        provisions=tuple(
            Provision(rulebook.cite(clause), PROVISION_WORDS.get(clause, clause)) for clause in refusal.provisions
        ),
        reason=opened["reason"],
        decision_words=rulebook.parameter("REFUSAL_PHRASE", issued_on).value,
        reconsideration_period=period_in_words(rulebook.parameter("T-RECON", issued_on)),
        suit_period=period_in_words(rulebook.parameter("T-SUIT", issued_on)),
        issuer=await correspondence.office_name(
            session, application.division, Department.TOWNSHIP_GOVERNMENT, issued_on
        ),
        issued_on=issued_on,
        remark=PROVISIONAL_CALENDAR if may_end_in_an_open_year(rulebook, issued_on) else None,
    )


async def poster_paper(
    session: AsyncSession,
    vault: Vault,
    correspondence: Correspondence,
    rulebook: Rulebook,
    application: ApplicationRow,
    publicity: PublicityRow,
    look: Look,
) -> Paper:
    """The poster of a notice, posted or about to be; who looks is logged. Raises LookupError without a last day."""
    if publicity.last_day is None:
        raise LookupError("the last day is not known")
    cell = Cell("application", "applicant", application.id, application.applicant_sealed)
    applicant = disclose(session, vault, look, {"applicant": cell})["applicant"]
    township = publicity.level == Level.TOWNSHIP.value
    decision = None
    if not township:
        decision = await session.scalar(
            select(DecisionRow).where(DecisionRow.application_id == application.id, DecisionRow.final)
        )
    entry = PosterEntry.of(
        applicant["name"],
        applicant["id_number"],
        await correspondence.division_name(session, application.division),
        Category(application.category).label,
        decision.amount if decision else None,
    )
    county = division_at(application.division, Level.COUNTY)
    on = publicity.posted_on
    bureau = await correspondence.office_name(session, county, Department.MEDICAL_INSURANCE, on)
    issuer, above = bureau, bureau
    if township:
        issuer = await correspondence.office_name(session, application.division, Department.TOWNSHIP_GOVERNMENT, on)
    else:
        city = division_at(application.division, Level.CITY)
        above = await correspondence.office_name(session, city, Department.MEDICAL_INSURANCE, on)
    kind = TownshipPoster if township else CountyPoster
    return kind(
        demonstration=rulebook.demonstration,
        issuer=issuer,
        entries=(entry,),
        citation=rulebook.cite("A-40" if township else "A-41"),
        posted_on=publicity.posted_on,
        last_day=publicity.last_day,
        objection_contact=issuer,
        supervision_line=above,
    )


def _look(application: ApplicationRow, purpose: str, now: datetime) -> Look:
    return Look("system:issuing", "application", application.id, application.division, purpose, now)
