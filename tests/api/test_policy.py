"""试算: due dates, amounts and remedies without side effects (cases S-01, S-04, S-10, S-14, S-19)."""

from typing import Any

from tests.api.conftest import CASEWORKER, Counter

COSTS = {
    "total": "92400.00",
    "compliant_total": "86231.00",
    "basic": "48200.00",
    "critical_illness": "11300.00",
    "commercial": "2000.00",
}


async def due(counter: Counter, **params: str) -> Any:
    return await counter.as_(CASEWORKER, "GET", "/policy/due", params=params)


async def assess(counter: Counter, **changes: Any) -> dict[str, Any]:
    body = {"division": "140522", "on": "2024-12-20", "categories": ["GXZC"], "residence": "rural", "costs": COSTS}
    answer = await counter.as_(CASEWORKER, "POST", "/policy/assess", json=body | changes)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_feedback_over_national_day(counter: Counter) -> None:
    found = (await due(counter, key="T-FBK", division="140522", **{"from": "2025-09-29"})).json()
    assert found["nominal"] == "2025-10-13"
    assert found["counted"] == ["2025-09-30", "2025-10-09", "2025-10-10", "2025-10-11", "2025-10-13"]
    assert {skipped["day"] for skipped in found["skipped"]} >= {"2025-10-01", "2025-10-08", "2025-10-12"}
    assert found["rule"]["clause"] == "C-07"


async def test_the_push_of_september_falls_due_in_october(counter: Counter) -> None:
    jincheng = (await due(counter, key="T-PUSH", division="140522", month="2025-09")).json()
    assert (jincheng["nominal"], jincheng["work_target"]) == ("2025-10-05", "2025-10-09")
    shanxi = (await due(counter, key="T-PUSH", division="14", month="2025-09")).json()
    assert (shanxi["nominal"], shanxi["work_target"]) == ("2025-10-10", "2025-10-10")


async def test_an_unknown_timer_and_an_unknown_year_are_told_apart(counter: Counter) -> None:
    unknown = await due(counter, key="T-NONE", division="14", **{"from": "2025-09-29"})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-timer")
    year = await due(counter, key="SURVEY_WD", division="14", **{"from": "2035-09-29"})
    assert (year.status_code, year.json()["key"]) == (404, "WORK_CALENDAR(2035)")
    neither = await due(counter, key="SURVEY_WD", division="14")
    assert neither.json()["errors"][0]["pointer"] == "/from"
    nowhere = await due(counter, key="SURVEY_WD", division="99", **{"from": "2025-09-29"})
    assert nowhere.json()["errors"][0]["pointer"] == "/division"


async def test_a_period_asks_for_its_first_day_and_a_monthly_date_for_its_month(counter: Counter) -> None:
    period = await due(counter, key="SURVEY_WD", division="140522", month="2025-09")
    assert (period.status_code, period.json()["errors"][0]["pointer"]) == (422, "/from")
    assert "请填写起算日" in period.json()["errors"][0]["zh"]
    monthly = await due(counter, key="T-PUSH", division="140522", **{"from": "2025-09-29"})
    assert (monthly.status_code, monthly.json()["errors"][0]["pointer"]) == (422, "/month")


async def test_the_happy_path_gives_ten_thousand_two_hundred(counter: Counter) -> None:
    decision = await assess(counter)
    assert (decision["outcome"], decision["amount"]) == ("eligible", "10200.00")
    assert decision["demonstration"] is True
    assert any(parameter["key"] == "RATE(GXZC)" for parameter in decision["parameters"])
    assert all({"step", "formula", "value", "clause"} <= line.keys() for line in decision["trace"])


async def test_the_costs_of_an_application_are_tried_as_they_are(counter: Counter) -> None:
    costs = (await counter.application())["costs"] | {"supplementary": None, "admitted_on": "unread"}
    decision = await assess(counter, costs=costs, paid_this_year=None, disease_code=None)
    assert decision["amount"] == "10200.00"
    body = {"division": "140522", "on": "2024-12-20", "categories": ["DB"], "costs": COSTS | {"comercial": "1.00"}}
    misspelt = await counter.as_(CASEWORKER, "POST", "/policy/assess", json=body)
    assert [problem["pointer"] for problem in misspelt.json()["errors"]] == ["/costs/comercial"]


async def test_the_cap_holds_over_the_year(counter: Counter) -> None:
    costs = {"total": "18600.00", "compliant_total": "17200.00", "basic": "10200.00"}
    capped = await assess(counter, categories=["DB"], costs=costs, on="2025-05-06", paid_this_year="11000.00")
    assert capped["amount"] == "4000.00"


async def test_the_treatment_is_tried_as_well(counter: Counter) -> None:
    """The rules beside the general one answer by what is said of the treatment."""
    costs = {"total": "28000.00", "compliant_total": "28000.00", "basic": "19600.00"}
    by_disease = await assess(counter, categories=["DB"], costs=costs, disease_code="A61-04", on="2025-05-06")
    assert by_disease["missing"] == ["MODULE_SINGLE_DISEASE"]
    beside = costs | {"disease_code": "A61-04", "institution_code": "H14052200001"}
    assert (await assess(counter, categories=["DB"], costs=beside, on="2025-05-06"))["missing"] == by_disease["missing"]
    adult = await assess(counter, categories=["DB"], costs=costs, disease_code="A61-01", age=18, on="2025-05-06")
    assert adult["amount"] == "5880.00"  # 8,400.00 × 70 %: a disease of children
    rare = costs | {"treatment": "outpatient", "disease_code": "a20-1"}
    assert (await assess(counter, categories=["DB"], costs=rare, on="2025-05-06"))["amount"] == "5880.00"
    outpatient = await assess(counter, categories=["DB"], costs=costs | {"treatment": "outpatient"}, on="2025-05-06")
    assert outpatient["missing"] == ["OUTPATIENT_FORM(DB)"]
    tilted = await assess(
        counter, categories=["DB"], costs=costs | {"referred": True, "in_province": True}, on="2025-05-06"
    )
    assert tilted["missing"] == ["TILT_THRESHOLD", "TILT_RATE"]
    care = await assess(counter, categories=["DB"], costs=costs | {"late_stage": True}, on="2025-05-06")
    assert care["missing"] == ["MODULE_CARE_AID"]


async def test_a_missing_parameter_gives_no_amount(counter: Counter) -> None:
    decision = await assess(counter, categories=["DSR"])
    assert decision["outcome"] == "parameter_missing"
    assert decision["key"] in decision["missing"]
    assert "amount" not in decision


async def test_costs_that_cannot_be_are_refused(counter: Counter) -> None:
    body = {"division": "140522", "on": "2024-12-20", "categories": ["DB"], "costs": COSTS | {"total": "1.00"}}
    answer = await counter.as_(CASEWORKER, "POST", "/policy/assess", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/costs/")


async def test_remedies_run_from_the_day_of_receipt(counter: Counter) -> None:
    body = {"division": "140522", "received_on": "2025-04-10"}
    until = (await counter.as_(CASEWORKER, "POST", "/policy/remedies", json=body)).json()
    assert (until["reconsideration_until"], until["suit_until"]) == ("2025-06-09", "2025-10-10")
    assert "A-68" in until["grounds"]


async def test_divisions_come_level_by_level(counter: Counter) -> None:
    async def under(code: str) -> list[str]:
        answer = await counter.as_(CASEWORKER, "GET", "/divisions", params={"under": code} if code else {})
        return [row["code"] for row in answer.json()["items"]]

    assert "14" in await under("")
    assert len(await under("14")) == 11
    assert "140522" in await under("1405")
    assert "140522100" in await under("140522000000")
