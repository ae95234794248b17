"""Filing an application: what is right is kept, what is wrong is told all at once, at its field."""

import pytest
from sqlalchemy import text

from store.database import WHOLE, Database
from store.demonstration import PASSWORD
from tests.api.conftest import CASEWORKER, COUNTY_SUPERVISOR, Counter


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


TREATED = {
    "treatment": "inpatient",
    "joint_replacement": True,
    "late_stage": True,
    "referred": True,
    "in_province": True,
    "filing_no": "BA-2024-7",
}


async def test_how_somebody_was_treated_is_kept_and_the_illness_sealed(counter: Counter, worker: Database) -> None:
    filed = await counter.file(costs=TREATED)
    shown = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()["costs"]
    assert {name: shown[name] for name in TREATED} == TREATED
    masked = (await counter.as_(COUNTY_SUPERVISOR, "GET", f"/applications/{filed['id']}")).json()["costs"]
    assert (masked["joint_replacement"], masked["late_stage"], masked["treatment"]) == (None, None, "inpatient")
    async with worker.transaction(WHOLE) as session:
        row = await session.execute(
            text("select treatment, referred, in_province, remote_filed from application where id = :id"),
            {"id": filed["id"]},
        )
        columns = await session.execute(text("select * from application where false"))
    assert tuple(row.one()) == ("inpatient", True, True, True)
    assert not {"joint_replacement", "late_stage", "disease_code"} & set(columns.keys())


async def test_who_says_nothing_of_the_treatment_was_an_inpatient(counter: Counter) -> None:
    filed = await counter.file()
    shown = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()["costs"]
    assert {name: shown[name] for name in ("treatment", "joint_replacement", "late_stage", "referred")} == {
        "treatment": "inpatient",
        "joint_replacement": False,
        "late_stage": False,
        "referred": False,
    }


async def test_a_treatment_that_cannot_be_is_refused(counter: Counter) -> None:
    body = await counter.application(costs={"treatment": "outpatient", "joint_replacement": True})
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=body)
    assert [problem["pointer"] for problem in answer.json()["errors"]] == ["/costs/joint_replacement"]
    body = await counter.application(costs={"treatment": "at home"})
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=body)
    assert [problem["pointer"] for problem in answer.json()["errors"]] == ["/costs/treatment"]
    assert "就医方式" in answer.json()["errors"][0]["zh"]


# GXZC_VALID_MONTHS = 12: half-open, and 29 February counts to 28 February of the next year. The clock stands on 2025-03-03.
@pytest.mark.parametrize(
    ("recognised", "submitted", "accepted"),
    [
        ("2024-03-03", "2025-03-03", False),  # the very day
        ("2024-03-04", "2025-03-03", True),  # its last day
        ("2024-02-29", "2025-02-27", True),
        ("2024-02-29", "2025-02-28", False),
        ("2024-02-28", "2025-02-27", True),
    ],
)
async def test_a_recognition_holds_for_twelve_months(
    counter: Counter, recognised: str, submitted: str, *, accepted: bool
) -> None:
    body = await counter.application(submitted_on=submitted, paper_reason="按纸质材料补录")
    body["documents"][-1]["date"] = recognised
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=body)
    if accepted:
        assert answer.status_code == 201, answer.text
        return
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert (problem["pointer"], problem["clause"]) == ("/documents/4/date", "X-4")
    assert "须由民政部门重新认定后再申请" in problem["zh"]
    assert "renewed" in problem["en"]


async def test_the_form_offers_the_diseases_with_rules_of_their_own(counter: Counter) -> None:
    signed_in = await counter.http.post("/api/v1/sessions", json={"username": CASEWORKER, "password": PASSWORD})
    headers = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    for page in ("/applications/new", "/assess"):
        shown = (await counter.http.get(page, headers=headers)).text
        assert '<option value="A61-04">乳腺癌</option>' in shown
        assert '<option value="A20-1">戈谢病</option>' in shown
        assert 'value="inpatient" checked' in " ".join(shown.split())


async def test_a_code_that_its_list_of_diseases_does_not_hold_is_a_slip(counter: Counter) -> None:
    body = await counter.application()
    slip = body | {"costs": body["costs"] | {"disease_code": "A61-99"}}
    refused = await counter.as_(CASEWORKER, "POST", "/applications", json=slip)
    assert refused.status_code == 422
    assert [(one["pointer"], one["clause"]) for one in refused.json()["errors"]] == [("/costs/disease_code", "A-61")]
    taken = body | {"costs": body["costs"] | {"disease_code": "a61-04"}}
    assert (await counter.as_(CASEWORKER, "POST", "/applications", json=taken)).status_code == 201


async def test_no_application_names_a_township_as_payee(counter: Counter) -> None:
    body = await counter.application()
    township = body | {"payee": body["payee"] | {"name": "凤城镇人民政府"}}
    refused = await counter.as_(CASEWORKER, "POST", "/applications", json=township)
    assert refused.status_code == 422
    assert [(one["pointer"], one["clause"]) for one in refused.json()["errors"]] == [("/payee/name", "A-51")]
