"""Rows of identity tables that go back: settled one by one, by the corrected receipt, and for a partner's rows as well."""

import uuid
from datetime import date, timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from activities.anomaly import Anomalies
from api.services import Services
from policy.exchange_terms import Direction
from policy.terms import Department
from store.database import WHOLE, Database
from store.sharings import find_sharing
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_partners import ask, key_for
from tests.api.test_partners import row as partner_row
from tests.api.test_rosters import periods
from tests.api.test_upload_batches import receipt_of
from tests.api.test_uploads import CIVIL, IDENTITY, Handing, handing, identity, somebody
from tests.exchange.poison import xlsx

__all__ = ["handing"]
SINCE = date(2025, 1, 1)


def mistyped(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


async def rows_of(counter: Counter, upload: dict[str, Any]) -> tuple[str, dict[int, dict[str, Any]]]:
    matter = upload["anomalies"][0]["id"]
    found = (await counter.as_(CIVIL, "GET", f"/anomalies/{matter}")).json()
    return matter, {row["row"]: row for row in found["rows"]}


async def test_rows_of_a_table_are_corrected_and_withdrawn_and_good_ones_never_waited(
    handing: Handing, counter: Counter, worker: Database, services: Services, clock: StoppedClock
) -> None:
    good, typo, gone = somebody(), somebody(), somebody()
    upload = await handing.hand_in(
        CIVIL,
        "identity",
        [identity(*good), identity(typo[0], mistyped(typo[1])), identity(*gone, "富裕人口"), identity(*good)],
    )
    assert upload["rows"] == {"in": 4, "accepted": 1, "returned": 2, "duplicate": 1}
    assert await periods(worker, services, good[1]) == [("DB", SINCE, None)]
    assert [(one["rows"], one["open"]) for one in upload["anomalies"]] == [(2, 2)]
    matter, rows = await rows_of(counter, upload)
    assert rows[3]["values"] == {
        "name": typo[0],
        "id_number": mistyped(typo[1]),
        "category": "低保对象",
        "from": "2025-01-01",
        "until": "",
        "provided_on": "2025-02-20",
        "certificate": "阳民〔2025〕3号",
    }
    clock.moment += timedelta(days=9)
    corrected = {"values": {"id_number": typo[1]}}
    assert await act(counter, matter, rows[3], "correct", corrected) == 204
    assert await act(counter, matter, rows[4], "withdraw", {"reason": "误报"}) == 204
    hands = Anomalies(worker, clock, services.vault)
    assert (await hands.recheck(matter)).open == (await hands.recheck(matter)).open == 0
    assert await periods(worker, services, typo[1]) == [("DB", SINCE, None)]
    assert await periods(worker, services, gone[1]) == []
    again = await handing.see(CIVIL, upload["id"])
    assert (again["batch"]["outstanding"], again["anomalies"][0]["open"]) == (0, 0)


async def act(counter: Counter, matter: str, row: dict[str, Any], name: str, body: dict[str, Any]) -> int:
    return (await counter.as_(CIVIL, "POST", f"/anomalies/{matter}/rows/{row['id']}/{name}", json=body)).status_code


async def test_a_receipt_settles_its_rows_and_new_wrong_ones_join_the_matter(
    handing: Handing, counter: Counter, worker: Database, services: Services
) -> None:
    first, second = somebody(), somebody()
    upload = await handing.hand_in(
        CIVIL, "identity", [identity(first[0], mistyped(first[1])), identity(second[0], mistyped(second[1]))]
    )
    sheet, mark = await receipt_of(counter, upload)
    sheet[1][1] = first[1]
    sheet.append([*identity("张三", "140522")])
    answer = await handing.post(CIVIL, "identity", xlsx(sheet, mark))
    await handing.take_in(answer.json()["id"])
    continued = await handing.see(CIVIL, answer.json()["id"])
    assert continued["rows"] == {"in": 3, "accepted": 1, "returned": 2, "duplicate": 0}
    matter, _rows = await rows_of(counter, continued)
    assert (await Anomalies(worker, services.clock, services.vault).recheck(matter)).open == 2
    async with worker.transaction(WHOLE) as session:
        asked = text("select row_number, state, upload_id from anomaly where matter_id = :matter order by id")
        found = [tuple(one) for one in await session.execute(asked, {"matter": uuid.UUID(matter)})]
    earlier, later = uuid.UUID(upload["id"]), uuid.UUID(continued["id"])
    assert found == [(2, "closed", earlier), (3, "returned", earlier), (4, "returned", later)]
    assert await periods(worker, services, first[1]) == [("DB", SINCE, None)]


async def test_a_row_that_was_settled_meanwhile_is_not_asked_about_again_by_an_old_receipt(
    handing: Handing, counter: Counter, worker: Database, services: Services
) -> None:
    first, gone, back = somebody(), somebody(), somebody()
    rows_in = [identity(name, mistyped(number)) for name, number in (first, gone, back)]
    upload = await handing.hand_in(CIVIL, "identity", rows_in)
    sheet, mark = await receipt_of(counter, upload)
    matter, rows = await rows_of(counter, upload)
    for row in (3, 4):
        assert await act(counter, matter, rows[row], "withdraw", {"reason": "误报"}) == 204
    sheet[1][1], sheet[3][1] = first[1], back[1]  # the third has been corrected after all, the second stands as it was
    answer = await handing.post(CIVIL, "identity", xlsx(sheet, mark))
    await handing.take_in(answer.json()["id"])
    continued = await handing.see(CIVIL, answer.json()["id"])
    assert continued["rows"] == {"in": 3, "accepted": 2, "returned": 0, "duplicate": 1}
    assert [(one["row"], one["code"]) for one in continued["errors"]] == [(3, "settled-already")]
    assert (continued["batch"]["outstanding"], continued["anomalies"][0]["rows"]) == (0, 3)
    assert (await Anomalies(worker, services.clock, services.vault).recheck(matter)).open == 0
    assert [await periods(worker, services, one[1]) for one in (first, gone, back)] == [
        [("DB", SINCE, None)],
        [],
        [("DB", SINCE, None)],
    ]


async def test_a_table_of_which_nothing_was_right_is_shared_with_its_first_corrected_row(
    handing: Handing, counter: Counter, worker: Database, services: Services
) -> None:
    typo = somebody()
    upload = await handing.hand_in(CIVIL, "identity", [identity(typo[0], mistyped(typo[1]))])

    async def shared() -> dict[str, int] | None:
        async with worker.transaction(WHOLE) as session:
            found = await find_sharing(session, f"upload/{upload['id']}", Direction.IN, Department.CIVIL_AFFAIRS)
            return None if found is None else dict(found.person_times)

    assert await shared() is None
    matter, rows = await rows_of(counter, upload)
    assert await act(counter, matter, rows[2], "correct", {"values": {"id_number": typo[1]}}) == 204
    await Anomalies(worker, services.clock, services.vault).recheck(matter)
    assert await shared() == {"DB": 1}


async def test_a_partners_rows_come_back_to_the_department_like_any_other(
    counter: Counter, http: httpx2.AsyncClient, handing: Handing
) -> None:
    key = (await key_for(counter, CIVIL, "identity"))["key"]
    good, bad = somebody(), somebody()
    body = {"rows": [partner_row(*good), partner_row(bad[0], mistyped(bad[1]))]}
    upload = (await ask(http, key, "POST", "/partner/identity", json=body)).json()["id"]
    await handing.take_in(upload)
    fate = (await ask(http, key, "GET", f"/partner/uploads/{upload}")).json()
    assert [(one["rows"], one["open"]) for one in fate["anomalies"]] == [(1, 1)]
    _matter, rows = await rows_of(counter, fate)
    assert [row["values"]["id_number"] for row in rows.values()] == [mistyped(bad[1])]


async def test_a_table_that_was_only_looked_at_opens_nothing(handing: Handing, counter: Counter) -> None:
    content = xlsx([IDENTITY, identity("", "")])
    upload = (await handing.post(CIVIL, "identity", content, preview="true")).json()["id"]
    await handing.take_in(upload)
    assert (await handing.see(CIVIL, upload))["anomalies"] == []
    assert (await counter.as_(CIVIL, "POST", f"/uploads/{upload}/commit")).status_code == 202
    await handing.take_in(upload)
    assert len((await handing.see(CIVIL, upload))["anomalies"]) == 1
