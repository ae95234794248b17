"""A table looked at before it is taken in, and corrected receipts that continue a batch."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from activities import uploads
from activities.imports import forecasting
from activities.imports import identity as identity_kind
from activities.imports.kinds import ACCEPTED, Batch, Context, Correction, Fate, Reason, Row
from activities.imports.registry import KINDS
from policy.fields import Field
from policy.fields import Kind as FieldKind
from store.batches import batch_of
from store.database import WHOLE, Database
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_uploads import (
    AGRICULTURE,
    CIVIL,
    CIVIL_SUPERVISOR,
    IDENTITY,
    NEIGHBOUR,
    Handing,
    codes,
    handing,
    identity,
    somebody,
)
from tests.exchange.poison import typed, xlsx

__all__ = ["handing"]

Rows = Sequence[Sequence[Any]]


async def look_at(handing: Handing, rows: Rows, username: str = CIVIL) -> dict[str, Any]:
    """The upload as it is shown once its rows were looked at."""
    answer = await handing.post(username, "identity", xlsx([IDENTITY, *rows]), preview="true")
    assert answer.status_code == 202, answer.text
    await handing.take_in(answer.json()["id"])
    return await handing.see(username, answer.json()["id"])


async def say(counter: Counter, upload: dict[str, Any], verdict: str, username: str = CIVIL) -> httpx2.Response:
    return await counter.as_(username, "POST", f"/uploads/{upload['id']}/{verdict}")


async def written(worker: Database, upload: str) -> tuple[int, int]:
    """How many periods were marked by it, and how many rows have their fate."""
    asked = "select count(*) from {} where upload_id = :id"
    async with worker.transaction(WHOLE) as session:
        counts = [
            await session.scalar(text(asked.format(table)), {"id": uuid.UUID(upload)})
            for table in ("identity_period", "upload_row")
        ]
    return counts[0], counts[1]


async def receipt_of(counter: Counter, upload: dict[str, Any], username: str = CIVIL) -> list[list[list[Any]]]:
    answer = await counter.as_(username, "GET", f"/uploads/{upload['id']}/receipt.xlsx")
    assert answer.status_code == 200, answer.text
    return typed(answer.content)


async def test_a_table_is_looked_at_without_anything_being_written(
    handing: Handing, counter: Counter, worker: Database
) -> None:
    good, other = somebody(), somebody()
    rows = [identity(*good), identity(other[0], 1.4e17), identity(*good), identity(*other, "YF")]
    seen = await look_at(handing, rows)
    assert (seen["state"], seen["preview"]) == ("checked", True)
    assert seen["forecast"] == {"accepted": 1, "returned": 2, "duplicate": 1}
    assert codes(seen) == [
        (3, "id_number", "id-as-number"),
        (4, "", "period-known"),
        (5, "category", "not-your-category"),
    ]
    assert seen["rows"] == {"in": 4, "accepted": 0, "returned": 0, "duplicate": 0}
    assert await written(worker, seen["id"]) == (0, 0)
    receipt = await counter.as_(CIVIL, "GET", f"/uploads/{seen['id']}/receipt.xlsx")
    assert receipt.status_code == 409, "its good rows would be lost with it"


async def test_what_was_confirmed_is_taken_in_once(handing: Handing, counter: Counter, worker: Database) -> None:
    seen = await look_at(handing, [identity(*somebody()), identity(*somebody(), "YF")])
    first, again = [await say(counter, seen, "commit") for _ in range(2)]
    assert [answer.status_code for answer in (first, again)] == [202, 202]
    async with worker.transaction(WHOLE) as session:
        queued = await session.scalars(
            text("select workflow_id from outbox where workflow_id like :id order by id"),
            {"id": f"upload/{seen['id']}%"},
        )
        assert list(queued) == [f"upload/{seen['id']}", f"upload/{seen['id']}/commit"]
    await handing.take_in(seen["id"])
    done = await handing.see(CIVIL, seen["id"])
    assert (done["state"], done["preview"], done["forecast"]) == ("done", False, None)
    assert done["rows"] == {"in": 2, "accepted": 1, "returned": 1, "duplicate": 0}
    assert await written(worker, seen["id"]) == (1, 2)
    assert (await say(counter, seen, "commit")).json()["state"] == "done"
    assert (await say(counter, seen, "discard")).status_code == 409


async def test_what_was_thrown_away_was_never_taken_in_and_may_come_again(
    handing: Handing, counter: Counter, worker: Database
) -> None:
    rows = [identity(*somebody())]
    seen = await look_at(handing, rows)
    assert [(await say(counter, seen, "discard")).status_code for _ in range(2)] == [200, 200]
    assert (await say(counter, seen, "commit")).json()["type"] == "/problems/upload-not-checked"
    assert (await handing.take_in(seen["id"]), await written(worker, seen["id"])) == ("discarded", (0, 0))
    again = await look_at(handing, rows)
    assert again["id"] != seen["id"]
    assert again["forecast"]["accepted"] == 1


async def test_only_what_was_looked_at_waits_for_a_word_and_only_of_its_own_office(
    handing: Handing, counter: Counter
) -> None:
    taken = await handing.hand_in(CIVIL, "identity", [identity(*somebody())])
    assert (await say(counter, taken, "discard")).status_code == 409
    content = xlsx([IDENTITY, identity(*somebody())])
    waiting = (await handing.post(CIVIL, "identity", content, preview="true")).json()
    assert [(await say(counter, waiting, verdict)).status_code for verdict in ("commit", "discard")] == [409, 409]
    await handing.take_in(waiting["id"])
    others = (CIVIL_SUPERVISOR, AGRICULTURE, NEIGHBOUR)
    assert [(await say(counter, waiting, "commit", other)).status_code for other in others] == [403, 404, 404]


async def test_a_long_table_is_looked_at_in_portions(handing: Handing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasting, "PORTION", 2)
    people = [somebody() for _ in range(3)]
    seen = await look_at(handing, [*(identity(*who) for who in people), identity(*people[2]), identity("", "")])
    assert (seen["forecast"], seen["progress"]) == (
        {"accepted": 3, "returned": 1, "duplicate": 1},
        {"decided": 5, "of": 5},
    )


async def test_a_killed_look_goes_on_behind_its_last_portion(handing: Handing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasting, "PORTION", 2)
    forecast = forecasting.forecast_portion
    looked_at: list[int] = []

    async def dying(*given: Any) -> Sequence[Reason]:
        if len(looked_at) == 1:
            looked_at.append(0)
            raise ConnectionError("the worker is gone")
        looked_at.append(given[-1])
        return await forecast(*given)

    monkeypatch.setattr(uploads, "forecast_portion", dying)
    content = xlsx([IDENTITY, *(identity("", "") for _ in range(5))])
    upload = (await handing.post(CIVIL, "identity", content, preview="true")).json()["id"]
    with pytest.raises(ConnectionError):
        await handing.take_in(upload)
    assert (await handing.see(CIVIL, upload))["progress"] == {"decided": 2, "of": 5}
    assert await handing.take_in(upload) == "checked"
    assert looked_at == [2, 0, 4, 5]
    assert (await handing.see(CIVIL, upload))["forecast"] == {"accepted": 0, "returned": 5, "duplicate": 0}


async def test_a_table_wrong_as_a_whole_is_refused_before_its_first_row(
    handing: Handing, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[Batch] = []

    async def begin(_session: AsyncSession, _context: Context, batch: Batch) -> Sequence[Reason]:
        batches.append(batch)
        return [Reason("counts-differ", "与证明人数不一致", "differs from the certificate")]

    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, begin=begin, several_sheets=True))
    first, second = ([["对象类别（低保☑）"], IDENTITY, identity(*somebody())] for _ in range(2))
    content = xlsx(first, [*second, identity("", 1.4e17)])
    for preview in ("true", "false"):
        upload = (await handing.post(CIVIL, "identity", content, preview=preview)).json()["id"]
        assert await handing.take_in(upload) == "refused"
        seen = await handing.see(CIVIL, upload)
        assert seen["problem"] == {
            "code": "counts-differ",
            "zh": "与证明人数不一致",
            "en": "differs from the certificate",
        }
        assert await written(worker, upload) == (0, 0)
    batch = batches[-1]
    assert [(sheet.number, sheet.head.ticked, sheet.rows) for sheet in batch.sheets] == [
        (1, ("低保",), 1),
        (2, ("低保",), 2),
    ]
    assert ([(row.sheet, row.number) for row in batch.rows], batch.rows_in) == ([(1, 3), (2, 3)], 3)


async def test_the_head_of_a_form_is_shown_to_those_who_may_hand_it_in(handing: Handing) -> None:
    rows = [
        ["阳城县2025年3月医疗救助重点救助对象名单"],
        ["单位名称（盖章）：阳城县民政局"],
        IDENTITY,
        identity(*somebody()),
    ]
    answer = await handing.post(CIVIL, "identity", xlsx([*rows, ["注：以上人员均已核对。"]]), preview="true")
    await handing.take_in(answer.json()["id"])
    (sheet,) = (await handing.see(CIVIL, answer.json()["id"]))["facts"]["sheets"]
    assert (sheet["county"], sheet["unit"], sheet["rows"]) == ("阳城县", "阳城县民政局", 1)
    assert sheet["passed_over"] == [1, 2, 3, 5]
    assert (await handing.see(CIVIL_SUPERVISOR, answer.json()["id"]))["facts"] is None


async def test_rows_of_several_sheets_are_told_apart(handing: Handing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, several_sheets=True))
    content = xlsx([IDENTITY, identity(*somebody())], [IDENTITY, identity("", ""), identity(*somebody())])
    upload = (await handing.post(CIVIL, "identity", content)).json()["id"]
    await handing.take_in(upload)
    seen = await handing.see(CIVIL, upload)
    assert seen["rows"] == {"in": 3, "accepted": 2, "returned": 1, "duplicate": 0}
    assert next((error["sheet"], error["row"], error["zh"]) for error in seen["errors"]) == (
        2,
        2,
        "第2张表第2行 姓名：必须填写",
    )


async def test_a_corrected_receipt_continues_its_batch(
    handing: Handing, counter: Counter, worker: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected: dict[int, Correction | None] = {}

    async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
        corrected[row.number] = row.corrects
        return await identity_kind.take(session, context, row)

    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, take=take))
    good, wrong, other, replaced = (somebody() for _ in range(4))
    rows = [identity(*good), identity(wrong[0], 1.4e17), identity(other[0], 1.4e17), identity(replaced[0], 1.4e17)]
    first = await handing.hand_in(CIVIL, "identity", rows)
    provided = clock.now().date()
    clock.moment += timedelta(days=3)
    sheet, mark = await receipt_of(counter, first)
    assert [line[-2:] for line in sheet[:2]] == [
        ["原行号", "错误原因"],
        ["3", "身份证号码：以数字保存，已失真，请将该列设为文本格式后重新填写"],
    ]
    stranger = somebody()
    sheet[1][1] = wrong[1]
    sheet[3][:2] = list(stranger)
    answer = await handing.post(CIVIL, "identity", xlsx(sheet, mark))
    assert await handing.take_in(answer.json()["id"]) == "done"
    second = await handing.see(CIVIL, answer.json()["id"])
    assert second["continues"] == first["id"]
    assert second["rows"] == {"in": 3, "accepted": 2, "returned": 1, "duplicate": 0}
    assert codes(second) == [(3, "id_number", "empty-cell")], "an unchanged row comes back again"
    assert corrected[2] == Correction(uuid.UUID(first["id"]), 1, 3, provided)
    assert corrected[4] is None, "the line was given to somebody who was not on the list"
    assert second["batch"] == {
        "first": first["id"],
        "no": 2,
        "uploads": 2,
        "rows_in": 7,
        "accepted": 3,
        "returned": 4,
        "duplicate": 0,
        "outstanding": 2,
    }
    async with worker.transaction(WHOLE) as session:
        assert [await batch_of(session, uuid.UUID(one["id"])) for one in (first, second)] == [
            uuid.UUID(first["id"])
        ] * 2


async def test_a_row_returned_twice_still_has_the_day_of_the_first_time(
    handing: Handing, counter: Counter, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected: list[Correction | None] = []

    async def take(_session: AsyncSession, _context: Context, row: Row) -> Fate:
        corrected.append(row.corrects)
        return ACCEPTED

    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, take=take))
    who, provided = somebody(), clock.now().date()
    upload = await handing.hand_in(CIVIL, "identity", [identity(who[0], 1.4e17)])
    for _ in range(2):
        clock.moment += timedelta(days=1)
        sheet, mark = await receipt_of(counter, upload)
        sheet[1][1] = None if not corrected and upload["batch"]["no"] == 1 else who[1]
        sheet[1][6] = f"阳民{upload['batch']['no']}号"
        answer = await handing.post(CIVIL, "identity", xlsx(sheet, mark))
        await handing.take_in(answer.json()["id"])
        upload = await handing.see(CIVIL, answer.json()["id"])
    assert [one and (one.number, one.provided_on) for one in corrected] == [(2, provided)]
    assert (upload["batch"]["no"], upload["batch"]["outstanding"]) == (3, 0)


async def test_a_receipt_of_another_office_or_month_is_refused(handing: Handing, counter: Counter) -> None:
    first = await handing.hand_in(CIVIL, "identity", [identity("", "")])
    sheet, mark = await receipt_of(counter, first)
    sheet[1][:2] = list(somebody())
    content = xlsx(sheet, mark)
    neighbours = await handing.post(NEIGHBOUR, "identity", content)
    assert await handing.take_in(neighbours.json()["id"]) == "refused"
    problem = (await handing.see(NEIGHBOUR, neighbours.json()["id"]))["problem"]
    assert problem["zh"] == "这份错误回执不属于本单位报送的同类表格，请核对后报送"
    later = await handing.post(CIVIL, "identity", content, month="2025-01")
    assert await handing.take_in(later.json()["id"]) == "refused"
    assert (await handing.see(CIVIL, later.json()["id"]))["problem"]["code"] == "receipt-of-another-month"


async def test_a_receipt_sent_to_its_upload_needs_neither_month_nor_fields_again(
    handing: Handing, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts: list[Context] = []

    async def begin(_session: AsyncSession, context: Context, _batch: Batch) -> Sequence[Reason]:
        contexts.append(context)
        return ()

    asked = (Field("certificate", "证明文号", FieldKind.LINE),)
    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, begin=begin, fields=asked))
    content = xlsx([IDENTITY, identity("", "")])
    upload = (await handing.post(CIVIL, "identity", content, month="2025-01", certificate="阳民3号")).json()["id"]
    await handing.take_in(upload)
    sheet, mark = await receipt_of(counter, {"id": upload})
    sheet[1][:2] = list(somebody())
    answer = await handing.post(CIVIL, "", xlsx(sheet, mark), continues=upload)
    assert answer.status_code == 202, answer.text
    assert await handing.take_in(answer.json()["id"]) == "done"
    assert [(one.batch, one.month, one.fields) for one in contexts] == [
        (uuid.UUID(upload), "2025-01", {"certificate": "阳民3号"})
    ] * 2
    for wrong in ("x", str(uuid.uuid4())):
        refused = await handing.post(CIVIL, "identity", content, continues=wrong)
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/continues"]


async def test_an_older_template_is_refused_with_its_version(
    handing: Handing, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = typed((await counter.as_(CIVIL, "GET", "/uploads/templates/identity.xlsx")).content)
    form[0].append(identity(*somebody()))
    content = xlsx(*form)
    monkeypatch.setitem(KINDS, "identity", replace(identity_kind.KIND, version=2))
    upload = (await handing.post(CIVIL, "identity", content)).json()["id"]
    assert await handing.take_in(upload) == "refused"
    assert (await handing.see(CIVIL, upload))["problem"]["zh"] == "这是旧版模板（第1版），现行为第2版，请下载新模板填报"


async def test_uploads_are_found_by_kind_and_month(handing: Handing, counter: Counter) -> None:
    content = xlsx([IDENTITY, identity(*somebody())])
    upload = (await handing.post(CIVIL, "identity", content, month="2024-11")).json()["id"]
    listed = (await counter.as_(CIVIL, "GET", "/uploads?kind=identity&month=2024-11")).json()
    assert [item["id"] for item in listed["items"]] == [upload]
    assert (await counter.as_(CIVIL, "GET", "/uploads?kind=settlement&month=2024-11")).json()["items"] == []
    assert (await counter.as_(CIVIL, "GET", "/uploads?month=nov")).status_code == 422
