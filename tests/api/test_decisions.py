"""Decisions: each can be made again from what it kept; what the statistic would change is listed and changes nothing."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from itertools import count
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.deadlines import SHANGHAI
from store.applications import ApplicationRow
from store.assessment import assess_application
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.demonstration import PASSWORD
from store.reference import ParameterRow
from store.vault import Vault
from tests.api.conftest import (
    CASEWORKER,
    CITY_SUPERVISOR,
    COUNTY_CASEWORKER,
    COUNTY_SUPERVISOR,
    Counter,
    StoppedClock,
)
from tests.journeys.people import new_person

FINANCE = "county.finance.caseworker@140522"
MAY = datetime(2025, 5, 6, 9, 0, tzinfo=SHANGHAI)
DAYS_2025 = {"admitted_on": "2025-01-02", "discharged_on": "2025-01-10", "settled_on": "2025-01-10"}
VERSIONS = count(2)
"""A newer version ends an older one: what one test has ended must not end what the next one enters."""
BREAST_CANCER = {
    "total": "28000.00",
    "compliant_total": "28000.00",
    "basic": "19600.00",
    "critical_illness": "0.00",
    "commercial": "0.00",
    "disease_code": "a61-04",
    "late_stage": False,
}


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MAY)


@asynccontextmanager
async def in_force(worker: Database, *parameters: ParameterRow) -> AsyncIterator[None]:
    """The parameters while the block lasts."""
    async with worker.transaction(WHOLE) as session:
        session.add_all(parameters)
    try:
        yield
    finally:
        async with worker.transaction(WHOLE) as session:
            for parameter in parameters:
                parameter.effective_to, parameter.entered_at = parameter.effective_from, datetime.now(SHANGHAI)
                await session.merge(parameter)


def entered(key: str, value: Any, unit: str, since: date = date(2024, 1, 1), clause: str | None = None) -> ParameterRow:
    return ParameterRow(
        id=uuid.uuid4(),
        key=key,
        division="1405",
        value=value,
        unit=unit,
        effective_from=since,
        effective_to=None,
        document="测试文件〔2025〕1号",
        clause=clause,
        basis="unreviewed",
        note="",
        version=next(VERSIONS),
        source="counter",
        entered_by=None,
        entered_at=datetime.now(SHANGHAI),
    )


def somebody() -> dict[str, str]:
    """An applicant of whose year nothing has been used up."""
    person = new_person()
    return {"name": person.name, "id_number": person.id_number}


async def assessed(worker: Database, vault: Vault, filed: dict[str, Any], *, final: bool = False) -> DecisionRow:
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        decision = await assess_application(session, vault, application, MAY)
        decision.final = final
        return decision


async def decisions(counter: Counter, who: str, filed: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await counter.as_(who, "GET", f"/applications/{filed['id']}/decisions")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_every_decision_of_a_case_comes_out_again(counter: Counter, worker: Database, vault: Vault) -> None:
    filed = await counter.file(applicant=somebody())
    first = await assessed(worker, vault, filed)
    second = await assessed(worker, vault, filed)
    shown = await decisions(counter, COUNTY_CASEWORKER, filed)
    assert [decision["id"] for decision in shown] == [str(second.id), str(first.id)]
    assert [decision["recomputed"] for decision in shown] == [True, True]
    assert [decision["amount"] for decision in shown] == ["10200.00", "10200.00"]


async def test_a_decision_that_was_tampered_with_does_not_come_out_again(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    filed = await counter.file(applicant=somebody())
    decision = await assessed(worker, vault, filed)
    async with worker.transaction(WHOLE) as session:
        await session.execute(text("update decision set amount = amount + 1 where id = :id"), {"id": decision.id})
    assert [shown["recomputed"] for shown in await decisions(counter, COUNTY_SUPERVISOR, filed)] == [False]


async def test_a_decision_stays_what_it_was_when_the_parameters_change(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    filed = await counter.file(applicant=somebody())
    await assessed(worker, vault, filed)
    async with in_force(worker, entered("RATE(GXZC)", "0.50", "ratio")):
        [shown] = await decisions(counter, COUNTY_CASEWORKER, filed)
        again = await assessed(worker, vault, filed)
    assert (shown["recomputed"], shown["amount"]) == (True, "10200.00")
    assert str(again.amount) == "8500.00"  # 17,000.00 × 50 %


async def test_finance_sees_decisions_without_the_costs(counter: Counter, worker: Database, vault: Vault) -> None:
    filed = await counter.file(applicant=somebody())
    await assessed(worker, vault, filed)
    [shown] = await decisions(counter, FINANCE, filed)
    assert (shown["amount"], shown["base"], shown["trace"], shown["recomputed"]) == ("10200.00", None, [], True)


async def test_decisions_are_not_shown_outside_the_area_or_the_department(counter: Counter) -> None:
    filed = await counter.file(applicant=somebody())
    path = f"/applications/{filed['id']}/decisions"
    elsewhere = await counter.as_("township.township_government.caseworker@140522101", "GET", path)
    assert elsewhere.status_code == 404
    health = await counter.as_("county.civil_affairs.supervisor@140522", "GET", path)
    assert health.status_code in (403, 404)


async def test_the_disease_stands_nowhere_in_clear(counter: Counter, worker: Database, vault: Vault) -> None:
    """S-17 with the office's word that the module is in use: 28,000.00 × 10 % = 2,800.00 for GXZC."""
    filed = await counter.file(costs=BREAST_CANCER | {"joint_replacement": False})
    async with in_force(worker, entered("MODULE_SINGLE_DISEASE", True, "bool", clause="A-21")):
        decision = await assessed(worker, vault, filed)
    assert (str(decision.amount), str(decision.in_cap), str(decision.in_deductible)) == ("2800.00", "0.00", "0.00")
    used = [parameter["key"] for parameter in decision.parameters]  # the list of all 26 says nothing about one of them
    assert "DISEASE_LIST" in used
    in_clear = repr([decision.facts, decision.trace, decision.grounds, decision.missing, decision.marks, used])
    assert "A61-" not in in_clear
    assert "乳腺癌" not in in_clear
    [full] = await decisions(counter, COUNTY_CASEWORKER, filed)
    [masked] = await decisions(counter, COUNTY_SUPERVISOR, filed)
    assert any(parameter["key"] == "DISEASE_CEILING(A61-04)" for parameter in full["parameters"])
    assert not any("A61" in parameter["key"] for parameter in masked["parameters"])
    assert (full["recomputed"], masked["recomputed"]) == (True, True)


async def test_a_module_that_nobody_has_confirmed_is_asked_about(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    filed = await counter.file(costs=BREAST_CANCER)
    decision = await assessed(worker, vault, filed)
    assert (decision.outcome, list(decision.missing)) == ("parameter_missing", ["MODULE_SINGLE_DISEASE"])
    [shown] = await decisions(counter, COUNTY_CASEWORKER, filed)
    assert (shown["recomputed"], shown["amount"]) == (True, None)


async def test_payment_by_disease_leaves_the_cap_and_the_deductible_of_the_year_alone(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    """The same person's second claim of the year: 24,731.00 − 7,731.00 = 17,000.00 × 60 % = 10,200.00, as if it were alone."""
    applicant = {**somebody(), "household": []}
    first = await counter.file(applicant=applicant, costs=BREAST_CANCER)
    async with in_force(worker, entered("MODULE_SINGLE_DISEASE", True, "bool", clause="A-21")):
        await assessed(worker, vault, first, final=True)
    second = await counter.file(applicant=applicant)
    decision = await assessed(worker, vault, second)
    assert str(decision.amount) == "10200.00"
    assert decision.facts["paid_this_year"] == "0.00"


async def test_care_aid_is_granted_once_in_a_life(counter: Counter, worker: Database, vault: Vault) -> None:
    """DB: 7,000.00 × 70 % = 4,900.00, and 5,000.00 of care aid the first time."""
    applicant = {"id_number": "140522196503031233", "household": []}
    costs = {
        "total": "17200.00",
        "compliant_total": "17200.00",
        "basic": "10200.00",
        "critical_illness": "0.00",
        "commercial": "0.00",
        "disease_code": "D24-01",
        "late_stage": True,
    }
    confirmed = entered("MODULE_CARE_AID", True, "bool", clause="A-26")
    diseases = entered("CARE_AID_DISEASES", ["D24-01"], "list", clause="A-26")
    async with in_force(worker, confirmed, diseases):
        first = await assessed(
            worker, vault, await counter.file(category="DB", applicant=applicant, costs=costs), final=True
        )
        second = await assessed(worker, vault, await counter.file(category="DB", applicant=applicant, costs=costs))
    assert (str(first.amount), str(first.in_cap), str(first.care_aid)) == ("9900.00", "4900.00", "5000.00")
    # 15,000.00 − 4,900.00 are left of the cap: the second claim is aided in full, without care aid.
    assert (str(second.amount), str(second.care_aid)) == ("4900.00", "0.00")
    assert second.facts["paid_this_year"] == "4900.00"
    assert any(line["formula"] == "已享受过，每人终身一次" for line in second.trace)


async def test_the_list_names_what_a_published_statistic_would_change(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    """Decided with 25 % × 30,924.00 = 7,731.00; with 32,000.00 it is 8,000.00: 16,731.00 × 60 % = 10,038.60."""
    filed = await counter.file(costs=DAYS_2025)
    decision = await assessed(worker, vault, filed, final=True)
    assert "FALLBACK" in decision.marks
    path = "/decisions/fallback"
    before = (await counter.as_(COUNTY_SUPERVISOR, "GET", path)).json()["items"]
    assert str(decision.id) not in {item["id"] for item in before}
    async with in_force(worker, entered("PCDI(2024)", "32000.00", "yuan", since=date(2025, 2, 20))):
        listed = (await counter.as_(COUNTY_SUPERVISOR, "GET", path)).json()
        city = (await counter.as_(CITY_SUPERVISOR, "GET", path)).json()
        pages = await _walk(counter, path)
    [item] = [item for item in listed["items"] if item["id"] == str(decision.id)]
    assert (item["amount"], item["amount_today"], item["difference"]) == ("10200.00", "10038.60", "-161.40")
    assert item["application"] == {"id": filed["id"], "number": filed["number"]}
    assert (item["statistic"]["key"], item["statistic"]["value"]) == ("PCDI(2024)", "32000.00")
    assert city == listed
    assert pages == [item["id"] for item in listed["items"]]
    async with worker.transaction(WHOLE) as session:
        assert (await _amount(session, decision)) == "10200.00"


async def test_the_list_is_for_supervisors_and_leaders_of_medical_insurance(counter: Counter) -> None:
    for who in (CASEWORKER, COUNTY_CASEWORKER, FINANCE):
        assert (await counter.as_(who, "GET", "/decisions/fallback")).status_code == 403


async def look_at(counter: Counter, who: str, page: str) -> httpx2.Response:
    """A page, not under the address of the JSON."""
    signed_in = await counter.http.post("/api/v1/sessions", json={"username": who, "password": PASSWORD})
    return await counter.http.get(page, headers={"Authorization": f"Bearer {signed_in.json()['token']}"})


async def _walk(counter: Counter, path: str) -> list[str]:
    """All ids, one to a page."""
    ids: list[str] = []
    cursor = ""
    while True:
        found = (await counter.as_(COUNTY_SUPERVISOR, "GET", path, params={"limit": 1, "cursor": cursor})).json()
        ids += [item["id"] for item in found["items"]]
        cursor = found["next"]
        if cursor is None:
            return ids


async def _amount(session: AsyncSession, decision: DecisionRow) -> str:
    return str(await session.scalar(text("select amount from decision where id = :id"), {"id": decision.id}))


async def test_the_list_stands_on_a_page_too(counter: Counter, worker: Database, vault: Vault) -> None:
    filed = await counter.file(costs=DAYS_2025)
    await assessed(worker, vault, filed, final=True)
    async with in_force(worker, entered("PCDI(2024)", "32000.00", "yuan", since=date(2025, 2, 20))):
        shown = await look_at(counter, COUNTY_SUPERVISOR, "/decisions/fallback")
    refused = await look_at(counter, COUNTY_CASEWORKER, "/decisions/fallback")
    assert (shown.status_code, refused.status_code) == (200, 403)
    assert filed["number"] in shown.text
    assert "10,038.60" in shown.text
    assert "-161.40" in shown.text
