"""Bad input: each wrong thing named with field, reason and clause, all at once, and nothing half-written left behind."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from store.database import WHOLE, Database
from tests.api.conftest import CASEWORKER, MORNING, Counter, StoppedClock


async def refused(counter: Counter, **changes: Any) -> dict[str, dict[str, Any]]:
    """The problems by pointer."""
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=await counter.application(**changes))
    assert answer.status_code == 422, answer.text
    return {problem["pointer"]: problem for problem in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("14052219600101001", "应为18位"),
        ("140522196001010011", "校验位错误"),
        ("140522198802300017", "出生日期不存在"),
        ("14052219600101001A", "仅末位可为X"),
    ],
)
async def test_a_wrong_id_number_says_why(counter: Counter, number: str, said: str) -> None:
    problems = await refused(counter, applicant={"id_number": number})
    assert said in problems["/applicant/id_number"]["zh"]
    assert problems["/applicant/id_number"]["clause"] == "X-15"


async def test_a_wrong_id_number_in_the_household_is_found_too(counter: Counter) -> None:
    member = {"name": "金小雀", "id_number": "110101199003070311", "relation": "子"}
    problems = await refused(counter, applicant={"household": [member]})
    assert "校验位错误" in problems["/applicant/household/0/id_number"]["zh"]


async def test_an_unknown_division_is_named(counter: Counter) -> None:
    assert "没有区划代码" in (await refused(counter, division="140522999"))["/division"]["zh"]


async def test_another_township_is_refused(counter: Counter) -> None:
    assert "本乡镇" in (await refused(counter, division="140522101"))["/division"]["zh"]


async def test_a_county_is_no_township(counter: Counter) -> None:
    assert "应为乡镇" in (await refused(counter, division="140522"))["/division"]["zh"]


async def test_a_future_admission_is_refused(counter: Counter) -> None:
    days = {"admitted_on": "2025-03-04", "discharged_on": "2025-03-05", "settled_on": "2025-03-05"}
    assert "不能晚于今天" in (await refused(counter, costs=days))["/costs/admitted_on"]["zh"]


async def test_costs_that_do_not_add_up_are_refused(counter: Counter) -> None:
    problems = await refused(counter, costs={"compliant_total": "99999.00"})
    assert "不能大于" in problems["/costs/compliant_total"]["zh"]


async def test_a_number_is_no_money(counter: Counter) -> None:
    assert "金额" in (await refused(counter, costs={"total": 92400.0}))["/costs/total"]["zh"]


async def test_a_township_is_never_a_payee(counter: Counter) -> None:
    assert "/payee/kind" in await refused(counter, payee={"kind": "township"})


async def test_the_recognition_is_required_with_number_and_date(counter: Counter) -> None:
    body = await counter.application()
    without = [paper for paper in body["documents"] if paper["kind"] != "recognition"]
    assert (await refused(counter, documents=without))["/documents"]["clause"] == "C-03"
    bare = [*without, {"kind": "recognition", "file": await counter.upload()}]
    problems = await refused(counter, documents=bare)
    assert {"/documents/4/no", "/documents/4/date"} <= problems.keys()


async def test_a_file_that_nobody_uploaded_is_refused(counter: Counter) -> None:
    paper = {"kind": "diagnosis", "file": "00000000-0000-4000-8000-000000000000"}
    body = await counter.application()
    assert "/documents/0/file" in await refused(counter, documents=[paper, *body["documents"][1:]])


async def test_everything_wrong_is_told_at_once(counter: Counter) -> None:
    problems = await refused(
        counter,
        division="999999999",
        category="RICH",
        applicant={"id_number": "1", "colour": "blue"},
        costs={"total": "many", "admitted_on": "2025-02-30"},
        payee={"account": ""},
    )
    assert {
        "/division",
        "/category",
        "/applicant/id_number",
        "/applicant/colour",
        "/costs/total",
        "/costs/admitted_on",
        "/payee/account",
    } <= problems.keys()
    assert all(problem["zh"] and problem["en"] for problem in problems.values())


async def test_an_earlier_submission_needs_a_reason(counter: Counter) -> None:
    days = {"settled_on": "2024-12-20"}
    problems = await refused(counter, submitted_on="2025-02-28", costs=days)
    assert problems["/paper_reason"]["zh"] == "补录须填写补录原因"
    problems = await refused(counter, submitted_on="2025-02-20")
    assert "超过3个工作日" in problems["/paper_reason"]["zh"]
    filed = await counter.file(submitted_on="2025-02-20", paper_reason="纸质件当日受理，系统停机")
    assert filed["number"][9:13] == "2025"


async def test_a_future_submission_is_refused(counter: Counter) -> None:
    assert "不能晚于今天" in (await refused(counter, submitted_on="2025-03-04"))["/submitted_on"]["zh"]


async def test_a_settlement_is_used_once(counter: Counter) -> None:
    body = await counter.application()
    assert (await counter.as_(CASEWORKER, "POST", "/applications", json=body)).status_code == 201
    again = await counter.application(costs={"settlement_no": body["costs"]["settlement_no"]})
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=again)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/settlement-already-used"
    assert answer.json()["errors"][0]["pointer"] == "/costs/settlement_no"
    assert answer.json()["errors"][0]["clause"] == "B-21"


async def test_the_same_application_sent_twice_is_told_of_its_settlement_not_of_its_files(counter: Counter) -> None:
    body = await counter.application()
    assert (await counter.as_(CASEWORKER, "POST", "/applications", json=body)).status_code == 201
    again = await counter.as_(CASEWORKER, "POST", "/applications", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/settlement-already-used")


async def test_a_refused_application_leaves_nothing_behind(counter: Counter, worker: Database) -> None:
    counts = text(
        "select (select count(*) from application), (select count(*) from person), (select count(*) from outbox), "
        "(select count(*) from timeline), (select count(*) from idempotency), (select sum(last) from serial)"
    )
    await counter.file()
    async with worker.transaction(WHOLE) as session:
        before = (await session.execute(counts)).one()
    body = await counter.application(costs={"compliant_total": "99999.00"})
    headers = {"Idempotency-Key": "refused-once"}
    assert (await counter.as_(CASEWORKER, "POST", "/applications", json=body, headers=headers)).status_code == 422
    async with worker.transaction(WHOLE) as session:
        assert (await session.execute(counts)).one() == before


@pytest.mark.parametrize(
    ("path", "body", "pointer", "said"),
    [
        ("/policy/assess", {"categories": []}, "/categories", "“对象类别”必须选择"),
        ("/policy/assess", {"categories": ["RICH"]}, "/categories/0", "“对象类别”不在可选范围内"),
        ("/policy/remedies", {"division": "阳城"}, "/division", "“区划”格式不符"),
        ("/policy/remedies", [], "", "“请求内容”应为一组名称和内容"),
        ("/people/search", {"purpose": "核对"}, "/name", "请填写姓名、身份证号码或后四位"),
        ("/applications", {"division": 1}, "/division", "“受理乡镇（街道）”应为文字"),
        ("/applications", {"documents": ["诊断"]}, "/documents/0", "“申请材料”应为一组名称和内容"),
    ],
)
async def test_what_is_wrong_is_called_by_its_chinese_name(
    counter: Counter, path: str, body: Any, pointer: str, said: str
) -> None:
    answer = await counter.as_(CASEWORKER, "POST", path, json=body)
    assert answer.status_code == 422
    assert {problem["pointer"]: problem["zh"] for problem in answer.json()["errors"]}[pointer] == said


async def test_a_body_that_is_no_json_is_said_so(counter: Counter) -> None:
    answer = await counter.as_(CASEWORKER, "POST", "/applications", content=b"{not json")
    assert answer.status_code == 422
    assert "JSON" in answer.json()["errors"][0]["zh"]
    for path in ("/applications", "/policy/assess"):
        headers = {"Content-Type": "application/json"}
        answer = await counter.as_(CASEWORKER, "POST", path, content=b"{not json", headers=headers)
        told = answer.json()["errors"][0]
        assert (told["pointer"], told["zh"]) == ("", "“请求内容”不是有效的JSON")


@pytest.mark.parametrize("q", ["金丝雀", "140522196001010010", "13800138000"])
async def test_a_name_or_an_id_is_refused_in_a_list(counter: Counter, q: str) -> None:
    for path in ("/tasks", "/applications"):
        answer = await counter.as_(CASEWORKER, "GET", path, params={"q": q})
        assert answer.status_code == 422
        assert answer.json()["see"] == "POST /api/v1/people/search"
        assert q not in answer.text


async def test_a_case_number_finds_its_case(counter: Counter, clock: StoppedClock) -> None:
    assert clock.moment == MORNING
    filed = await counter.file()
    found = await counter.as_(CASEWORKER, "GET", "/applications", params={"q": filed["number"]})
    assert [item["id"] for item in found.json()["items"]] == [filed["id"]]


async def test_characters_that_no_database_keeps_are_refused(counter: Counter) -> None:
    credentials = {"username": "a\x00b", "password": "x"}
    answer = await counter.http.post("/api/v1/sessions", json=credentials)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-characters")
    body = await counter.application(applicant={"address": "甲村"})
    content = json.dumps(body).replace(json.dumps("甲村"), '"\\ud800"').encode()
    answer = await counter.as_(CASEWORKER, "POST", "/applications", content=content)
    assert answer.status_code == 422, answer.text
