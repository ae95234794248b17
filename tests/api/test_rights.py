"""Who may do and see what: the matrix, cell by cell, through the counter."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from api.services import Services
from store.applications import ApplicationRow, PublicityRow
from store.assessment import assess_application
from store.database import WHOLE, Database
from store.files import FileRow
from store.vault import Vault
from tests.api.conftest import CASEWORKER, COUNTY_CASEWORKER, COUNTY_SUPERVISOR, MORNING, SUPERVISOR, TOWNSHIP, Counter

FINANCE = "county.finance.caseworker@140522"
FINANCE_LEADER = "county.finance.leader@140522"
CITY = "city.medical_insurance.supervisor@1405"
PROVINCE = "province.medical_insurance.supervisor@14"
NEIGHBOUR = "county.medical_insurance.caseworker@140827"
CIVIL_AFFAIRS = "county.civil_affairs.caseworker@140522"
AUDITOR = "county.medical_insurance.auditor@140522"
ADMINISTRATOR = "county.medical_insurance.administrator@140522"
OTHER_TOWNSHIP = "township.township_government.caseworker@140522101"
LEADER = "county.medical_insurance.leader@140522"

# Reads a case, lists cases, reads its file, searches people, files a case, answers its acceptance.
MATRIX = {
    CASEWORKER: (200, 200, 200, 200, 201, 200),
    SUPERVISOR: (200, 200, 200, 200, 403, 403),
    OTHER_TOWNSHIP: (404, 200, 404, 200, 422, 404),
    COUNTY_CASEWORKER: (200, 200, 200, 200, 403, 403),
    COUNTY_SUPERVISOR: (200, 200, 200, 200, 403, 403),
    LEADER: (200, 200, 403, 403, 403, 403),
    AUDITOR: (200, 200, 403, 403, 403, 403),
    ADMINISTRATOR: (403, 403, 403, 403, 403, 403),
    FINANCE: (200, 200, 403, 403, 403, 403),
    CIVIL_AFFAIRS: (404, 200, 404, 403, 403, 404),  # its list holds the cases that it was asked about: none
    NEIGHBOUR: (404, 200, 404, 200, 403, 404),
    CITY: (200, 200, 403, 403, 403, 403),
    PROVINCE: (200, 200, 403, 403, 403, 403),
}


@pytest.mark.parametrize("username", MATRIX)
async def test_the_matrix_holds(counter: Counter, username: str) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    file = case["documents"][0]["file"]
    search = {"id_number": "140522196001010010", "purpose": "核对"}
    body = await counter.application()
    answers = (
        await counter.as_(username, "GET", f"/applications/{filed['id']}"),
        await counter.as_(username, "GET", "/applications"),
        await counter.as_(username, "GET", f"/files/{file}"),
        await counter.as_(username, "POST", "/people/search", json=search),
        await counter.as_(username, "POST", "/applications", json=body),
        await counter.answer(username, task, "accept"),
    )
    assert tuple(answer.status_code for answer in answers) == MATRIX[username]


async def shown(counter: Counter, username: str) -> dict[str, Any]:
    filed = await counter.file()
    answer = await counter.as_(username, "GET", f"/applications/{filed['id']}")
    assert answer.status_code == 200
    return dict(answer.json())


async def test_the_caseworker_sees_the_person_in_full(counter: Counter) -> None:
    case = await shown(counter, CASEWORKER)
    assert case["applicant"]["name"] == "金丝雀"
    assert case["applicant"]["phone"] == "13800138000"
    assert case["costs"]["disease_code"] == "C50.9"
    assert case["payee"]["account"] == "6222020200112233445"
    assert case["masked"] is False


@pytest.mark.parametrize("username", [COUNTY_SUPERVISOR, AUDITOR, CITY, PROVINCE])
async def test_others_see_the_person_masked(counter: Counter, username: str) -> None:
    case = await shown(counter, username)
    assert case["applicant"]["name"] == "金**"
    assert case["applicant"]["id_number"] == "140522********0010"
    assert case["applicant"]["phone"] == "138****8000"
    assert case["applicant"]["address"] is None
    assert case["applicant"]["household"][0]["name"] == "金**"
    assert case["costs"]["disease_code"] is None
    assert case["costs"]["settlement_no"] is None
    assert case["payee"]["account"] == "***************3445"
    assert case["masked"] is True


async def test_finance_sees_an_amount_and_not_the_costs_that_it_was_made_of(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    filed = await counter.file()
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        await assess_application(session, vault, application, MORNING)
    seen = {
        who: (await counter.as_(who, "GET", f"/applications/{filed['id']}")).json()["decision"]
        for who in (CASEWORKER, FINANCE, FINANCE_LEADER)
    }
    assert seen[CASEWORKER]["trace"]
    assert seen[CASEWORKER]["base"]
    for finance in (seen[FINANCE], seen[FINANCE_LEADER]):
        assert finance["amount"] == seen[CASEWORKER]["amount"]
        assert (finance["trace"], finance["base"]) == ([], None)


async def test_finances_leader_sees_no_more_than_those_who_pay(counter: Counter) -> None:
    case = await shown(counter, FINANCE_LEADER)
    assert (case["applicant"], case["costs"], case["documents"], case["records"]) == (None, None, [], [])
    assert case["payee"]["account"] == "***************3445"


async def test_finance_sees_the_payee_and_nothing_medical(counter: Counter) -> None:
    case = await shown(counter, FINANCE)
    assert case["payee"] == {
        "kind": "person",
        "kind_label": "医疗救助对象",
        "name": "金丝雀",
        "account": "6222020200112233445",
        "bank": "阳城农商行",
    }
    assert case["applicant"] is None
    assert case["costs"] is None
    assert case["documents"] == []
    assert case["records"] == []


@pytest.mark.parametrize(
    ("username", "fields"),
    [
        (CASEWORKER, {"applicant", "medical", "payee"}),
        (AUDITOR, {"applicant", "payee"}),
        (FINANCE, {"payee"}),
    ],
)
async def test_every_look_is_logged_with_what_was_opened(
    counter: Counter, worker: Database, username: str, fields: set[str]
) -> None:
    filed = await counter.file()
    await counter.as_(username, "GET", f"/applications/{filed['id']}")
    async with worker.transaction(WHOLE) as session:
        rows = await session.execute(
            text(
                "select l.fields, l.purpose, l.division from access_log l join account a on a.id::text = l.reader "
                "where l.subject_id = :id and a.username = :who"
            ),
            {"id": filed["id"], "who": username},
        )
        looks = rows.all()
    assert looks
    assert set(looks[0].fields) == fields
    assert looks[0].purpose == "application.view"
    assert looks[0].division == "140522100"


async def test_reading_a_file_and_finding_a_person_are_logged(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    file = case["documents"][0]["file"]
    await counter.as_(CASEWORKER, "GET", f"/files/{file}")
    searches = text("select count(*) from access_log where purpose = 'people.search' and words_sealed is not null")
    async with worker.transaction(WHOLE) as session:
        before = await session.scalar(searches)
    found = await counter.as_(
        CASEWORKER, "POST", "/people/search", json={"name": "金丝雀", "last4": "0010", "purpose": "来电核对"}
    )
    assert [person["id_number"] for person in found.json()["items"]] == ["140522196001010010"]
    assert filed["number"] in {row["number"] for row in found.json()["items"][0]["applications"]}
    async with worker.transaction(WHOLE) as session:
        read = await session.scalar(
            text("select count(*) from access_log where :field = any(fields)"), {"field": f"file {file}"}
        )
        searched = await session.scalar(searches)
    assert (read, searched) == (1, before + 1)


async def test_a_search_in_vain_is_logged_too(counter: Counter, worker: Database) -> None:
    entries = text("select count(*) from access_log where purpose = 'people.search' and subject_type = 'account'")
    async with worker.transaction(WHOLE) as session:
        before = await session.scalar(entries)
    found = await counter.as_(CASEWORKER, "POST", "/people/search", json={"name": "无此人", "purpose": "核对"})
    async with worker.transaction(WHOLE) as session:
        after = await session.scalar(entries)
    assert (found.json()["items"], after) == ([], before + 1)


async def test_a_person_is_found_exactly_or_not_at_all(counter: Counter) -> None:
    await counter.file()
    for wanted in ({"name": "金丝"}, {"last4": "9999"}, {"name": "金丝雀", "last4": "9999"}):
        found = await counter.as_(CASEWORKER, "POST", "/people/search", json={**wanted, "purpose": "核对"})
        assert found.json()["items"] == []
    nothing = await counter.as_(CASEWORKER, "POST", "/people/search", json={"purpose": "核对"})
    assert nothing.status_code == 422
    without = await counter.as_(CASEWORKER, "POST", "/people/search", json={"name": "金丝雀"})
    assert without.json()["errors"][0]["pointer"] == "/purpose"


async def test_personal_data_lies_nowhere_in_clear(counter: Counter, worker: Database) -> None:
    await counter.file()
    tables = [
        "application",
        "person",
        "household",
        "application_paper",
        "timeline",
        "outbox",
        "task",
        "file",
        "access_log",
        "idempotency",
    ]
    async with worker.transaction(WHOLE) as session:
        assert await session.scalar(text("select count(*) from application")), "there is something that could leak"
        for table in tables:
            for canary in ("金丝雀", "140522196001010010", "13800138000", "6222020200112233445", "C50.9"):
                found = await session.scalar(
                    text(f"select count(*) from {table} t where t::text like :word"), {"word": f"%{canary}%"}
                )
                assert found == 0, (table, canary)


async def test_a_poster_is_read_by_whoever_sees_the_case_and_other_papers_are_not(
    counter: Counter, worker: Database, services: Services
) -> None:
    filed = await counter.file()
    poster, notice = uuid.uuid4(), uuid.uuid4()
    async with worker.transaction(WHOLE) as session:
        for file in (poster, notice):
            sha256 = services.files.put(file, b"<p>invented</p>")
            session.add(
                FileRow(
                    id=file,
                    division=TOWNSHIP,
                    application_id=uuid.UUID(filed["id"]),
                    origin="paper",
                    media_type="text/html; charset=utf-8",
                    size=15,
                    sha256=sha256,
                    name_sealed=services.vault.seal("file", "name", file, "公示"),
                    created_at=MORNING,
                )
            )
        await session.flush()
        session.add(
            PublicityRow(
                application_id=uuid.UUID(filed["id"]),
                division=TOWNSHIP,
                level="township",
                round=1,
                posted_on=MORNING.date(),
                poster_file=poster,
            )
        )
    for who in (CASEWORKER, LEADER, AUDITOR, CITY, FINANCE):
        assert (await counter.as_(who, "GET", f"/files/{poster}")).status_code == 200, who
    for who in (LEADER, AUDITOR, CITY, FINANCE):
        assert (await counter.as_(who, "GET", f"/files/{notice}")).status_code == 403, who
    assert (await counter.as_(CASEWORKER, "GET", f"/files/{notice}")).status_code == 200
    assert (await counter.as_(ADMINISTRATOR, "GET", f"/files/{poster}")).status_code == 403
    assert (await counter.as_(NEIGHBOUR, "GET", f"/files/{poster}")).status_code == 404
