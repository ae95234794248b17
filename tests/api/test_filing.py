"""Filing an application: what is right is kept, what is wrong is told all at once, at its field."""

from sqlalchemy import text

from store.database import WHOLE, Database
from tests.api.conftest import CASEWORKER, Counter


async def test_an_application_is_filed_and_numbered(counter: Counter) -> None:
    filed = await counter.file()
    assert filed["status"] == "submitted"
    assert len(filed["number"]) == 17
    assert filed["number"].startswith("1405221002025")


async def test_numbers_of_a_township_follow_each_other(counter: Counter) -> None:
    first, second = await counter.file(), await counter.file()
    assert int(second["number"]) == int(first["number"]) + 1


async def test_a_case_is_shown_with_its_timeline(counter: Counter) -> None:
    filed = await counter.file()
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["applicant"]["id_number"] == "140522196001010010"
    assert [entry["tag"] for entry in case["timeline"]] == ["counter:application:submitted"]


async def test_papers_are_shown_in_the_order_in_which_they_were_handed_in(counter: Counter) -> None:
    papers = list(reversed((await counter.application())["documents"]))
    filed = await counter.file(documents=papers)
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert [paper["file"] for paper in case["documents"]] == [paper["file"] for paper in papers]


async def test_one_person_is_one_row_wherever_they_apply(counter: Counter, worker: Database) -> None:
    applicant = {"id_number": "140522199001010030", "registered_in": "140522101", "household": []}
    other = "township.township_government.caseworker@140522101"
    here = await counter.file(applicant=applicant)
    body = await counter.application(applicant=applicant, division="140522101")
    body["documents"] = [{**paper, "file": await counter.upload(other)} for paper in body["documents"]]
    answer = await counter.as_(other, "POST", "/applications", json=body)
    assert answer.status_code == 201, answer.text
    async with worker.transaction(WHOLE) as session:
        found = await session.execute(
            text(
                "select count(*), count(distinct person_id), count(distinct household_id) from application where id = any(:ids)"
            ),
            {"ids": [here["id"], answer.json()["id"]]},
        )
    assert tuple(found.one()) == (2, 1, 2)


async def test_the_procedure_is_started_once_by_the_outbox(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    async with worker.transaction(WHOLE) as session:
        rows = await session.execute(
            text("select workflow_id, workflow, queue, argument, state from outbox where subject_id = :id"),
            {"id": filed["id"]},
        )
    argument = {"application_id": filed["id"], "acknowledges": []}
    assert [tuple(row) for row in rows] == [
        (f"application/{filed['number']}", "application", "casework", argument, "pending")
    ]
