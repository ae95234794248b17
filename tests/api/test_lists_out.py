"""Lists as they leave: 附件3 and 附件4 as they were provided, push lists and feedback, for whoever works with them; logged."""

import uuid
from dataclasses import replace
from io import BytesIO

import httpx2
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from exchange.annex_forms_out import certificate_workbook, roster_workbook
from exchange.annexes import ANNEX_2, ANNEX_3
from exchange.confined import sheets_of
from exchange.tables import find_tables
from policy.lists_out import BOXES_OF_A_ROSTER, Line, RosterForm, ticks
from policy.terms import Category
from store.database import WHOLE, Database
from tests.api.conftest import COUNTY_CASEWORKER, COUNTY_SUPERVISOR, MORNING, Counter
from tests.api.test_partners import ask, key_for
from tests.api.test_pushes import Month, burden, month
from tests.api.test_uploads import AGRICULTURE, CIVIL, FINANCE, NEIGHBOUR, Handing, handing, identity, somebody
from tests.exchange.list_samples import CERTIFICATE
from tests.notifications.pdf_text import words_of

__all__ = ["handing", "month"]

TODAY = MORNING.date()
COUNTS = {"households_added": "1", "persons_added": "2", "households_removed": "0", "persons_removed": "0"}


def a_list() -> RosterForm:
    """Two members of one household, newly identified."""
    (head, number), (wife, hers) = somebody(), somebody()
    shared = ("凤城镇", "虚构村", head, number, "2")
    change = {"change": "新识别", "changed_in": "2025年2月"}
    lines = (Line(*shared, name=head, id_number=number, **change), Line(*shared, name=wife, id_number=hers, **change))
    return RosterForm(
        annex=3,
        county="阳城县",
        period="2025年2月",
        unit="阳城县民政局",
        ticks=ticks(BOXES_OF_A_ROSTER, Category.DB),
        day=TODAY,
        lines=lines,
    )


async def matter_of(worker: Database, upload: str) -> uuid.UUID:
    async with worker.transaction(WHOLE) as session:
        found: uuid.UUID = (
            await session.execute(
                text("select matter_id from adjustment where upload_id = :id"), {"id": uuid.UUID(upload)}
            )
        ).scalar_one()
        return found


async def looks(worker: Database, purpose: str) -> int:
    async with worker.transaction(WHOLE) as session:
        asked = text("select count(*) from access_log where purpose = :purpose")
        return int((await session.execute(asked, {"purpose": purpose})).scalar_one())


async def test_the_form_that_we_draw_is_taken_in_and_comes_out_again(
    counter: Counter, handing: Handing, worker: Database
) -> None:
    form = a_list()
    fields = {"certificate_on": TODAY.isoformat(), "adjusted_on": TODAY.isoformat(), **COUNTS}
    posted = await handing.post(CIVIL, "adjustment", roster_workbook(form), **fields)
    assert posted.status_code == 202, posted.text
    upload = posted.json()["id"]
    assert await handing.take_in(upload) == "done", await handing.see(CIVIL, upload)
    assert (await handing.see(CIVIL, upload))["rows"]["accepted"] == 2
    matter, before = await matter_of(worker, upload), await looks(worker, "list.annex_3")
    out = await counter.as_(FINANCE, "GET", f"/adjustments/{matter}/annex3.xlsx")
    assert out.status_code == 200, out.text
    table = find_tables(await sheets_of(out.content), ANNEX_3.columns).sheets[0]
    assert table.head.ticked == ("低保",)
    assert table.head.unit == "阳城县民政局"
    for name in ("township", "village", "head", "head_id", "name", "id_number", "change", "changed_in"):
        assert [table.cell(row, name) for row in table.rows] == [getattr(line, name) for line in form.lines], name
    assert await looks(worker, "list.annex_3") == before + 2
    certificate = await counter.as_(CIVIL, "GET", f"/adjustments/{matter}/annex4.pdf")
    words = words_of(certificate.content)
    assert "人员1户2人；减少0户0人（具体名单附后）" in words
    assert "阳城县民政局（盖章）2025年3月3日" in words
    for reader, status in ((COUNTY_SUPERVISOR, 403), (NEIGHBOUR, 404), (AGRICULTURE, 404)):
        refused = await counter.as_(reader, "GET", f"/adjustments/{matter}/annex3.pdf")
        assert refused.status_code == status, reader


async def test_a_list_by_the_interface_says_how_it_came(
    counter: Counter, http: httpx2.AsyncClient, handing: Handing, worker: Database
) -> None:
    key = (await key_for(counter, CIVIL, "adjustment"))["key"]
    form = a_list()
    names = ("township", "village", "head", "head_id", "household_size", "name", "id_number", "change", "changed_in")
    rows = [{name: getattr(line, name) for name in names} for line in form.lines]
    days = {"certificate_on": TODAY.isoformat(), "list_on": TODAY.isoformat(), "adjusted_on": TODAY.isoformat()}
    body = {"rows": rows, "fields": {"category": "DB", **days, **COUNTS}}
    taken = await ask(http, key, "POST", "/partner/adjustments", json=body)
    assert taken.status_code == 202, taken.text
    await handing.take_in(taken.json()["id"])
    fate = (await ask(http, key, "GET", f"/partner/uploads/{taken.json()['id']}")).json()
    assert (fate["state"], fate["rows"]["accepted"]) == ("done", 2), fate
    matter = await matter_of(worker, taken.json()["id"])
    seen = (await counter.as_(CIVIL, "GET", f"/adjustments/{matter}")).json()
    assert seen["adjustment"]["carrier"] == "interface"


async def test_annex_2_names_who_is_marked_on_the_day(counter: Counter, handing: Handing, worker: Database) -> None:
    who, gone = somebody(), somebody()
    rows = [identity(*who, "特困"), identity(*gone, "特困", until="2025-02-01")]
    await handing.hand_in(CIVIL, "identity", rows)
    before = await looks(worker, "list.annex_2")
    out = await counter.as_(COUNTY_CASEWORKER, "GET", "/rosters/TK/annex2.xlsx")
    assert out.status_code == 200, out.text
    table = find_tables(await sheets_of(out.content), ANNEX_2.columns).sheets[0]
    numbers = [table.cell(row, "id_number") for row in table.rows]
    assert who[1] in numbers
    assert gone[1] not in numbers
    assert await looks(worker, "list.annex_2") == before + len(numbers)
    earlier = await counter.as_(COUNTY_CASEWORKER, "GET", "/rosters/TK/annex2.xlsx?on=2025-01-31")
    table = find_tables(await sheets_of(earlier.content), ANNEX_2.columns).sheets[0]
    assert gone[1] in [table.cell(row, "id_number") for row in table.rows]
    for reader in (CIVIL, COUNTY_SUPERVISOR):
        assert (await counter.as_(reader, "GET", "/rosters/TK/annex2.pdf")).status_code == 403


async def test_push_list_names_who_was_pushed_for_those_who_screen(
    counter: Counter, month: Month, worker: Database
) -> None:
    who = somebody()
    await month.load(burden(who, "30000.00", "1000.00"))
    early = await counter.as_(COUNTY_CASEWORKER, "GET", f"/pushes/{month.matter}/list.xlsx")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-pushed")
    await month.push()
    before = await looks(worker, "list.push")
    out = await counter.as_(CIVIL, "GET", f"/pushes/{month.matter}/list.xlsx")
    assert out.status_code == 200, out.text
    rows = CalamineWorkbook.from_filelike(BytesIO(out.content)).get_sheet_by_index(0).to_python()
    [line] = [row for row in rows if row[1] == who[0]]
    assert line[2:4] == [who[1], "致贫"]
    assert line[7:9] == [30000.0, 1000.0]
    assert await looks(worker, "list.push") == before + 1
    pdf = await counter.as_(COUNTY_CASEWORKER, "GET", f"/pushes/{month.matter}/list.pdf")
    assert "高额费用负担患者名单" in words_of(pdf.content)
    masked = await counter.as_(COUNTY_SUPERVISOR, "GET", f"/pushes/{month.matter}/list.xlsx")
    assert masked.status_code == 403
    fed_back = await counter.as_(CIVIL, "GET", f"/pushes/{month.matter}/feedback.xlsx")
    assert fed_back.status_code == 200


def test_certificate_for_a_list_without_a_number_has_no_line_for_it() -> None:
    numbered = certificate_workbook(replace(CERTIFICATE, number="阳民〔2026〕9号"))
    plain, with_number = (
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        for content in (certificate_workbook(CERTIFICATE), numbered)
    )
    assert len(with_number) == len(plain) + 1
    assert with_number[2][0] == "编号：阳民〔2026〕9号"
