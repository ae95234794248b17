"""Rows of whole rosters that go back: the department settles them one by one (W11), or by the corrected receipt."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from activities.anomaly import Anomalies
from api.services import Services
from policy.deadlines import SHANGHAI
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from tests.api.conftest import Counter
from tests.api.test_rosters import CIVIL, HEADER, Rosters, nobody_in_force, periods, rosters, somebody, with_words
from tests.exchange.poison import csv, xlsx

BUREAU = "county.medical_insurance.caseworker@140522"
AGRICULTURE = "county.agriculture.caseworker@140522"
LISTED, CORRECTED = date(2025, 2, 3), date(2025, 3, 6)
"""The day of the roster (LIST_DATE: entitlement begins with it), and the day on which its rows are corrected."""

__all__ = ["nobody_in_force", "rosters"]


def mistyped(person: Sequence[str]) -> tuple[str, ...]:
    """With a wrong check digit."""
    number = person[1]
    return (person[0], number[:-1] + ("0" if number[-1] != "0" else "1"), *person[2:])


class Matter:
    """The W11 matter of an upload, as the department sees it."""

    def __init__(self, rosters: Rosters, worker: Database, services: Services, upload: dict[str, Any]) -> None:
        self.rosters, self.worker, self.upload = rosters, worker, upload
        self.hands = Anomalies(worker, rosters.clock, services.vault)

    async def id(self) -> str:
        query = text("select id from matter where procedure = 'anomaly' and key = :key")
        async with self.worker.transaction(WHOLE) as session:
            return str(await session.scalar(query, {"key": f"{self.upload['batch']['first']}/civil_affairs"}))

    async def see(self, by: str = CIVIL) -> dict[str, Any]:
        answer = await self.rosters.counter.as_(by, "GET", f"/anomalies/{await self.id()}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def rows(self) -> dict[int, dict[str, Any]]:
        return {row["row"]: row for row in (await self.see())["rows"]}

    async def act(self, row: int, act: str, **body: Any) -> int:
        """As the department does, then as the procedure does. What is still open."""
        place = f"/anomalies/{await self.id()}/rows/{(await self.rows())[row]['id']}/{act}"
        answer = await self.rosters.counter.as_(CIVIL, "POST", place, json=body)
        assert answer.status_code == 204, answer.text
        return (await self.hands.recheck(await self.id())).open


@pytest.fixture
def returned(rosters: Rosters, worker: Database, services: Services) -> Any:
    def matter(upload: dict[str, Any]) -> Matter:
        return Matter(rosters, worker, services, upload)

    return matter


async def test_returned_rows_are_settled_one_by_one_and_count_from_the_day_of_the_list(
    rosters: Rosters, worker: Database, services: Services, returned: Any
) -> None:
    good, typo, nameless, village, gone, other = (somebody() for _one in range(6))
    upload = await rosters.list(
        good,
        mistyped(typo),
        ("", *nameless[1:]),
        (*village[:3], "新设镇", ""),
        mistyped(gone),
        provided_on=LISTED.isoformat(),
    )
    assert upload["rows"] == {"in": 5, "accepted": 1, "returned": 4, "duplicate": 0}
    matter = returned(upload)
    seen = await matter.see()
    assert (seen["facts"]["rows"], seen["facts"]["open"], seen["month"]) == (4, 4, "2025-03")
    assert seen["facts"]["codes"] == {"id-check-digit": 2, "name-missing": 1, "unknown-township": 1}
    rows = await matter.rows()
    assert {row: said["values"]["id_number"] for row, said in rows.items()} == {
        3: mistyped(typo)[1],
        4: nameless[1],
        5: village[1],
        6: mistyped(gone)[1],
    }
    assert {said["provided_on"] for said in rows.values()} == {LISTED.isoformat()}
    assert (await rosters.counter.as_(AGRICULTURE, "GET", f"/anomalies/{await matter.id()}")).status_code == 404
    first = (await rosters.counter.as_(CIVIL, "GET", f"/anomalies/{await matter.id()}?limit=3")).json()
    rest = await rosters.counter.as_(CIVIL, "GET", f"/anomalies/{await matter.id()}?limit=3&cursor={first['next']}")
    assert [[row["row"] for row in page["rows"]] for page in (first, rest.json())] == [[3, 4, 5], [6]]
    assert rest.json()["next"] is None

    rosters.clock.moment = datetime.combine(CORRECTED, datetime.min.time(), SHANGHAI) + timedelta(hours=10)
    assert await matter.act(3, "correct", values={"id_number": mistyped(good)[1]}) == 4, (
        "it does not hold: it comes back"
    )
    assert (await matter.rows())[3]["state"] == "returned"
    assert await matter.act(3, "correct", values={"id_number": typo[1]}) == 3
    assert await matter.act(4, "correct", values={"name": other[0], "id_number": other[1]}) == 2
    assert await matter.act(5, "confirm", reason="新设镇，尚未录入") == 1
    assert await matter.act(6, "withdraw", reason="误报") == 0
    assert await periods(worker, services, typo[1]) == [("DB", LISTED, None)]
    assert await periods(worker, services, village[1]) == [("DB", LISTED, None)]
    assert await periods(worker, services, other[1]) == [("DB", CORRECTED, None)], "was not on the list"
    for nobody in (nameless, gone):
        assert await periods(worker, services, nobody[1]) == []
    assert (await rosters.see(upload["id"]))["batch"]["outstanding"] == 0
    following = await rosters.list(good, typo, village, other, provided_on=CORRECTED.isoformat())
    assert following["roster"]["before"] == following["roster"]["unchanged"] == 4


async def test_a_row_that_names_another_or_somebody_who_died_comes_back_and_only_a_death_is_confirmed(
    rosters: Rosters, worker: Database, services: Services, returned: Any, counter: Counter, migrated: DataFolder
) -> None:
    case = await counter.file()
    with psycopg.connect(migrated.database_url("migration").replace("+psycopg", "")) as connection:
        connection.execute("update application set deceased_on = '2025-01-31' where id = %s", (case["id"],))
    try:
        dead = ("金丝雀", "140522196001010010", "低保对象", "凤城镇", "")
        upload = await rosters.list(somebody(), dead, ("另一人", *dead[1:]), provided_on=LISTED.isoformat())
        matter = returned(upload)
        rows = await matter.rows()
        assert [rows[at]["reasons"][0]["code"] for at in (3, 4)] == ["id-other-name", "id-other-name"]
        assert await matter.act(4, "correct", values={"name": dead[0]}) == 2
        deceased = (await matter.rows())[4]
        assert [reason["code"] for reason in deceased["reasons"]] == ["deceased"]
        assert deceased["reasons"][0]["zh"] == "第4行 身份证号码：该人已登记死亡，请核对"
        assert await matter.act(4, "confirm", reason="登记有误，本人健在") == 1
        assert await periods(worker, services, dead[1]) == [("DB", LISTED, None)]
        assert await matter.act(3, "correct", values={"name": dead[0]}) == 0, (
            "in force already, as any roster would find"
        )
    finally:
        with psycopg.connect(migrated.database_url("migration").replace("+psycopg", "")) as connection:
            connection.execute("update application set deceased_on = null where id = %s", (case["id"],))


async def test_rows_that_only_the_tables_refuse_go_back_with_their_cells(rosters: Rosters, returned: Any) -> None:
    person = somebody()
    header = ("姓名", "身份证号码", "对象类别", "开始日期", "结束日期", "名单提供日期")
    await rosters.hand_in(csv([header, (*person[:3], "2024-01-01", "2024-06-01", "2024-01-01")]), kind="identity")
    upload = await rosters.list(somebody(), ("改名人", *person[1:]), provided_on=LISTED.isoformat())
    assert upload["rows"]["returned"] == 1
    [row] = (await returned(upload).see())["rows"]
    assert (row["values"]["name"], row["values"]["township"]) == ("改名人", "凤城镇")
    assert row["reasons"][0]["code"] == "id-other-name"


async def test_the_box_above_the_list_still_counts_when_a_row_is_checked_again(
    rosters: Rosters, worker: Database, services: Services, returned: Any
) -> None:
    silent, differing = somebody(), somebody()
    title = ("对象类别：低保☑特困□", "", "", "", "")
    rows = [("", silent[1], "", "凤城镇", ""), (*differing[:2], "特困人员", "凤城镇", "")]
    upload = await rosters.hand_in(csv([title, HEADER, *rows]), provided_on=LISTED.isoformat())
    matter = returned(upload)
    assert [row["reasons"][0]["code"] for row in (await matter.see())["rows"]] == ["name-missing", "category-mismatch"]
    assert await matter.act(3, "correct", values={"name": silent[0]}) == 1
    assert await periods(worker, services, silent[1]) == [("DB", LISTED, None)]
    assert await matter.act(4, "correct", values={"village": "虚构村"}) == 1, "still another category than the box"
    assert "ticked" not in (await matter.rows())[4]["values"]
    assert await matter.act(4, "correct", values={"category": "低保对象"}) == 0


async def test_a_corrected_receipt_settles_its_rows_and_leaves_what_was_given_to_another_person(
    rosters: Rosters, worker: Database, services: Services, returned: Any
) -> None:
    good, first, second, third, stranger = (somebody() for _one in range(5))
    rows = [("", *one[1:]) for one in (first, second, third)]
    upload = await rosters.list(good, *rows, provided_on=LISTED.isoformat())
    matter = returned(upload)
    at = f"/uploads/{upload['id']}/receipt.xlsx"
    receipt = await rosters.counter.as_(CIVIL, "GET", at)
    assert await matter.act(5, "withdraw", reason="误报") == 2
    fewer = CalamineWorkbook.from_filelike(BytesIO((await rosters.counter.as_(CIVIL, "GET", at)).content))
    assert len(fewer.get_sheet_by_index(0).to_python()) == 3, "what was settled is not asked for again"
    rosters.clock.moment = datetime.combine(CORRECTED, datetime.min.time(), SHANGHAI) + timedelta(hours=10)
    typed = {2: (first[0], first[1]), 3: (stranger[0], stranger[1]), 4: (third[0], third[1])}
    continued = await rosters.hand_in(filled_in(receipt.content, typed))
    assert continued["rows"] == {"in": 3, "accepted": 3, "returned": 0, "duplicate": 0}
    assert continued["batch"]["outstanding"] == 1
    assert (await matter.hands.recheck(await matter.id())).open == 1
    states = {row: said["state"] for row, said in (await matter.rows()).items()}
    assert states == {3: "closed", 4: "returned", 5: "withdrawn"}
    assert await periods(worker, services, first[1]) == [("DB", LISTED, None)]
    assert await periods(worker, services, stranger[1]) == [("DB", CORRECTED, None)]
    assert await periods(worker, services, third[1]) == [("DB", CORRECTED, None)], "had been taken off the list"


async def test_an_old_receipt_asks_nobody_again_about_a_row_that_was_settled_meanwhile(
    rosters: Rosters, worker: Database, services: Services, returned: Any
) -> None:
    first, second, third = (somebody() for _one in range(3))
    rows = [("", *one[1:]) for one in (first, second, third)]
    upload = await rosters.list(somebody(), *rows, provided_on=LISTED.isoformat())
    matter = returned(upload)
    receipt = await rosters.counter.as_(CIVIL, "GET", f"/uploads/{upload['id']}/receipt.xlsx")
    assert await matter.act(5, "withdraw", reason="误报") == 2
    typed = {2: first[:2], 3: ("", second[1]), 4: ("", third[1])}
    continued = await rosters.hand_in(filled_in(receipt.content, typed))
    assert continued["rows"] == {"in": 3, "accepted": 1, "returned": 2, "duplicate": 0}
    assert continued["batch"]["outstanding"] == 1
    states = {row: said["state"] for row, said in (await matter.rows()).items()}
    assert states == {3: "closed", 4: "returned", 5: "withdrawn"}, "the third stands in the receipt as it was"
    assert await periods(worker, services, first[1]) == [("DB", LISTED, None)]


async def test_a_receipt_whose_rows_are_wrong_again_opens_nothing_twice(rosters: Rosters, returned: Any) -> None:
    nameless = somebody()
    upload = await rosters.list(somebody(), ("", *nameless[1:]), provided_on=LISTED.isoformat())
    receipt = await rosters.counter.as_(CIVIL, "GET", f"/uploads/{upload['id']}/receipt.xlsx")
    await rosters.hand_in(with_words(receipt.content, "张3"))
    matter = returned(upload)
    [row] = (await matter.see())["rows"]
    assert (row["row"], row["state"], row["reasons"][0]["code"]) == (3, "returned", "not-a-name")
    assert row["values"]["name"] == "张3"


async def test_a_county_that_goes_live_keeps_the_days_of_rows_that_are_corrected(
    rosters: Rosters, worker: Database, services: Services, returned: Any
) -> None:
    by_page, by_receipt, good = somebody(), somebody(), somebody()
    header = (*HEADER, "享受待遇开始日期")
    rows = [("", *by_page[1:], "2023-07-01"), ("", *by_receipt[1:], "2022-01-01"), (*good, "2021-05-01")]
    upload = await rosters.hand_in(csv([header, *rows]), provided_on=LISTED.isoformat())
    matter = returned(upload)
    receipt = await rosters.counter.as_(CIVIL, "GET", f"/uploads/{upload['id']}/receipt.xlsx")
    await rosters.hand_in(filled_in(receipt.content, {3: by_receipt[:2]}))
    assert await matter.act(2, "correct", values={"name": by_page[0]}) == 0
    assert await periods(worker, services, by_page[1]) == [("DB", date(2023, 7, 1), None)]
    assert await periods(worker, services, by_receipt[1]) == [("DB", date(2022, 1, 1), None)]


async def test_a_roster_that_is_refused_or_only_looked_at_opens_nothing(rosters: Rosters, returned: Any) -> None:
    people = [somebody() for _one in range(4)]
    await rosters.list(*people, provided_on=LISTED.isoformat())
    refused = await rosters.list(people[0], ("", *people[1][1:]), provided_on=LISTED.isoformat())
    assert refused["problem"]["code"] == "too-many-leave"
    looked_at = await rosters.list(*people, ("", *somebody()[1:]), provided_on=LISTED.isoformat(), preview="true")
    for upload in (refused, looked_at):
        assert await returned(upload).id() == "None"


PEOPLE = [somebody() for _one in range(4)]
WRONG = ("right", "typo", "nameless", "township", "category")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(WRONG)), min_size=1, max_size=8))
async def test_every_returned_row_of_any_roster_is_an_anomaly(
    rosters: Rosters, worker: Database, lines: list[tuple[int, str]]
) -> None:
    rosters.clock.moment += timedelta(days=1)
    rows = [wrong(PEOPLE[who], how) for who, how in lines]
    content = csv([HEADER, *rows, (*somebody()[:4], f"{rosters.clock.moment:%m%d}")])  # no two files are the same
    seen = await rosters.hand_in(content, provided_on=LISTED.isoformat(), confirmed="many_leave")
    counts = seen["rows"]
    assert seen["state"] == "done", seen
    assert counts["in"] == len(rows) + 1 == counts["accepted"] + counts["returned"] + counts["duplicate"]
    async with worker.transaction(WHOLE) as session:
        opened = text("select count(*) from anomaly where upload_id = :upload")
        assert await session.scalar(opened, {"upload": uuid.UUID(seen["id"])}) == counts["returned"]


def wrong(person: tuple[str, ...], how: str) -> tuple[str, ...]:
    name, number, category, township, note = person
    return {
        "right": person,
        "typo": mistyped(person),
        "nameless": ("", number, category, township, note),
        "township": (name, number, category, "没有的镇", note),
        "category": (name, number, "富裕人口", township, note),
    }[how]


def filled_in(receipt: bytes, typed: Mapping[int, Sequence[str]]) -> bytes:
    """The receipt with names and numbers typed into its lines, by their numbers on the sheet; other lines left out."""
    book = CalamineWorkbook.from_filelike(BytesIO(receipt))
    first, *others = (book.get_sheet_by_index(at).to_python() for at in range(len(book.sheet_names)))
    places = [first[0].index(name) for name in ("姓名", "身份证号码")]
    for line, cells in typed.items():
        for place, cell in zip(places, cells, strict=True):
            first[line - 1][place] = cell
    kept = [row for number, row in enumerate(first, start=1) if number == 1 or number in typed]
    return xlsx(kept, *others)
