"""Every act of the exchange that is sent twice under one Idempotency-Key is done once and answered the same."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from activities.comparison import Comparisons
from api.services import Services
from policy.deadlines import SHANGHAI
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from store.database import WHOLE, Database
from store.matters import find_matter
from tests.api.conftest import COUNTY_SUPERVISOR, Counter, StoppedClock
from tests.api.test_comparison import CASEWORKER as CITY_CASEWORKER
from tests.api.test_comparison import handed_in, pushed
from tests.api.test_partners import ADMINISTRATOR
from tests.api.test_reviews import BUREAU, COUNTY, reviewed
from tests.api.test_reviews import CIVIL as NEIGHBOUR
from tests.api.test_reviews import row as reviewed_row
from tests.api.test_supervision import AGREEMENT
from tests.api.test_uploads import CIVIL, IDENTITY, Handing, handing, identity, somebody
from tests.exchange.poison import xlsx

__all__ = ["handing"]
SEPTEMBER = datetime(2025, 9, 20, 9, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class House:
    """What a test's request is made ready with."""

    counter: Counter
    handing: Handing
    worker: Database
    services: Services
    clock: StoppedClock


@dataclass(frozen=True)
class Request:
    """`traces`: asked for by `of`, how often the act has been done."""

    by: str
    path: str
    body: dict[str, Any] | None
    traces: str
    of: str


Ready = Callable[[House], Awaitable[Request]]


def returned_row(act: str, body: dict[str, Any]) -> Ready:
    async def ready(house: House) -> Request:
        upload = await house.handing.hand_in(CIVIL, "identity", [identity(somebody()[0], "140522")])
        matter = (await house.handing.see(CIVIL, upload["id"]))["anomalies"][0]["id"]
        [row] = (await house.counter.as_(CIVIL, "GET", f"/anomalies/{matter}")).json()["rows"]
        if act == "confirm":  # as if the department might know better
            async with house.worker.transaction(WHOLE) as session:
                known = text(
                    """update anomaly set reasons = jsonb_set(reasons, '{0,code}', '"deceased"') where id = :id"""
                )
                await session.execute(known, {"id": row["id"]})
        traces = "select count(*) from timeline where subject_id = cast(:of as uuid) and actor <> 'system'"
        return Request(CIVIL, f"/anomalies/{matter}/rows/{row['id']}/{act}", body, traces, matter)

    return ready


async def review_marks(house: House) -> Request:
    house.clock.moment = SEPTEMBER
    person = somebody()
    await house.handing.hand_in(NEIGHBOUR, "identity", [reviewed_row(person, "低保", "2025-09-01", "2025-09-18")])
    await reviewed(house.worker, date(2025, 9, 1))
    async with house.worker.transaction(WHOLE) as session:
        matter = await find_matter(session, Procedure.REVIEW, f"{COUNTY}/2025-09")
        assert matter is not None
        matter.status = MatterStatus.MSB_DEDUP.value
    rows = (await house.counter.as_(BUREAU, "GET", f"/reviews/{matter.id}")).json()["rows"]
    chosen = next(one["id"] for one in rows if one["id_number"].endswith(person[1][-4:]))
    traces = "select count(*) from timeline where subject_id = cast(:of as uuid) and tag like '%marked'"
    body = {"rows": [chosen], "mark": "duplicate"}
    return Request(BUREAU, f"/reviews/{matter.id}/marks", body, traces, str(matter.id))


async def comparison_causes(house: House) -> Request:
    async with house.worker.transaction(WHOLE) as session:
        earlier = await find_matter(session, Procedure.COMPARISON, "3708/2025-01")
    if earlier is None:
        await pushed(house.worker, house.services.vault)
        await handed_in(house.worker, house.services.vault, house.clock)
    async with house.worker.transaction(WHOLE) as session:
        matter = await find_matter(session, Procedure.COMPARISON, "3708/2025-01")
        assert matter is not None
    await Comparisons(house.worker, house.clock, house.services.vault).compare(str(matter.id))
    async with house.worker.transaction(WHOLE) as session:
        await session.execute(text("update matter set status = 'compared' where id = :id"), {"id": matter.id})
    items = (await house.counter.as_(CITY_CASEWORKER, "GET", f"/comparisons/{matter.id}")).json()["items"]
    [chosen] = [one["id"] for one in items if one["side"] == "province_only"]
    traces = "select count(*) from timeline where subject_id = cast(:of as uuid) and tag like '%cause'"
    body = {"items": [chosen], "cause": "local_missed"}
    return Request(CITY_CASEWORKER, f"/comparisons/{matter.id}/causes", body, traces, str(matter.id))


async def agreement_end(house: House) -> Request:
    made = await house.counter.as_(COUNTY_SUPERVISOR, "POST", "/agreements", json=AGREEMENT)
    agreement = made.json()["id"]
    traces = "select count(*) from agreement where id = cast(:of as uuid) and ended_on = '2025-03-02'"
    return Request(COUNTY_SUPERVISOR, f"/agreements/{agreement}/end", {"last_day": "2025-03-02"}, traces, agreement)


async def partner_key(_house: House) -> Request:
    name = f"民政系统{somebody()[0]}"
    body = {"name": name, "account": CIVIL, "kinds": ["identity"]}
    return Request(ADMINISTRATOR, "/partners", body, "select count(*) from partner_key where name = :of", name)


def looked_at(act: str) -> Ready:
    async def ready(house: House) -> Request:
        content = xlsx([IDENTITY, identity(*somebody())])
        upload = (await house.handing.post(CIVIL, "identity", content, preview="true")).json()["id"]
        await house.handing.take_in(upload)
        traces = "select count(*) from upload where id = cast(:of as uuid) and state in ('received', 'discarded')"
        return Request(CIVIL, f"/uploads/{upload}/{act}", None, traces, upload)

    return ready


ACTS: dict[str, Ready] = {
    "a row corrected": returned_row("correct", {"values": {"id_number": "140522196001010010"}}),
    "a row confirmed": returned_row("confirm", {"reason": "已核对户籍"}),
    "a row withdrawn": returned_row("withdraw", {"reason": "误报"}),
    "rows marked in a review": review_marks,
    "a cause given to a difference": comparison_causes,
    "an agreement ended": agreement_end,
    "a partner's key made": partner_key,
    "an upload confirmed": looked_at("commit"),
    "an upload thrown away": looked_at("discard"),
}


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_sent_twice_is_done_once(
    act: str,
    counter: Counter,
    handing: Handing,
    worker: Database,
    services: Services,
    clock: StoppedClock,
) -> None:
    asked = await ACTS[act](House(counter, handing, worker, services, clock))

    async def count() -> int:
        async with worker.transaction(WHOLE) as session:
            return int(await session.scalar(text(asked.traces), {"of": asked.of}) or 0)

    before = await count()
    headers = {"Idempotency-Key": f"twice-{act}"}
    first, again = [
        await counter.as_(asked.by, "POST", asked.path, json=asked.body, headers=headers) for _time in range(2)
    ]
    assert (first.status_code, again.status_code) == (first.status_code, first.status_code), again.text
    assert first.status_code < 300, first.text
    assert await count() == before + 1
    if first.content:
        told = first.json()
        if told.pop("key", None):  # a partner's key is shown once
            assert again.json()["key"] is None
        assert {name: again.json()[name] for name in told} == told
    other = {**(asked.body or {}), "reason": "又一理由"} if "reason" in (asked.body or {}) else None
    if other is not None:
        reused = await counter.as_(asked.by, "POST", asked.path, json=other, headers=headers)
        assert (reused.status_code, reused.json()["type"]) == (422, "/problems/idempotency-key-reused")
