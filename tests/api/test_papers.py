"""Papers of a case over the programs' door: which a post may have, each as PDF, every look logged."""

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from activities.correspondence import Correspondence
from activities.issuing import Issuing
from api.identity import CurrentUser
from api.papers.case_file_rest import rest_of
from api.papers.catalogue import offered
from api.services import Services
from policy.access import PersonalView
from policy.terms import Department, Level, Post, Role
from store.applications import ApplicationRow, PublicityRow, RefusalRow, RemedyRow
from store.database import WHOLE, Database
from tests.api.conftest import CASEWORKER, MORNING, TOWNSHIP, Counter
from tests.api.test_rights import AUDITOR, FINANCE, NEIGHBOUR
from tests.notifications.pdf_text import words_of

CLERK = Post(Level.TOWNSHIP, Department.TOWNSHIP_GOVERNMENT, Role.CASEWORKER)
ABSENT = "\U0002a6a5"


@pytest.fixture
def issuing(services: Services) -> Issuing:
    return Issuing(services.vault, services.files, Correspondence("http://counter.test", 15))


async def post_notice(worker: Database, issuing: Issuing, filed: dict[str, Any], last_day: date) -> uuid.UUID:
    """The township's notice, posted or posted anew with another last day; the id of its poster."""
    async with worker.transaction(WHOLE) as session:
        key = uuid.UUID(filed["id"])
        application = await session.get_one(ApplicationRow, key)
        notice = await session.scalar(select(PublicityRow).where(PublicityRow.application_id == key))
        if notice is None:
            notice = PublicityRow(
                application_id=key, division=TOWNSHIP, level="township", round=1, posted_on=MORNING.date()
            )
            session.add(notice)
        notice.last_day = last_day
        notice.poster_file = await issuing.poster(session, application, notice, MORNING)
        return notice.poster_file


async def accept(worker: Database, filed: dict[str, Any]) -> None:
    async with worker.transaction(WHOLE) as session:
        (await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))).accepted_on = MORNING.date()


async def names_of(counter: Counter, who: str, filed: dict[str, Any]) -> list[str]:
    answer = await counter.as_(who, "GET", f"/applications/{filed['id']}/papers")
    assert answer.status_code == 200, answer.text
    return [paper["name"] for paper in answer.json()["items"]]


async def test_each_post_is_offered_the_papers_that_it_may_see(
    counter: Counter, worker: Database, issuing: Issuing
) -> None:
    filed = await counter.file()
    await accept(worker, filed)
    await post_notice(worker, issuing, filed, date(2025, 3, 10))
    assert await names_of(counter, CASEWORKER, filed) == ["township-poster", "receipt", "case-file"]
    assert await names_of(counter, AUDITOR, filed) == ["township-poster", "case-file"]
    assert await names_of(counter, FINANCE, filed) == ["township-poster"]
    assert (await counter.as_(NEIGHBOUR, "GET", f"/applications/{filed['id']}/papers")).status_code == 404


async def test_papers_come_as_pdf_and_only_to_whom_they_are_offered(
    counter: Counter, worker: Database, issuing: Issuing
) -> None:
    filed = await counter.file()
    await accept(worker, filed)
    await post_notice(worker, issuing, filed, date(2025, 3, 10))
    at = f"/applications/{filed['id']}/papers"
    receipt = await counter.as_(CASEWORKER, "GET", f"{at}/receipt.pdf")
    assert receipt.headers["content-type"] == "application/pdf"
    assert receipt.headers["content-disposition"] == 'attachment; filename="receipt.pdf"'
    assert "金丝雀：你于" in words_of(receipt.content)
    poster = await counter.as_(FINANCE, "GET", f"{at}/township-poster.pdf")
    assert "金**" in words_of(poster.content)
    for who, name in ((AUDITOR, "receipt"), (FINANCE, "case-file"), (CASEWORKER, "delivery"), (CASEWORKER, "nothing")):
        assert (await counter.as_(who, "GET", f"{at}/{name}.pdf")).status_code == 404, name


async def test_looks_at_papers_are_logged(counter: Counter, worker: Database, issuing: Issuing) -> None:
    filed = await counter.file()
    await accept(worker, filed)
    await post_notice(worker, issuing, filed, date(2025, 3, 10))
    for name in ("receipt", "township-poster", "case-file"):
        assert (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}/papers/{name}.pdf")).is_success
    async with worker.transaction(WHOLE) as session:
        logged = await session.scalars(
            text("select purpose from access_log where subject_id = :case and reader not like 'system:%'"),
            {"case": uuid.UUID(filed["id"])},
        )
        assert {"paper: receipt", "paper: township-poster", "paper: case-file", "file.read"} <= set(logged)


async def test_replaced_posters_stay_readable_for_who_reads_files(
    counter: Counter, worker: Database, issuing: Issuing
) -> None:
    filed = await counter.file()
    first = await post_notice(worker, issuing, filed, date(2025, 3, 10))
    second = await post_notice(worker, issuing, filed, date(2025, 3, 11))
    shown = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}/papers")).json()
    assert [paper["file"] for paper in shown["items"] if paper["name"] == "township-poster"] == [str(second)]
    assert [paper["file"] for paper in shown["earlier"]] == [str(first)]
    assert "至2025年3月10日" in words_of((await counter.as_(CASEWORKER, "GET", f"/files/{first}")).content)
    assert (await counter.as_(AUDITOR, "GET", f"/applications/{filed['id']}/papers")).json()["earlier"] == []


async def test_paper_whose_name_the_font_lacks_says_so(counter: Counter, worker: Database) -> None:
    filed = await counter.file(applicant={"name": f"金{ABSENT}"})
    await accept(worker, filed)
    refused = await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}/papers/receipt.pdf")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/glyphs-missing"
    assert refused.json()["code_points"] == ["U+2A6A5"]
    assert f"“{ABSENT}”" in refused.json()["title"]


async def test_case_file_holds_checksums_reasons_and_remedies(
    counter: Counter, worker: Database, services: Services, issuing: Issuing
) -> None:
    filed = await counter.file()
    key = uuid.uuid4()
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        refusal = RefusalRow(
            id=key,
            application_id=application.id,
            division=TOWNSHIP,
            status="delivered",
            level="county",
            provisions=["A-39"],
            reason_sealed=services.vault.seal("refusal", "reason", key, "不符"),
            decided_on=MORNING.date(),
            number_year=2025,
            number_serial=8001,
            issued_on=MORNING.date(),
            delivered_on=date(2025, 3, 4),
            method="in_person",
            reconsideration_until=date(2025, 5, 6),
            suit_until=date(2025, 9, 4),
        )
        session.add(refusal)
        refusal.notice_file = await issuing.refusal_notice(session, application, refusal, MORNING)
        remedy = uuid.uuid4()
        session.add(
            RemedyRow(
                id=remedy,
                refusal_id=key,
                application_id=application.id,
                division=TOWNSHIP,
                kind="reconsideration",
                filed_on=date(2025, 3, 20),
                typed_sealed=services.vault.seal("remedy", "typed", remedy, {"body": "阳城县人民政府"}),
                entered_at=MORNING,
                entered_by=application.filed_by,
                result="reopened",
                result_on=date(2025, 4, 18),
            )
        )
    at = f"/applications/{filed['id']}/papers"
    words = words_of((await counter.as_(CASEWORKER, "GET", f"{at}/case-file.pdf")).content)
    document = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()["documents"][0]
    async with worker.transaction(WHOLE) as session:
        sha256 = await session.scalar(
            text("select encode(sha256, 'hex') from file where id = :id"), {"id": document["file"]}
        )
    for told in (
        filed["number"],
        "〔2025〕第8001号",
        "2025-05-06",
        "2025-09-04",
        sha256,
        "登记申请",
        "140522196001010010",
    ):
        assert told in words, told
    masked = words_of((await counter.as_(AUDITOR, "GET", f"{at}/case-file.pdf")).content)
    assert "部分个人信息已隐去" in masked
    for hidden in ("金丝雀", "140522196001010010", "C50.9", sha256):
        assert hidden not in masked, hidden


@pytest.mark.parametrize(
    ("view", "names"),
    [
        (PersonalView.FULL, ["receipt", "calculation", "case-file"]),
        (PersonalView.MASKED, ["calculation", "case-file"]),
        (PersonalView.PAYEE, []),
        (PersonalView.PAYEE_MASKED, []),
        (PersonalView.IDENTITY, []),
    ],
)
def test_papers_follow_how_much_of_the_case_a_post_sees(view: PersonalView, names: list[str]) -> None:
    case = {
        "view": view.value,
        "accepted_on": "2025-03-03",
        "timeline": [],
        "publicity": [],
        "refusal": None,
        "decision": {},
    }
    everybody = CurrentUser(uuid.uuid4(), "nobody", "无人", CLERK, TOWNSHIP, uuid.uuid4(), "")
    assert [paper.name for paper in offered(case, everybody)] == names


def test_case_file_leaves_out_nothing_that_a_case_says() -> None:
    case = {
        "number": "14052210020250001",
        "masked": False,
        "direct": False,
        "deceased_on": "2025-03-02",
        "comments": [{"id": "1", "text": "请补拍发票", "by": "李经办", "kind": "note", "kind_label": "批注"}],
        "attempts": [],
        "unheard_of": {"amount": "3.00", "state": True},
    }
    parts = {part.title: part.facts for part in rest_of(case)}
    assert parts == {
        "批注": (("1", "内容：请补拍发票\n经办：李经办\n种类：批注"),),
        "unheard_of": (("金额（元）", "3.00"), ("state", "是")),
        "其他情况": (("死亡日期", "2025-03-02"),),
    }
