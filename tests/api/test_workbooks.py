"""A workbook with a sheet per category: taken apart, each list with its own tick and certificate, and confirmed as one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from activities.uploads import Uploads
from api.services import Services
from store.database import Database
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_adjustments import APRIL, CIVIL, GONE, HEADER, periods, row
from tests.api.test_uploads import Handing, codes
from tests.casework import id_number
from tests.exchange.poison import typed, xlsx

Rows = Sequence[Sequence[Any]]
_serial = iter(range(1, 999))
DAY = "2025年4月10日"


def somebody() -> tuple[str, str]:
    number = next(_serial)
    return f"册{chr(0x5400 + number)}", id_number("140522", "19460917", number)


def roster(category: str, *rows: Sequence[Any], day: str = DAY) -> Rows:
    """附件3 with its title and its boxes; its first person stands in row 4."""
    boxes = "".join(f"{one}{'☑' if one == category else '□'}" for one in ("低保", "特困", "重点优抚"))
    head = [f"单位名称（盖章）：阳城县民政局  对象类别（{boxes}）  {day}"]
    return [["阳城县2025年4月医疗救助重点救助对象动态调整名单"], head, HEADER, *rows]


def certificate(category: str, added: int, removed: int = 0, day: str = DAY) -> Rows:
    """附件4; every person a household."""
    boxes = "".join(f"{one}{'☑' if one == category else '□'}" for one in ("低保", "特困", "重点优抚"))
    words = f"2025年4月新增（{boxes}）人员{added}户{added}人，减少（{boxes}）人员{removed}户{removed}人。特此证明。阳城县民政局"
    return [["动态调整情况证明"], [words], [day]]


NOTES: Rows = [["填表说明"], ["每类一张表"]]


@pytest.fixture
def handing(counter: Counter, worker: Database, services: Services, clock: StoppedClock) -> Handing:
    clock.moment = APRIL
    return Handing(counter, Uploads(worker, clock, services.vault, services.files))


async def hand_in(handing: Handing, *sheets: Rows, preview: bool = False, **form: str) -> dict[str, Any]:
    """The whole file as it is shown once all its parts were looked at or taken in."""
    asked = {"month": "2025-04"} | form | ({"preview": "true"} if preview else {})
    answer = await handing.post(CIVIL, "adjustment", xlsx(*sheets), **asked)
    assert answer.status_code == 202, answer.text
    return await take_in(handing, answer.json()["id"])


async def take_in(handing: Handing, upload: str) -> dict[str, Any]:
    await handing.take_in(upload)
    for part in (await handing.see(CIVIL, upload))["parts"]:
        await handing.take_in(part["id"])
    return await handing.see(CIVIL, upload)


async def test_each_category_is_a_list_of_its_own_and_the_file_is_confirmed_once(
    handing: Handing, counter: Counter, worker: Database, services: Services
) -> None:
    poor, cared_for = somebody(), somebody()
    sheets = (
        roster("低保", row(poor), row(somebody(), town="没有的镇")),
        certificate("特困", 1),
        roster("特困", row(cared_for)),
        NOTES,
        certificate("低保", 2),
        [],
    )
    seen = await hand_in(handing, *sheets, preview=True)
    assert (seen["state"], seen["preview"]) == ("checked", True)
    assert seen["forecast"] == {"accepted": 2, "returned": 1, "duplicate": 0}
    assert [(part["category"], part["sheets"], part["forecast"]["accepted"]) for part in seen["parts"]] == [
        ("DB", [1, 5], 1),
        ("TK", [2, 3], 1),
    ]
    assert [(one["number"], one["empty"]) for one in seen["facts"]["left_out"]] == [(4, False), (6, True)]
    assert [error["zh"].split(" ")[0] for error in seen["errors"]] == ["第1张表第5行"]
    assert await periods(worker, services, poor) == []
    part = seen["parts"][0]["id"]
    refused = await counter.as_(CIVIL, "POST", f"/uploads/{part}/commit")
    assert refused.json()["type"] == "/problems/upload-is-a-part"
    assert (await counter.as_(CIVIL, "POST", f"/uploads/{seen['id']}/commit")).json()["state"] == "working"
    done = await take_in(handing, seen["id"])
    assert (done["state"], done["rows"]) == ("done", {"in": 3, "accepted": 2, "returned": 1, "duplicate": 0})
    assert await periods(worker, services, poor) == [("DB", date(2025, 4, 10), None)]
    assert await periods(worker, services, cared_for) == [("TK", date(2025, 4, 10), None)]
    assert (await counter.as_(CIVIL, "GET", f"/uploads/{done['id']}/receipt.xlsx")).status_code == 409
    receipt = await counter.as_(CIVIL, "GET", f"/uploads/{part}/receipt.xlsx")
    sheet, _mark = typed(receipt.content)
    sheet[3][0] = "凤城镇"
    corrected = await handing.post(CIVIL, "adjustment", xlsx(sheet, _mark), continues=part)
    await handing.take_in(corrected.json()["id"])
    again = await handing.see(CIVIL, corrected.json()["id"])
    assert (again["rows"]["accepted"], again["batch"]["outstanding"]) == (1, 0)
    listed = (await counter.as_(CIVIL, "GET", "/uploads?kind=adjustment&limit=2")).json()["items"]
    assert [one["id"] for one in listed] == [again["id"], done["id"]], "its parts are not listed beside it"


async def test_what_was_thrown_away_is_thrown_away_with_its_parts(handing: Handing, counter: Counter) -> None:
    sheets = (
        roster("低保", row(somebody())),
        certificate("低保", 1),
        roster("特困", row(somebody())),
        certificate("特困", 1),
    )
    seen = await hand_in(handing, *sheets, preview=True)
    assert (await counter.as_(CIVIL, "POST", f"/uploads/{seen['id']}/discard")).json()["state"] == "discarded"
    after = await handing.see(CIVIL, seen["id"])
    assert [after["state"], *(part["state"] for part in after["parts"])] == ["discarded"] * 3


async def test_a_list_without_its_certificate_goes_back_and_the_others_do_not(handing: Handing) -> None:
    seen = await hand_in(
        handing, roster("低保", row(somebody())), certificate("低保", 1), roster("特困", row(somebody()))
    )
    assert [(part["state"], (part["problem"] or {}).get("code")) for part in seen["parts"]] == [
        ("done", None),
        ("refused", "certificate-missing"),
    ]
    assert seen["rows"] == {"in": 2, "accepted": 1, "returned": 1, "duplicate": 0}


async def test_a_file_of_which_every_list_goes_back_may_come_again(handing: Handing) -> None:
    sheets = (roster("低保", row(somebody())), roster("特困", row(somebody())))
    first = await hand_in(handing, *sheets)
    assert (first["state"], first["problem"]["code"]) == ("refused", "all-parts-refused")
    assert (await hand_in(handing, *sheets))["id"] != first["id"]


async def test_two_sheets_of_one_category_are_one_list(handing: Handing) -> None:
    sheets = roster("低保", row(somebody())), roster("低保", row(somebody()), row(somebody(), town="没有的镇"))
    seen = await hand_in(handing, *sheets, certificate("低保", 3))
    assert (seen["state"], seen["parts"]) == ("done", [])
    assert seen["rows"] == {"in": 3, "accepted": 2, "returned": 1, "duplicate": 0}
    assert [(error["sheet"], *code) for error, code in zip(seen["errors"], codes(seen), strict=True)] == [
        (2, 5, "township", "unknown-township")
    ]


@pytest.mark.parametrize(
    ("sheets", "form", "code", "named"),
    [
        (
            (roster("低保", row(somebody())), certificate("低保", 1), certificate("低保", 2)),
            {},
            "contradictory-certificates",
            "“低保对象”的动态调整情况证明有几份（第2张、第3张工作表）",
        ),
        (
            (roster("低保", row(somebody())), certificate("低保", 1), certificate("低保", 1, day="2025年4月9日")),
            {},
            "contradictory-certificates",
            "户数、人数或者日期不一致",
        ),
        (
            (roster("低保", row(somebody())), certificate("低保", 1), certificate("重点优抚", 3)),
            {},
            "certificate-without-list",
            "的动态调整情况证明（第3张工作表）没有勾选同一类别的名单",
        ),
        (
            (roster("", row(somebody())), certificate("低保", 1), certificate("特困", 1)),
            {},
            "certificate-without-list",
            "“低保对象”的动态调整情况证明（第2张工作表）",
        ),
        (
            (roster("低保", row(somebody())), roster("低保", row(somebody())), certificate("低保", 1)),
            {},
            "persons-differ",
            "第1张工作表1行，第2张工作表1行",
        ),
        (
            (roster("低保", row(somebody())), roster("", row(somebody(), GONE)), certificate("低保", 1)),
            {},
            "unticked-sheets",
            "第2张工作表未勾选",
        ),
        (
            (roster("低保", row(somebody())), roster("特困", row(somebody()))),
            {"category": "DB"},
            "typed-for-several",
            "第1张低保对象，第2张特困人员",
        ),
    ],
)
async def test_sheets_that_contradict_each_other_are_named(
    handing: Handing, sheets: tuple[Rows, ...], form: dict[str, str], code: str, named: str
) -> None:
    seen = await hand_in(handing, *sheets, **form)
    assert (seen["state"], seen["problem"]["code"]) == ("refused", code)
    assert named in seen["problem"]["zh"]
