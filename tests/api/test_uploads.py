"""Tables handed in at the counter and taken in row by row. The activity is run by hand here: no workflows run."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.testing import ActivityEnvironment

from activities.imports import identity as identity_kind
from activities.imports.kinds import ACCEPTED, Context, Counts, Fate, Reason, Row, returned
from activities.imports.registry import KINDS
from activities.uploads import TableToTakeIn, Uploads
from api.services import Services
from policy.fields import Field
from policy.fields import Kind as FieldKind
from policy.problems import Problem
from policy.terms import Category, Department
from store.database import WHOLE, Database, Scope
from store.identities import categories_on, periods_of
from store.settlements import one_stop_aid_in_year, settled_one_stop
from tests.api.conftest import CASEWORKER, COUNTY_CASEWORKER, COUNTY_SUPERVISOR, Counter, StoppedClock
from tests.casework import id_number
from tests.exchange.poison import csv, xlsx

CIVIL = "county.civil_affairs.caseworker@140522"
CIVIL_SUPERVISOR = "county.civil_affairs.supervisor@140522"
NEIGHBOUR = "county.civil_affairs.caseworker@140827"
AGRICULTURE = "county.agriculture.caseworker@140522"
VETERANS = "county.veterans_affairs.caseworker@140522"
FINANCE = "county.finance.caseworker@140522"

IDENTITY = ("姓名", "身份证号码", "对象类别", "开始日期", "结束日期", "名单提供日期", "证明文号")
SETTLEMENT = (
    *("姓名", "身份证号码", "结算单号", "医疗机构代码", "入院日期", "出院日期", "结算日期"),
    *("医疗总费用", "合规医疗费用", "基本医保支付", "医疗救助支付", "一站式结算"),
)
_serial = iter(range(1, 999))


def somebody() -> tuple[str, str]:
    """An invented person whom no other test knows."""
    number = next(_serial)
    return f"试{chr(0x4E00 + number)}", id_number("140522", "19550505", number)


def identity(
    name: str, number: Any, category: str = "低保对象", since: str = "2025-01-01", until: str = ""
) -> list[Any]:
    return [name, number, category, since, until or None, "2025-02-20", "阳民〔2025〕3号"]


def settlement(name: str, number: str, no: str, aid: str = "0", one_stop: str = "是", **changes: str) -> list[Any]:
    amounts = {"total": "20000.00", "compliant": "18000.00", "basic": "9000.00"} | changes
    dates = ["2025-01-02", "2025-01-20", "2025-01-20"]
    return [name, number, no, "H14052200001", *dates, *amounts.values(), aid, one_stop]


class Handing:
    """Hands tables in as people do, and takes them in as the worker does."""

    def __init__(self, counter: Counter, hands: Uploads) -> None:
        self._counter, self.hands = counter, hands

    async def post(self, username: str, kind: str, content: bytes, **form: str) -> httpx2.Response:
        return await self._counter.as_(
            username, "POST", "/uploads", files={"file": ("名单.xlsx", content)}, data={"kind": kind, **form}
        )

    async def take_in(self, upload: str) -> str:
        return str(await ActivityEnvironment().run(self.hands.take_in, TableToTakeIn(upload)))

    async def hand_in(self, username: str, kind: str, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        header = {"identity": IDENTITY, "settlement": SETTLEMENT}[kind]
        answer = await self.post(username, kind, xlsx([header, *rows]))
        assert answer.status_code == 202, answer.text
        await self.take_in(answer.json()["id"])
        return await self.see(username, answer.json()["id"])

    async def see(self, username: str, upload: str) -> dict[str, Any]:
        answer = await self._counter.as_(username, "GET", f"/uploads/{upload}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
def handing(counter: Counter, worker: Database, services: Services, clock: StoppedClock) -> Handing:
    return Handing(counter, Uploads(worker, clock, services.vault, services.files))


async def person_of(worker: Database, services: Services, number: str) -> uuid.UUID:
    async with worker.transaction(WHOLE) as session:
        index = services.vault.blind("id_number", number)
        person: uuid.UUID = (await session.execute(text("select person_known(:index)"), {"index": index})).scalar_one()
        return person


def codes(upload: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["cell"], error["code"]) for error in upload["errors"]]


async def test_a_list_of_identities_marks_the_persons(handing: Handing, worker: Database, services: Services) -> None:
    first, second = somebody(), somebody()
    seen = await handing.hand_in(CIVIL, "identity", [identity(*first), identity(*second, "特困")])
    assert seen["state"] == "done"
    assert seen["rows"] == {"in": 2, "accepted": 2, "returned": 0, "duplicate": 0}
    assert (seen["file"], seen["errors"]) == ("名单.xlsx", [])
    person = await person_of(worker, services, second[1])
    async with worker.transaction(WHOLE) as session:
        assert await categories_on(session, person, date(2025, 1, 1)) == [Category.TK]
        assert await categories_on(session, person, date(2024, 12, 31)) == []


async def test_every_wrong_row_goes_back_with_its_reasons_and_the_good_ones_stay(handing: Handing) -> None:
    good, other = somebody(), somebody()
    seen = await handing.hand_in(
        CIVIL,
        "identity",
        [
            identity(*good),
            identity(other[0], 140522196001010010),
            identity(other[0], "140522196001010011"),
            identity(*other, "返贫致贫人口"),
            identity(*other, "富裕人口"),
            identity(*other, since="2025-03-01", until="2025-03-01"),
            [None, other[1], "=A1", "三月", None, "2025-03-04", None],
            identity("另一人", good[1]),
            identity(*good),
        ],
    )
    assert seen["rows"] == {"in": 9, "accepted": 1, "returned": 7, "duplicate": 1}
    assert codes(seen) == [
        (3, "id_number", "id-as-number"),
        (4, "id_number", "bad-id-number"),
        (5, "category", "not-your-category"),
        (6, "category", "unknown-category"),
        (7, "until", "ends-before-it-starts"),
        (8, "name", "empty-cell"),
        (8, "category", "formula-cell"),
        (8, "from", "bad-day"),
        (9, "name", "other-name"),
        (10, "", "period-known"),
    ]
    assert seen["errors"][0]["zh"] == "第3行 身份证号码：以数字保存，已失真，请将该列设为文本格式后重新填写"
    assert seen["errors"][0]["en"].startswith("row 3, id_number: was saved as a number")
    assert seen["errors"][2]["zh"] == "第5行 对象类别：“返贫致贫人口”由农业农村部门提供，请由该部门报送"
    assert seen["errors"][-1]["zh"] == "第10行：此前已报送，内容相同"


@pytest.mark.parametrize(
    ("username", "category", "accepted"),
    [(AGRICULTURE, "JC2", 1), (VETERANS, "重点优抚对象", 1), (VETERANS, "低保对象", 0), (AGRICULTURE, "YF", 0)],
)
async def test_each_department_provides_its_own_categories(
    handing: Handing, username: str, category: str, accepted: int
) -> None:
    seen = await handing.hand_in(username, "identity", [identity(*somebody(), category)])
    assert seen["rows"]["accepted"] == accepted


async def test_a_period_is_ended_once_and_never_overlaps(
    handing: Handing, worker: Database, services: Services
) -> None:
    who = somebody()
    seen = await handing.hand_in(
        CIVIL,
        "identity",
        [
            identity(*who, since="2024-01-01"),
            identity(*who, since="2024-06-01"),
            identity(*who, since="2024-01-01", until="2025-01-01"),
            identity(*who, since="2024-01-01", until="2025-02-01"),
            identity(*who, since="2024-01-01", until="2025-01-01"),
            identity(*who, since="2024-01-01"),
            identity(*who, since="2023-06-01", until="2024-01-02"),
            identity(*who, since="2025-01-01"),
            identity(*who, "特困人员", since="2024-03-01"),
        ],
    )
    assert codes(seen) == [
        (3, "from", "period-overlaps"),
        (5, "until", "end-already-set"),
        (6, "", "period-known"),
        (7, "until", "end-already-set"),
        (8, "from", "period-overlaps"),
    ]
    person = await person_of(worker, services, who[1])
    async with worker.transaction(WHOLE) as session:
        periods = await periods_of(session, person)
    assert [(p.category.value, p.starts_on.isoformat(), p.ends_on and p.ends_on.isoformat()) for p in periods] == [
        ("DB", "2024-01-01", "2025-01-01"),
        ("TK", "2024-03-01", None),
        ("DB", "2025-01-01", None),
    ]


async def test_a_county_learns_the_categories_marked_in_another_and_nothing_else(
    handing: Handing, database: Database, worker: Database, services: Services
) -> None:
    who = somebody()
    await handing.hand_in(NEIGHBOUR, "identity", [identity(*who)])
    person = await person_of(worker, services, who[1])
    async with database.transaction(Scope("140522", Department.MEDICAL_INSURANCE)) as session:
        assert await categories_on(session, person, date(2025, 3, 3)) == [Category.DB]
        assert (
            await session.scalar(text("select count(*) from identity_period where person_id = :p"), {"p": person}) == 0
        )
    seen = await handing.hand_in(CIVIL, "identity", [identity(*who, since="2025-02-01")])
    assert codes(seen) == [(2, "category", "period-elsewhere")]


async def test_a_person_entered_by_a_list_is_the_one_who_applies(
    handing: Handing, counter: Counter, worker: Database, services: Services
) -> None:
    name, number = somebody()
    await handing.hand_in(CIVIL, "identity", [identity(name, number)])
    await counter.file(applicant={"name": name, "id_number": number})
    person = await person_of(worker, services, number)
    async with worker.transaction(WHOLE) as session:
        cases = await session.scalar(text("select count(*) from application where person_id = :p"), {"p": person})
    assert cases == 1


async def test_settlements_are_taken_in_and_counted_into_the_year(
    handing: Handing, database: Database, worker: Database, services: Services
) -> None:
    who = somebody()
    no = uuid.uuid4().hex[:12]
    seen = await handing.hand_in(
        COUNTY_CASEWORKER,
        "settlement",
        [
            settlement(*who, f"{no}-1", "3000.50"),
            settlement(*who, f"{no}-2", "0", "否"),
            settlement(*who, f" {no.upper()}－1", "3000.50"),
            settlement(*who, f"{no}-1", "3000.51"),
            settlement(*who, f"{no}-3", "100", "否"),
            settlement(*who, f"{no}-4", "9000.01"),
            settlement(*who, f"{no}-5", compliant="20000.01"),
        ],
    )
    assert seen["rows"] == {"in": 7, "accepted": 2, "returned": 4, "duplicate": 1}
    assert codes(seen) == [
        (4, "", "settlement-known"),
        (5, "settlement_no", "settlement-differs"),
        (6, "aid", "aid-without-one-stop"),
        (7, "aid", "aid-above-base"),
        (8, "compliant_total", "wrong-value"),
    ]
    person = await person_of(worker, services, who[1])
    indexes = [services.vault.blind("settlement", f"{no.upper()}-{place}") for place in (1, 2, 3)]
    for who_asks, scope in ((worker, WHOLE), (database, Scope("140827", Department.MEDICAL_INSURANCE))):
        async with who_asks.transaction(scope) as session:
            assert [await settled_one_stop(session, person, index) for index in indexes] == [True, False, False]
            assert str(await one_stop_aid_in_year(session, person, 2025)) == "3000.50"
            assert await one_stop_aid_in_year(session, person, 2024) == 0


async def test_the_same_file_twice_is_the_same_upload(handing: Handing) -> None:
    content = xlsx([IDENTITY, identity(*somebody())])
    first = await handing.post(CIVIL, "identity", content)
    again = await handing.post(CIVIL, "identity", content)
    assert (first.status_code, first.json()["duplicate"]) == (202, False)
    assert (again.status_code, again.json()) == (200, {"id": first.json()["id"], "duplicate": True, "before": []})
    for_march = await handing.post(CIVIL, "identity", content, month="2025-03")
    assert (for_march.status_code, for_march.json()["id"] != first.json()["id"]) == (202, True)
    elsewhere = await handing.post(NEIGHBOUR, "identity", content)
    assert (elsewhere.status_code, elsewhere.json()["id"] != first.json()["id"]) == (202, True)


async def test_two_equal_files_at_once_are_one_upload_and_are_queued_once(handing: Handing, worker: Database) -> None:
    content = xlsx([IDENTITY, identity(*somebody())])
    answers = await asyncio.gather(*(handing.post(CIVIL, "identity", content) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 202]
    (upload,) = {answer.json()["id"] for answer in answers}
    async with worker.transaction(WHOLE) as session:
        queued = await session.execute(
            text("select queue from outbox where workflow_id = :id"), {"id": f"upload/{upload}"}
        )
        assert [row.queue for row in queued] == ["bulk"]


async def test_a_corrected_receipt_is_taken_in(handing: Handing, counter: Counter) -> None:
    good, wrong = somebody(), somebody()
    title = ["阳城县名单"]
    rows = [title, ["序号", *IDENTITY], ["1", *identity(*good)], ["2", *identity(wrong[0], 140522196001010010)]]
    answer = await handing.post(CIVIL, "identity", xlsx(rows))
    upload = answer.json()["id"]
    await handing.take_in(upload)
    receipt = await counter.as_(CIVIL, "GET", f"/uploads/{upload}/receipt.xlsx")
    assert receipt.status_code == 200
    sheet = CalamineWorkbook.from_filelike(BytesIO(receipt.content)).get_sheet_by_index(0).to_python()
    assert [row[:3] for row in sheet] == [["阳城县名单", "", ""], ["序号", "姓名", "身份证号码"], ["2", wrong[0], ""]]
    assert sheet[1][-1] == "错误原因"
    assert sheet[2][-1] == "身份证号码：以数字保存，已失真，请将该列设为文本格式后重新填写"
    sheet[2][2] = wrong[1]
    corrected = await handing.post(CIVIL, "identity", xlsx([[cell or None for cell in row] for row in sheet]))
    await handing.take_in(corrected.json()["id"])
    assert (await handing.see(CIVIL, corrected.json()["id"]))["rows"] == {
        "in": 1,
        "accepted": 1,
        "returned": 0,
        "duplicate": 0,
    }


async def test_without_returned_rows_there_is_no_receipt(handing: Handing, counter: Counter) -> None:
    seen = await handing.hand_in(CIVIL, "identity", [identity(*somebody())])
    answer = await counter.as_(CIVIL, "GET", f"/uploads/{seen['id']}/receipt.xlsx")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-receipt")


async def test_a_file_that_cannot_be_read_is_refused_as_a_whole(handing: Handing) -> None:
    for content, code in (
        (csv([("姓名", "类别"), ("甲", "低保")]), "missing-columns"),
        (xlsx([IDENTITY, identity(*somebody())])[:3000], "damaged"),
    ):
        upload = (await handing.post(CIVIL, "identity", content)).json()["id"]
        assert await handing.take_in(upload) == "refused"
        once_more = await handing.post(CIVIL, "identity", content)
        assert (once_more.status_code, once_more.json()["duplicate"]) == (202, False), "nothing of it was taken in"
        seen = await handing.see(CIVIL, upload)
        assert (seen["state"], seen["problem"]["code"], seen["rows"]["in"]) == ("refused", code, None)
        assert seen["problem"]["zh"]
        assert seen["problem"]["en"]


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [(b"%PDF-1.4", 415, "table-not-a-table"), (b"<html>", 415, "table-web-page"), (b" ", 422, "table-empty")],
)
async def test_what_is_plainly_no_table_is_refused_at_once(
    handing: Handing, content: bytes, status: int, problem: str
) -> None:
    answer = await handing.post(CIVIL, "identity", content)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")


async def test_too_large_a_file_is_refused(handing: Handing) -> None:
    assert (await handing.post(CIVIL, "identity", b"a" * 300_000)).status_code == 413


async def test_what_is_asked_for_beside_the_file_is_checked(handing: Handing, counter: Counter) -> None:
    wrong = await handing.post(CIVIL, "identity", b"a", month="2025-13")
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/month"]
    unknown = await handing.post(CIVIL, "no_such_kind", b"a")
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/kind"]
    without = await counter.as_(CIVIL, "POST", "/uploads", data={"kind": "identity"}, files={"x": ("x", b"")})
    assert [error["pointer"] for error in without.json()["errors"]] == ["/file"]
    elsewhere = await handing.post(CIVIL, "identity", b"a", division="140827")
    assert elsewhere.status_code == 404
    padded = await handing.post(CIVIL, "identity", b"a", division="140522000", month="2025-02")
    assert padded.status_code == 202


MATRIX = {
    CIVIL: (202, 403, 200, 200, 200),
    CIVIL_SUPERVISOR: (403, 403, 200, 200, 403),
    AGRICULTURE: (202, 403, 200, 404, 404),
    NEIGHBOUR: (202, 403, 200, 404, 404),
    COUNTY_CASEWORKER: (403, 202, 200, 404, 404),
    COUNTY_SUPERVISOR: (403, 403, 200, 404, 404),
    FINANCE: (403, 403, 200, 404, 404),
    CASEWORKER: (403, 403, 403, 403, 404),
    "county.medical_insurance.administrator@140522": (403, 403, 403, 403, 404),
}


@pytest.mark.parametrize("username", MATRIX)
async def test_who_may_hand_in_what_and_see_what_came_of_it(handing: Handing, counter: Counter, username: str) -> None:
    """Hands in identities, settlements; lists uploads; sees one of the county's civil affairs, and its receipt."""
    wrong = identity(*somebody())
    wrong[0] = None
    upload = (await handing.hand_in(CIVIL, "identity", [wrong]))["id"]
    answers = (
        await handing.post(username, "identity", uuid.uuid4().hex.encode()),
        await handing.post(username, "settlement", uuid.uuid4().hex.encode()),
        await counter.as_(username, "GET", "/uploads"),
        await counter.as_(username, "GET", f"/uploads/{upload}"),
        await counter.as_(username, "GET", f"/uploads/{upload}/receipt.xlsx"),
    )
    assert tuple(answer.status_code for answer in answers) == MATRIX[username]


async def test_a_supervisor_sees_what_came_of_a_table_but_not_what_it_was_called(handing: Handing) -> None:
    upload = (await handing.hand_in(CIVIL, "identity", [identity(*somebody())]))["id"]
    assert (await handing.see(CIVIL, upload))["file"] == "名单.xlsx"
    assert (await handing.see(CIVIL_SUPERVISOR, upload))["file"] is None


async def test_uploads_are_listed_by_pages(handing: Handing, counter: Counter) -> None:
    made = [(await handing.hand_in(VETERANS, "identity", [identity(*somebody(), "YF")]))["id"] for _ in range(3)]
    first = (await counter.as_(VETERANS, "GET", "/uploads?limit=2&kind=identity")).json()
    rest = (await counter.as_(VETERANS, "GET", f"/uploads?limit=2&cursor={first['next']}")).json()
    assert [item["id"] for item in (first["items"] + rest["items"])[:3]] == made[::-1]
    assert first["items"][0]["rows"] == {"in": 1, "accepted": 1, "returned": 0, "duplicate": 0}


async def test_a_killed_attempt_is_taken_up_behind_its_last_row(
    handing: Handing, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [somebody() for _ in range(6)]
    content = xlsx([IDENTITY, *(identity(*who) for who in people), identity("", "")])
    upload = (await handing.post(CIVIL, "identity", content)).json()["id"]
    decide = handing.hands._decide
    decided: list[int] = []

    async def dying(work: Any, table: Any, row: Any) -> None:
        if len(decided) == 3:
            raise ConnectionError("the worker is gone")
        await decide(work, table, row)
        decided.append(row.number)

    monkeypatch.setattr(handing.hands, "_decide", dying)
    with pytest.raises(ConnectionError):
        await handing.take_in(upload)
    half = await handing.see(CIVIL, upload)
    assert (half["state"], half["progress"]) == ("working", {"decided": 3, "of": 7})
    monkeypatch.setattr(handing.hands, "_decide", decide)
    await asyncio.gather(handing.take_in(upload), handing.take_in(upload))  # a time-out does not stop an attempt
    await handing.take_in(upload)
    whole = await handing.see(CIVIL, upload)
    assert (whole["state"], whole["rows"]) == ("done", {"in": 7, "accepted": 6, "returned": 1, "duplicate": 0})
    async with worker.transaction(WHOLE) as session:
        marked = await session.scalar(
            text("select count(*) from identity_period where upload_id = :id"), {"id": uuid.UUID(upload)}
        )
    assert marked == 6


async def test_what_a_returned_row_had_written_is_undone(
    handing: Handing, worker: Database, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def writes_and_returns(session: AsyncSession, context: Context, row: Row) -> Fate:
        assert await identity_kind.take(session, context, row) == ACCEPTED
        return returned(Reason("invented", "退回", "returned"))

    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, take=writes_and_returns))
    new = somebody()
    seen = await handing.hand_in(CIVIL, "identity", [identity(*new)])
    assert seen["rows"]["returned"] == 1
    async with worker.transaction(WHOLE) as session:
        index = services.vault.blind("id_number", new[1])
        assert (await session.execute(text("select person_known(:index)"), {"index": index})).scalar_one() is None


async def test_a_kind_may_ask_for_more_check_it_and_be_told_the_end_once(
    handing: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[tuple[Counts, Any]] = []

    async def check(_session: AsyncSession, division: str, fields: Mapping[str, Any]) -> Sequence[Problem]:
        return [] if fields["batch"] == division else [Problem("/batch", "没有这个批次", "there is no such batch")]

    async def after(_session: AsyncSession, context: Context, counts: Counts) -> None:
        ends.append((counts, context.fields["batch"]))

    kind = replace(identity_kind.KIND, fields=(Field("batch", "批次", FieldKind.LINE),), check=check, after=after)
    monkeypatch.setitem(KINDS, "identity", kind)
    content = xlsx([IDENTITY, identity(*somebody()), identity("", "")])
    for batch, said in (("", "“批次”必须填写"), ("7", "没有这个批次")):
        wrong = await handing.post(CIVIL, "identity", content, batch=batch)
        assert (wrong.status_code, [error["pointer"] for error in wrong.json()["errors"]]) == (422, ["/batch"]), said
    upload = (await handing.post(CIVIL, "identity", content, batch="140522")).json()["id"]
    for _ in range(2):
        await handing.take_in(upload)
    assert ends == [(Counts(rows=2, accepted=1, returned=1, duplicate=0), "140522")]


async def test_nothing_personal_lies_in_clear(handing: Handing, worker: Database) -> None:
    name, number = somebody()
    await handing.hand_in(CIVIL, "identity", [identity(name, number), identity("", number)])
    await handing.hand_in(COUNTY_CASEWORKER, "settlement", [settlement(name, number, "JSCANARY1")])
    async with worker.transaction(WHOLE) as session:
        for table in ("upload", "upload_row", "identity_period", "settlement", "person", "outbox", "access_log"):
            assert await session.scalar(text(f"select count(*) from {table}")), "there is something that could leak"
            for canary in (name, number, "JSCANARY1", "名单.xlsx", "阳民〔2025〕3号"):
                found = await session.scalar(
                    text(f"select count(*) from {table} t where t::text like :word"), {"word": f"%{canary}%"}
                )
                assert found == 0, (table, canary)


async def test_a_form_can_be_downloaded_and_comes_back_empty(handing: Handing, counter: Counter) -> None:
    for kind in KINDS.values():
        answer = await counter.as_(CIVIL, "GET", f"/uploads/templates/{kind.code}.xlsx")
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        headings = [column.heading or column.label for column in kind.columns]
        assert book.get_sheet_by_index(0).to_python()[3 if kind.annex else 0] == headings
        certificate = ["情况证明"] if kind.annex and kind.annex.certificate else []
        assert book.sheet_names == ["填报表", *certificate, "填写说明", "选项", "识别"]
    empty = await handing.post(
        CIVIL, "identity", (await counter.as_(CIVIL, "GET", "/uploads/templates/identity.xlsx")).content
    )
    assert await handing.take_in(empty.json()["id"]) == "refused"
    assert (await handing.see(CIVIL, empty.json()["id"]))["problem"]["code"] == "no-rows"
    assert (await counter.as_(CIVIL, "GET", "/uploads/templates/nothing.xlsx")).status_code == 404


async def test_a_form_offers_the_townships_of_the_county_and_the_categories_of_the_department(counter: Counter) -> None:
    answer = await counter.as_(CIVIL, "GET", "/uploads/templates/full_list.xlsx")
    lists = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name("选项").to_python()
    offered = {str(cell) for line in lists for cell in line}
    assert {"凤城镇", Category.DB.label, Category.TK.label} <= offered
    assert Category.YF.label not in offered, "the veterans' office provides them"


PEOPLE = [somebody() for _ in range(3)]
CELLS = st.tuples(
    st.sampled_from([name for name, _ in PEOPLE] + ["", "另名"]),
    st.sampled_from([number for _, number in PEOPLE] + ["", "1", 140522196001010010.0]),
    st.sampled_from(["低保对象", "TK", "返贫致贫人口", "", "=A1"]),
    st.sampled_from(["2024-01-01", "2024-05-01", "2025-01-01", "", "五月"]),
    st.sampled_from(["", "2024-05-01", "2025-01-01", "2026-01-01"]),
    st.just("2025-02-20"),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, min_size=1, max_size=12))
async def test_every_row_is_accepted_returned_or_duplicate(
    handing: Handing, worker: Database, rows: list[tuple[Any, ...]]
) -> None:
    content = xlsx([IDENTITY, *([cell if cell != "" else None for cell in row] for row in rows)])
    answer = await handing.post(CIVIL, "identity", content)
    upload = answer.json()["id"]
    await handing.take_in(upload)
    seen = await handing.see(CIVIL, upload)
    counts = seen["rows"]
    assert seen["state"] == "done"
    assert counts["in"] == len(rows)
    assert counts["in"] == counts["accepted"] + counts["returned"] + counts["duplicate"]
    assert {error["row"] for error in seen["errors"]} <= set(range(2, len(rows) + 2))
    assert len({error["row"] for error in seen["errors"]}) == counts["returned"] + counts["duplicate"]
    async with worker.transaction(WHOLE) as session:
        overlaps = await session.scalar(
            text(
                "select count(*) from identity_period a join identity_period b on a.person_id = b.person_id "
                "and a.category = b.category and a.id < b.id and daterange(a.starts_on, a.ends_on) && "
                "daterange(b.starts_on, b.ends_on)"
            )
        )
    assert overlaps == 0
