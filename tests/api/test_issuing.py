"""Papers as they are kept: PDF/A once per version, the page where the font lacks a name, by what is in the tables."""

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from activities.correspondence import Correspondence
from activities.issuing import Issuing
from api.services import Services
from store.applications import ApplicationRow, PublicityRow, RefusalRow
from store.database import WHOLE, Database
from store.files import FileRow
from tests.api.conftest import MORNING, TOWNSHIP, Counter
from tests.notifications.pdf_text import words_of

ABSENT = "\U0002a6a5"


@pytest.fixture
def issuing(services: Services) -> Issuing:
    return Issuing(services.vault, services.files, Correspondence("http://counter.test", 15))


async def posted(worker: Database, issuing: Issuing, filed: dict[str, Any], last_day: date | None) -> uuid.UUID:
    notice = PublicityRow(level="township", round=1, posted_on=MORNING.date(), last_day=last_day)
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        return await issuing.poster(session, application, notice, MORNING)


async def kept(worker: Database, services: Services, filed: dict[str, Any]) -> dict[uuid.UUID, tuple[str, str]]:
    """Media type and name of each paper of the case."""
    async with worker.transaction(WHOLE) as session:
        rows = await session.scalars(
            select(FileRow).where(FileRow.application_id == uuid.UUID(filed["id"]), FileRow.origin == "paper")
        )
        return {
            row.id: (row.media_type, services.vault.open("file", "name", row.id, row.name_sealed)) for row in rows.all()
        }


async def test_poster_is_kept_once_per_last_day_and_earlier_ones_stay(
    counter: Counter, worker: Database, services: Services, issuing: Issuing
) -> None:
    filed = await counter.file()
    first = await posted(worker, issuing, filed, date(2025, 3, 10))
    again = await posted(worker, issuing, filed, date(2025, 3, 10))
    moved = await posted(worker, issuing, filed, date(2025, 3, 11))
    assert first == again != moved
    assert await kept(worker, services, filed) == dict.fromkeys(
        (first, moved), ("application/pdf", "township_poster.pdf")
    )
    assert "至2025年3月10日" in words_of(services.files.get(first))
    assert "至2025年3月11日" in words_of(services.files.get(moved))


async def test_poster_waits_for_its_last_day(counter: Counter, worker: Database, issuing: Issuing) -> None:
    filed = await counter.file()
    with pytest.raises(LookupError, match="last day"):
        await posted(worker, issuing, filed, None)


async def refused(
    worker: Database, services: Services, issuing: Issuing, filed: dict[str, Any], serial: int, day: date
) -> uuid.UUID:
    key = uuid.uuid4()
    refusal = RefusalRow(
        id=key,
        level="township",
        provisions=["A-39"],
        reason_sealed=services.vault.seal("refusal", "reason", key, "不符"),
        number_year=day.year,
        number_serial=serial,
        issued_on=day,
    )
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        return await issuing.refusal_notice(session, application, refusal, MORNING)


async def test_name_that_the_font_lacks_is_kept_as_a_page_that_says_so(
    counter: Counter, worker: Database, services: Services, issuing: Issuing
) -> None:
    filed = await counter.file(applicant={"name": f"金{ABSENT}"})
    notice = await refused(worker, services, issuing, filed, 7001, MORNING.date())
    assert await kept(worker, services, filed) == {
        notice: ("text/html; charset=utf-8", "refusal_notice（字库缺字，网页版）.html")
    }
    assert f"申请人金{ABSENT}：" in services.files.get(notice).decode()


@pytest.mark.parametrize(("day", "remarked"), [(date(2025, 3, 3), False), (date(2026, 9, 1), True)])
async def test_notice_remarks_that_a_year_is_not_yet_published(
    counter: Counter, worker: Database, services: Services, issuing: Issuing, day: date, remarked: bool
) -> None:
    """Six months from September 2026 end in 2027, whose holidays are provisional."""
    filed = await counter.file()
    notice = await refused(worker, services, issuing, filed, 7002, day)
    words = words_of(services.files.get(notice))
    assert f"〔{day.year}〕第7002号" in words
    assert ("放假安排尚未公布" in words) is remarked
    assert filed["number"].startswith(TOWNSHIP)
