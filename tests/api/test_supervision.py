"""Findings, orders and agreements at the counter: once, by whom, and never twice of the same office (W17, C-24, B-29)."""

import dataclasses
import uuid
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from activities.conflicts import note_conflict
from activities.findings import find_month
from api.errors import Refusal
from api.exchange.agreements import check_agreement
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.rulebook import Basis, Parameter, Rulebook
from policy.supervision import FindingKind
from policy.terms import Department
from runtime.folder import DataFolder
from store.agreements import agreement_in_force
from store.base import Base
from store.database import WHOLE, Database
from store.findings import FindingRow, open_finding
from store.matters import Opening, open_matter
from store.periods import Dates, set_dates
from store.reference import ParameterRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow
from tests.api.conftest import CITY_SUPERVISOR, COUNTY_SUPERVISOR, MORNING, Counter

PROVINCE = "province.medical_insurance.supervisor@14"
CIVIL_AFFAIRS = "county.civil_affairs.supervisor@140522"
NEIGHBOUR = "140827"
FEBRUARY = date(2025, 2, 1)
ASKED = {"text": "请说明原因并补报", "due_on": "2025-03-10"}
AGREEMENT = {
    "number": "阳医保协〔2025〕1号",
    "data_lists": {"civil_affairs": ["enrolment", "burden"]},
    "duties": "双方各明确一名联络员，按月共享",
    "signed_on": "2025-03-01",
    "starts_on": "2025-03-01",
    "ends_on": "2026-02-28",
}


TABLES = (
    "agreement",
    "comparison_item",
    "finding",
    "problem",
    "rectification",
    "rectification_finding",
    "review_row",
)


def test_models_and_migrations_say_the_same(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    named = [f"'{table}'" for table in TABLES] + [f"<{table}>" for table in TABLES]
    assert [one for one in differences if any(name in repr(one) for name in named)] == []


async def test_every_table_forces_its_walls(worker: Database) -> None:
    asked = text("select relname from pg_class where relname = any(:tables) and relrowsecurity and relforcerowsecurity")
    async with worker.transaction(WHOLE) as session:
        assert set(await session.scalars(asked, {"tables": list(TABLES)})) == set(TABLES)


async def found(worker: Database, division: str = "140522", kind: FindingKind = FindingKind.LATE_PUSH) -> FindingRow:
    """A finding of its own subject, as a hand enters it."""
    async with worker.transaction(WHOLE) as session:
        return await open_finding(session, kind, division, FEBRUARY, uuid.uuid4(), {}, ["D-02"], MORNING)


async def test_the_same_is_found_once(worker: Database) -> None:
    subject, kind = uuid.uuid4(), FindingKind.LATE_PUSH
    async with worker.transaction(WHOLE) as session:
        codes = {"due": "2025-02-10"}
        first = await open_finding(session, kind, "140522", FEBRUARY, subject, codes, ["D-02"], MORNING)
        again = await open_finding(session, kind, "140522", FEBRUARY, subject, {"due": "other"}, ["D-02"], MORNING)
        assert (again.id, again.codes) == (first.id, codes)


async def test_what_lasts_is_not_found_anew_each_month_until_it_is_settled(worker: Database) -> None:
    async with worker.transaction(WHOLE) as session:
        kind, about = FindingKind.NO_AGREEMENT, f"test-{uuid.uuid4()}"
        first = await open_finding(session, kind, NEIGHBOUR, FEBRUARY, None, {}, ["C-24"], MORNING, about=about)
        march = await open_finding(session, kind, NEIGHBOUR, date(2025, 3, 1), None, {}, ["C-24"], MORNING, about=about)
        assert march.id == first.id


async def test_rules_that_contradict_each_other_are_found_with_both_documents(worker: Database) -> None:
    async with worker.transaction(WHOLE) as session:
        period = PeriodRow(
            workflow_id="high-cost-push/test",
            name="push",
            round=1,
            division="140522",
            subject_id=uuid.uuid4(),
            climbs=True,
            deadline_version=0,
            ladder_since=MORNING,
            opened_at=MORNING,
        )
        rulebook = _laxer(await load_rulebook(session, "140522", MORNING.date()))
        dates = Dates("T-PUSH", MORNING.date(), MORNING.date(), month=date(2025, 4, 1))
        set_dates(period, rulebook, dates, MORNING)
        assert period.nominal == date(2025, 5, 5), "the stricter document drives the date"
        await note_conflict(session, period, MORNING)
        await note_conflict(session, period, MORNING)
    async with worker.transaction(WHOLE) as session:
        finding = await open_finding(
            session, FindingKind.CONFLICT_OF_RULES, "140522", None, None, {}, [], MORNING, about="T-PUSH"
        )
        rules = finding.codes["rules"]
        assert [rule["value"] for rule in rules] == [5, 20, 10]
        assert rules[1]["document"] == "阳医保〔2025〕9号"
        assert {"阳医保〔2025〕9号", "D-02"} <= set(finding.grounds)


def _laxer(rulebook: Rulebook) -> Rulebook:
    """As if the county had given itself until the 20th."""
    own = Parameter(
        "T-PUSH", 20, "day_of_next_month", "140522", date(2025, 1, 1), None, "阳医保〔2025〕9号", Basis.DOCUMENT
    )
    values = {**rulebook.parameters, "T-PUSH": (*rulebook.parameters["T-PUSH"], own)}
    return dataclasses.replace(rulebook, parameters=values)


async def test_an_order_is_given_once_and_only_from_above(counter: Counter, worker: Database) -> None:
    finding = str((await found(worker)).id)
    body = {**ASKED, "findings": [finding]}
    own = await counter.as_(COUNTY_SUPERVISOR, "POST", "/rectifications", json=body)
    assert own.status_code == 403
    passed = await counter.as_(PROVINCE, "POST", "/rectifications", json={**body, "due_on": "2025-02-28"})
    assert [error["pointer"] for error in passed.json()["errors"]] == ["/due_on"]
    issued = await counter.as_(CITY_SUPERVISOR, "POST", "/rectifications", json=body)
    assert issued.status_code == 201, issued.text
    second = await counter.as_(PROVINCE, "POST", "/rectifications", json=body)
    assert (second.status_code, second.json()["number"]) == (409, issued.json()["number"])
    assert second.json()["clause"] == "B-29"
    shown = await counter.as_(COUNTY_SUPERVISOR, "GET", f"/rectifications/{issued.json()['id']}")
    assert (shown.json()["text"], shown.json()["due_on"]) == (ASKED["text"], ASKED["due_on"])
    assert [one["state"] for one in shown.json()["findings"]] == ["ordered"]
    hidden = await counter.as_(CIVIL_AFFAIRS, "GET", f"/rectifications/{issued.json()['id']}")
    assert hidden.status_code == 403


async def test_what_was_mended_while_an_order_runs_is_settled_and_no_longer_ordered(
    counter: Counter, worker: Database
) -> None:
    finding = await found(worker, NEIGHBOUR, FindingKind.NO_LIAISON)
    issued = await counter.as_(PROVINCE, "POST", "/rectifications", json={**ASKED, "findings": [str(finding.id)]})
    assert issued.status_code == 201, issued.text

    async def listed() -> list[str]:
        asked = f"/findings?division={NEIGHBOUR}&kind=no_liaison&state="
        pages = {state: (await counter.as_(PROVINCE, "GET", asked + state)).json() for state in ("ordered", "settled")}
        return [state for state, page in pages.items() if str(finding.id) in [one["id"] for one in page["items"]]]

    assert await listed() == ["ordered"]
    async with worker.transaction(WHOLE) as session:
        (await session.get_one(FindingRow, finding.id)).settled_at = MORNING
    assert await listed() == ["settled"]


async def test_a_city_sees_and_orders_its_own_counties_only(counter: Counter, worker: Database) -> None:
    elsewhere, here = str((await found(worker, NEIGHBOUR)).id), str((await found(worker)).id)
    body = {**ASKED, "findings": [elsewhere]}
    assert (await counter.as_(CITY_SUPERVISOR, "POST", "/rectifications", json=body)).status_code == 404
    seen = (await counter.as_(CITY_SUPERVISOR, "GET", "/findings?limit=200")).json()["items"]
    assert here in {one["id"] for one in seen}
    assert elsewhere not in {one["id"] for one in seen}
    both = await counter.as_(PROVINCE, "POST", "/rectifications", json={**body, "findings": [elsewhere, here]})
    assert both.json()["errors"][0]["pointer"] == "/findings"


async def test_sharing_without_an_agreement_warns_or_is_not_allowed(counter: Counter, worker: Database) -> None:
    day, partner = MORNING.date(), Department.CIVIL_AFFAIRS
    lacking = (await counter.as_(COUNTY_SUPERVISOR, "GET", "/agreements")).json()["lacking"]
    assert [(one["department"], one["blocks"], one["clause"]) for one in lacking] == [("civil_affairs", False, "C-24")]
    async with worker.transaction(WHOLE) as session:
        warning = await check_agreement(session, NEIGHBOUR, day, partner)
        assert warning is not None
        session.add(_block(NEIGHBOUR))
        await session.flush()
        with pytest.raises(Refusal) as refused:
            await check_agreement(session, NEIGHBOUR, day, partner)
        assert (refused.value.code, refused.value.clause) == ("no-agreement", "C-24")
        await session.rollback()


def _block(division: str) -> ParameterRow:
    return ParameterRow(
        key="AGREEMENT_REQUIRED",
        value="BLOCK",
        unit="text",
        division=division,
        effective_from=date(2025, 1, 1),
        document="测试",
        clause="C-24",
        basis="local",
        note="",
        version=1,
        source="city",
        entered_at=MORNING,
    )


async def test_an_agreement_of_the_city_covers_its_counties_and_ends_by_an_entry(
    counter: Counter, worker: Database
) -> None:
    body = {**AGREEMENT, "data_lists": {"agriculture": ["burden"]}}
    assert (await counter.as_(CIVIL_AFFAIRS, "POST", "/agreements", json=body)).status_code == 403
    wrong = await counter.as_(CITY_SUPERVISOR, "POST", "/agreements", json={**body, "data_lists": {"health": []}})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/data_lists/health"]
    entered = await counter.as_(CITY_SUPERVISOR, "POST", "/agreements", json=body)
    assert entered.status_code == 201, entered.text
    async with worker.transaction(WHOLE) as session:
        for day, held in ((date(2025, 2, 28), False), (date(2025, 3, 1), True), (date(2026, 3, 1), False)):
            covering = await agreement_in_force(session, "140522", day, Department.AGRICULTURE)
            assert (covering is not None) is held, day
        assert await agreement_in_force(session, NEIGHBOUR, MORNING.date(), Department.AGRICULTURE) is None
    listed = (await counter.as_(COUNTY_SUPERVISOR, "GET", "/agreements")).json()["items"]
    read = [one for one in listed if one["id"] == entered.json()["id"]]
    assert [(one["number"], one["own"], one["in_force"]) for one in read] == [(AGREEMENT["number"], False, True)]
    path = f"/agreements/{entered.json()['id']}/end"
    assert (await counter.as_(COUNTY_SUPERVISOR, "POST", path, json={"last_day": "2025-03-02"})).status_code == 403
    assert (await counter.as_(CITY_SUPERVISOR, "POST", path, json={"last_day": "2025-03-02"})).status_code == 204
    async with worker.transaction(WHOLE) as session:
        assert await agreement_in_force(session, "140522", date(2025, 3, 3), Department.AGRICULTURE) is None


async def test_a_month_that_has_ended_is_measured_twice_with_the_same_findings(worker: Database) -> None:
    async with worker.transaction(WHOLE) as session:
        cycle = Opening(
            procedure=Procedure.SHARING_CYCLE,
            key="140425/2025-02",
            division="140425",
            departments=(Department.MEDICAL_INSURANCE, Department.CIVIL_AFFAIRS),
            status=MatterStatus.OPEN,
            month=FEBRUARY,
            facts={"counted": ["civil_affairs"]},
        )
        await open_matter(session, cycle, at=MORNING, day=FEBRUARY)
        first = await find_month(session, "140425", FEBRUARY, MORNING)
        again = await find_month(session, "140425", FEBRUARY, MORNING)
        assert [(one.kind, one.about) for one in first] == [("no_agreement", "civil_affairs")]
        assert [one.id for one in again] == [one.id for one in first]
