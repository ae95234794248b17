"""The province's list beside a county's own push (W18): compared by number, seen by whom it concerns, confirmed once."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from activities.comparison import Comparisons
from activities.imports import provincial_list
from activities.imports.kinds import Context, Counts, Row
from policy.exchange_terms import ListType, MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from store.comparisons import ComparisonItemRow
from store.database import WHOLE, Database
from store.matters import MatterRow, Opening, find_matter, open_matter
from store.pushes import PushItemRow
from store.registration import Somebody, known_or_entered
from store.rulebook import load_rulebook
from store.vault import Vault
from tests.api.conftest import MORNING, Counter, StoppedClock

COUNTY, CITY, MONTH = "370829", "3708", date(2025, 1, 1)
BOTH = Somebody("虚赵四", "37082919680418048X")
PROVINCE_ONLY = Somebody("虚钱四", "370829196905190492")
LOCAL_ONLY = Somebody("虚延秋", "140522197111202034")
CASEWORKER = "city.medical_insurance.caseworker@3708"
COUNTY_CASEWORKER = "county.medical_insurance.caseworker@370829"


async def pushed(worker: Database, vault: Vault) -> uuid.UUID:
    """The county's own push of the month, with two persons on it."""
    async with worker.transaction(WHOLE) as session:
        opening = Opening(
            procedure=Procedure.PUSH,
            key=f"{COUNTY}/{MONTH:%Y-%m}",
            division=COUNTY,
            departments=(Department.MEDICAL_INSURANCE,),
            status=MatterStatus.PUSHED,
            month=MONTH,
        )
        push, _ = await open_matter(session, opening, at=MORNING, day=MORNING.date())
        for somebody in (BOTH, LOCAL_ONLY):
            person = await known_or_entered(session, vault, somebody, COUNTY, MORNING)
            session.add(
                PushItemRow(
                    matter_id=push.id,
                    division=COUNTY,
                    month=MONTH,
                    year=MONTH.year,
                    person_id=person,
                    list_type=ListType.FALLING_INTO.value,
                    category="PT",
                    residence="rural",
                    insurance="residents",
                    burden=Decimal("70000.00"),
                    aid=Decimal(0),
                    threshold=Decimal("60000.00"),
                    fallback=False,
                    grounds=["J-19"],
                    rule={},
                    state="listed",
                    still_heavy=False,
                    pushed_on=MORNING.date(),
                    tracked_month=MONTH,
                    tracked_burden=Decimal("70000.00"),
                    tracked_over=True,
                )
            )
        return push.id


async def handed_in(worker: Database, vault: Vault, clock: StoppedClock) -> uuid.UUID:
    """The province's table as the city hands it in, and the comparison that it opens."""
    async with worker.transaction(WHOLE) as session:
        upload = uuid.uuid4()
        rulebook = await load_rulebook(session, CITY, MORNING.date())
        context = Context(
            upload=upload,
            kind="provincial_list",
            division=CITY,
            department=Department.MEDICAL_INSURANCE,
            month=f"{MONTH:%Y-%m}",
            fields={},
            rulebook=rulebook,
            vault=vault,
            now=clock.now(),
            today=MORNING.date(),
            batch=upload,
        )
        batch: Any = None  # nothing about the table as a whole is looked at
        assert await provincial_list.begin(session, context, batch) == ()
        for number, somebody in enumerate((BOTH, PROVINCE_ONLY), start=2):
            values = {
                "name": somebody.name,
                "id_number": somebody.id_number,
                "list_type": ListType.FALLING_INTO,
                "burden": Decimal("71000.00"),
                "county": COUNTY,
            }
            fate = await provincial_list.take(session, context, Row(number, values))
            assert fate.outcome.value == "accepted"
        await provincial_list.after(session, context, Counts(2, 2))
        matter = await find_matter(session, Procedure.COMPARISON, f"{CITY}/{MONTH:%Y-%m}")
        assert matter is not None
        return matter.id


async def test_both_lists_are_compared_and_the_confirmed_one_goes_back_to_the_county(
    counter: Counter, worker: Database, vault: Vault, clock: StoppedClock
) -> None:
    push = await pushed(worker, vault)
    matter = await handed_in(worker, vault, clock)
    hands = Comparisons(worker, clock, vault)
    assert await hands.compare(str(matter))
    assert await hands.compare(str(matter)), "harmless twice"
    seen = (await counter.as_(CASEWORKER, "GET", f"/comparisons/{matter}")).json()
    assert seen["counts"] == {"both": 1, "province_only": 1, "local_only": 1, "unexplained": 2}
    assert {one["name"] for one in seen["items"]} == {"虚**"}
    differing = {one["side"]: one["id"] for one in seen["items"]}

    wrong = {"items": [differing["province_only"]], "cause": "province_missed"}
    refused = await counter.as_(CASEWORKER, "POST", f"/comparisons/{matter}/causes", json=wrong)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/cause"]
    for side, cause in (("province_only", "local_missed"), ("local_only", "not_over")):
        body = {"items": [differing[side]], "cause": cause}
        assert (await counter.as_(CASEWORKER, "POST", f"/comparisons/{matter}/causes", json=body)).status_code == 200
    hidden = await counter.as_(COUNTY_CASEWORKER, "GET", f"/comparisons/confirmed?month={MONTH:%Y-%m}")
    assert hidden.json()["items"] == [], "not before the list is confirmed"

    await hands.merge(str(matter))
    await hands.merge(str(matter))
    own = (await counter.as_(COUNTY_CASEWORKER, "GET", f"/comparisons/confirmed?month={MONTH:%Y-%m}")).json()["items"]
    assert [(one["name"], one["listed_here"]) for one in own] == [(BOTH.name, True), (PROVINCE_ONLY.name, False)]
    async with worker.transaction(WHOLE) as session:
        told = await session.get_one(MatterRow, push)
        assert told.facts["provincial"] == {"confirmed": 2, "to_add": 1}
        left = await session.scalars(select(ComparisonItemRow).where(ComparisonItemRow.matter_id == matter))
        assert sum(row.confirmed_on is None for row in left) == 1
