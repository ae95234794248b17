"""试算 of the exchange: S-09, S-13, S-19, S-20, S-22 through the counter."""

from typing import Any

from tests.api.conftest import CASEWORKER, Counter


async def ask(counter: Counter, what: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = await counter.as_(CASEWORKER, "POST", f"/policy/{what}", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def entitled(counter: Counter, status: int = 200, **body: Any) -> dict[str, Any]:
    return await ask(counter, "entitlement", {"division": "140522"} | body, status)


async def monitored(counter: Counter, **body: Any) -> dict[str, Any]:
    return await ask(counter, "thresholds", {"division": "140522", "on": "2025-05-31", "categories": ["PT"]} | body)


async def due(counter: Counter, **params: str) -> Any:
    return (await counter.as_(CASEWORKER, "GET", "/policy/due", params=params)).json()


async def test_who_is_on_a_late_list_is_entitled_from_the_day_it_came(counter: Counter) -> None:
    found = await entitled(counter, change="add", adjusted_on="2025-03-31", provided_on="2025-04-10")

    assert (found["from"], found["grounds"], found["rule"]["value"]) == ("2025-04-10", ["C-11"], "LIST_DATE")
    assert "until" not in found


async def test_who_is_removed_has_lost_it_on_that_very_day(counter: Counter) -> None:
    found = await entitled(counter, change="remove", provided_on="2025-09-19")

    assert (found["until"], found["grounds"]) == ("2025-09-19", ["C-12"])
    assert "from" not in found


async def test_a_change_of_category_ends_and_begins_on_one_day(counter: Counter) -> None:
    found = await entitled(counter, change="change", provided_on="2025-09-19")

    assert found["until"] == found["from"] == "2025-09-19"


async def test_before_the_list_rule_the_certificate_counted_and_is_asked_for(counter: Counter) -> None:
    found = await entitled(counter, change="add", certificate_on="2025-02-26", provided_on="2025-02-28")
    refused = await entitled(counter, 422, change="add", provided_on="2025-02-28")

    assert (found["from"], found["grounds"]) == ("2025-02-26", ["A-32"])
    assert refused["errors"][0]["pointer"] == "/certificate_on"


async def test_jining_follows_the_source_department(counter: Counter) -> None:
    body = {"division": "370829", "change": "add", "provided_on": "2025-09-19", "source_benefit_from": "2025-10-01"}

    assert (await entitled(counter, **body))["from"] == "2025-10-01"


async def test_over_the_line_by_a_cent_and_left_out_when_unchanged(counter: Counter) -> None:
    at_the_line = await monitored(counter, burden="20000.00")
    over = await monitored(counter, burden="20000.01")
    unchanged = await monitored(
        counter, burden="20000.01", last_pushed={"burden": "20000.01", "year": 2025, "list": "falling_into"}
    )

    assert (at_the_line["over"], at_the_line["threshold"], at_the_line["list"]) == (False, "20000.00", "falling_into")
    assert (over["over"], over["pushed"], over["suppressed"]) == (True, True, False)
    assert (unchanged["over"], unchanged["pushed"], unchanged["suppressed"]) == (True, False, True)
    assert unchanged["grounds"] == ["B-15", "D-03"]


async def test_a_rural_household_on_the_allowance_has_the_lower_line(counter: Counter) -> None:
    rural = await monitored(counter, categories=["DB"], residence="rural", burden="6000.01")
    urban = await monitored(counter, categories=["DB"], residence="urban", burden="6000.01")

    assert (rural["list"], rural["pushed"]) == ("falling_back", True)
    assert (urban["list"], urban["pushed"]) == ("falling_into", False)


async def test_lines_of_jining_fall_back_on_the_statistic_of_the_year_before(counter: Counter) -> None:
    found = await monitored(counter, division="370829", on="2025-01-31", categories=["DBBY"], burden="19945.01")

    assert (found["threshold"], found["pushed"], found["demonstration"]) == ("19945.00", True, True)
    assert "FALLBACK" in found["marks"]


async def test_without_a_line_nothing_is_said(counter: Counter) -> None:
    found = await monitored(counter, on="2023-04-30", burden="99999.00")

    assert (found["outcome"], found["key"], found["pushed"]) == ("parameter_missing", "PUSH_GROUP(PT)", False)


async def test_dates_of_the_month_itself_and_of_the_month_after(counter: Counter) -> None:
    sharing = await due(counter, key="T-SHARE", division="140522", month="2026-11")
    review = await due(counter, key="T-REV", division="370829", month="2025-12")
    push = await due(counter, key="T-PUSH", division="370829", month="2025-12")

    assert (sharing["nominal"], sharing["conflict"]) == ("2026-11-30", False)
    assert (review["nominal"], review["work_target"]) == ("2026-01-10", "2026-01-09")
    assert (push["nominal"], push["work_target"]) == ("2026-01-31", "2026-01-30")


async def test_a_date_of_the_month_needs_the_month(counter: Counter) -> None:
    refused = await counter.as_(
        CASEWORKER, "GET", "/policy/due", params={"key": "T-SHARE", "division": "140522", "from": "2026-11-01"}
    )

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/month"
