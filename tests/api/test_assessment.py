"""Assessing a case from its rows: every identity of the event date, what was aided one-stop, and which way the claim takes."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from policy.costs import Costs, TreatmentDates
from policy.deadlines import SHANGHAI
from policy.routing import Route
from policy.terms import Category, UploadState
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.assessment import assess_application
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.identities import Identity, Period, mark
from store.routing import route_of
from store.settlements import Settlement, take_in
from store.uploads import UploadRow
from store.vault import Vault
from tests.api.conftest import Counter
from tests.casework import id_number

NOW = datetime(2025, 5, 6, 9, 0, tzinfo=SHANGHAI)
SETTLED = date(2024, 12, 20)


async def upload(worker: Database) -> uuid.UUID:
    key = uuid.uuid4()
    async with worker.transaction(WHOLE) as session:
        account = (await session.scalars(select(AccountRow.id).limit(1))).one()
        session.add(
            UploadRow(
                id=key,
                division="140522",
                department="civil_affairs",
                kind="identity",
                month=None,
                state=UploadState.RECEIVED.value,
                sha256=key.bytes,
                size=1,
                name_sealed=b"",
                fields_sealed=b"",
                uploaded_by=account,
                created_at=NOW,
            )
        )
    return key


async def marked(worker: Database, vault: Vault, filed: dict[str, Any], period: Period) -> None:
    brought = await upload(worker)
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        identity = Identity(application.person_id, "140522", "civil_affairs", period, period.starts_on, None)
        await mark(session, vault, identity, brought, NOW)


async def assessed(worker: Database, vault: Vault, filed: dict[str, Any]) -> DecisionRow:
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        return await assess_application(session, vault, application, NOW)


async def routed(worker: Database, filed: dict[str, Any]) -> Route:
    async with worker.transaction(WHOLE) as session:
        return await route_of(session, await session.get_one(ApplicationRow, uuid.UUID(filed["id"])))


# 24,731.00 × 70 % = 17,311.70, capped at 15,000.00 for DB; GXZC: (24,731.00 − 7,731.00) × 60 % = 10,200.00.
# A period is half-open: whoever leaves on the settlement date no longer holds it on that day.
@pytest.mark.parametrize(
    ("order", "starts", "ends", "amount", "category"),
    [
        (11, date(2024, 12, 20), None, "15000.00", "DB"),
        (12, date(2024, 1, 1), date(2024, 12, 21), "15000.00", "DB"),
        (13, date(2024, 1, 1), date(2024, 12, 20), "10200.00", "GXZC"),
        (14, date(2024, 12, 21), None, "10200.00", "GXZC"),
    ],
)
async def test_the_best_of_all_identities_on_the_event_date_counts(
    counter: Counter,
    worker: Database,
    vault: Vault,
    order: int,
    starts: date,
    ends: date | None,
    amount: str,
    category: str,
) -> None:
    filed = await counter.file(applicant={"id_number": id_number("140522", "19720304", order), "household": []})
    await marked(worker, vault, filed, Period(Category.DB, starts, ends))
    decision = await assessed(worker, vault, filed)
    assert (str(decision.amount), decision.facts["category"]) == (amount, category)
    assert ("B-21" in decision.grounds) == (category == "DB")


async def test_an_identity_applied_for_is_counted_once(counter: Counter, worker: Database, vault: Vault) -> None:
    filed = await counter.file(applicant={"id_number": id_number("140522", "19720304", 3), "household": []})
    await marked(worker, vault, filed, Period(Category.GXZC, SETTLED, None))
    assert (await assessed(worker, vault, filed)).facts["categories"] == "GXZC"


async def test_a_mark_that_has_expired_counts_no_longer(counter: Counter, worker: Database, vault: Vault) -> None:
    """GXZC marked more than twelve months before the settlement (X-4): aided as DBBY alone, and not a claim of the marked."""
    filed = await counter.file(
        category="DBBY", applicant={"id_number": id_number("140522", "19720304", 8), "household": []}
    )
    await marked(worker, vault, filed, Period(Category.GXZC, date(2023, 12, 20), None))
    assert (await assessed(worker, vault, filed)).facts["categories"] == "DBBY"
    assert await routed(worker, filed) is Route.TOWNSHIP
    other = await counter.file(
        category="DBBY", applicant={"id_number": id_number("140522", "19720304", 9), "household": []}
    )
    await marked(worker, vault, other, Period(Category.GXZC, date(2023, 12, 21), None))
    assert (await assessed(worker, vault, other)).facts["categories"] == "DBBY,GXZC"
    assert await routed(worker, other) is Route.DIRECT


async def test_a_cost_that_was_settled_one_stop_is_a_duplicate(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    filed = await counter.file(
        applicant={"id_number": id_number("140522", "19720304", 4), "household": []},
        costs={"settlement_no": "js-ONE-1"},
    )
    other = await counter.file(
        applicant={"id_number": id_number("140522", "19720304", 4), "household": []},
        costs={"settlement_no": "JS-ONE-2"},
    )
    brought = await upload(worker)
    async with worker.transaction(WHOLE) as session:
        application = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        settlement = Settlement(
            person=application.person_id,
            division="140522",
            number="JS-ONE-1",
            disease_code=None,
            institution_code="H14052200001",
            dates=TreatmentDates(date(2024, 12, 1), SETTLED, SETTLED),
            costs=Costs(Decimal("9000.00"), Decimal("8000.00"), basic=Decimal("4000.00")),
            aid=Decimal("2800.00"),
            one_stop=True,
        )
        await take_in(session, vault, settlement, brought, NOW)
    duplicate = await assessed(worker, vault, filed)
    assert (duplicate.outcome, list(duplicate.grounds)) == ("not_eligible", ["B-21"])
    # … and what was aided there counts into the cap of the year of the person's other claims.
    again = await assessed(worker, vault, other)
    assert (str(again.amount), again.facts["paid_this_year"]) == ("10200.00", "2800.00")


async def test_the_way_of_a_claim_follows_the_mark_on_the_settlement_date(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    unmarked = await counter.file(applicant={"id_number": id_number("140522", "19720304", 5), "household": []})
    target = await counter.file(
        applicant={"id_number": id_number("140522", "19720304", 6), "household": []},
        costs={"out_of_region": True, "filing_no": "BA-1"},
    )
    await marked(worker, vault, target, Period(Category.DB, SETTLED, None))
    later = await counter.file(applicant={"id_number": id_number("140522", "19720304", 7), "household": []})
    await marked(worker, vault, later, Period(Category.GXZC, date(2025, 2, 27), None))
    assert [await routed(worker, filed) for filed in (unmarked, target, later)] == [
        Route.TOWNSHIP,
        Route.DIRECT,
        Route.TOWNSHIP,
    ]
