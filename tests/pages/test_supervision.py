"""Monitoring on pages without script: an order out of ticked findings, a problem reported, an agreement entered and ended."""

import asyncio
import time
import uuid
from datetime import date

from activities.months import open_month
from policy.procedures import Procedure
from policy.supervision import FindingKind
from runtime.clock import clock
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from store.database import WHOLE, Database
from store.findings import open_finding
from store.matters import find_matter
from tests.pages.conftest import SignedIn

PROVINCE = "province.medical_insurance.supervisor@14"
COUNTY = "county.medical_insurance.supervisor@140522"
FARMERS = "county.agriculture.supervisor@140522"
MONTH = date(2025, 2, 1)


async def found(stack: Stack) -> str:
    database = Database(stack.settings.database_url("worker"), pool_size=1)
    try:
        async with database.transaction(WHOLE) as session:
            now = clock(stack.settings).now()
            codes = {"due": "2025-02-10", "done_on": "2025-02-12"}
            kind = FindingKind.LATE_PUSH
            row = await open_finding(session, kind, "140522", MONTH, uuid.uuid4(), codes, ["D-02"], now)
            return str(row.id)
    finally:
        await database.close()


async def test_ticked_findings_become_an_order_that_the_county_reads(stack: Stack, visiting: SignedIn) -> None:
    finding = await found(stack)
    visitor = await visiting(PROVINCE)
    listed = await visitor.get("/findings?month=2025-02&division=140522")
    assert "未按期推送高额费用名单" in listed.text
    assert "尚未测算" in listed.text, "what nothing measures yet is not shown as zero"
    unticked = await visitor.post(listed, "/rectifications", {"text": "请补报", "due_on": "2025-03-10"})
    assert (unticked.status, "请至少勾选一行" in unticked.text, "请补报" in unticked.text) == (422, True, True)
    wanted = {"finding": [finding], "text": "请说明原因", "due_on": "2025-03-10"}
    issued = await visitor.post(listed, "/rectifications", wanted)
    assert (issued.status, "请说明原因" in issued.text) == (200, True)
    again = await visitor.post(listed, "/rectifications", {**wanted, "once": "another"})
    assert (again.status, "不重复要求同一单位报送" in again.text) == (409, True)
    county, until = await visiting(COUNTY), time.monotonic() + 20
    while "整改回复" not in (read := await county.get(issued.address)).text:
        assert time.monotonic() < until, "the county is not asked"
        await asyncio.sleep(0.1)
    assert "请说明原因" in read.text
    assert (await (await visiting(FARMERS)).get(issued.address)).status == 403


async def test_a_major_problem_is_reported_from_its_page(visiting: SignedIn) -> None:
    visitor = await visiting(FARMERS)
    page = await visitor.get("/major-problems")
    sent = await visitor.post(page, "/major-problems", {"topic": "falling_back", "to": "city", "text": "某村返贫风险"})
    assert (sent.status, "某村返贫风险" in sent.text) == (200, True)
    assert sent.address.startswith("/major-problems/") or "/major-problems/" in sent.address


async def test_an_agreement_is_entered_ticked_by_partner_and_ended(visiting: SignedIn) -> None:
    visitor = await visiting("county.medical_insurance.supervisor@140827")
    page = await visitor.get("/agreements")
    assert "尚未与民政部门签订信息共享协议" in page.text
    wanted = {
        "number": "隰医保协〔2025〕1号",
        "data.civil_affairs": ["enrolment", "burden"],
        "duties": "按月共享",
        "signed_on": "2025-03-01",
        "starts_on": "2025-03-01",
    }
    entered = await visitor.post(page, "/agreements", wanted)
    assert "隰医保协〔2025〕1号" in entered.text
    assert "尚未与民政部门签订信息共享协议" not in entered.text
    action = entered.html.partition('action="/agreements/')[2].partition('"')[0]
    ended = await visitor.post(entered, f"/agreements/{action}", {"last_day": "2025-03-02"})
    assert "无效" in ended.text


async def test_a_review_and_a_comparison_show_their_rows_and_what_may_be_ticked(
    stack: Stack, visiting: SignedIn, counter: Counter
) -> None:
    review = await opened(stack)
    desk = await visiting("county.medical_insurance.caseworker@370829")
    page = await desk.get(f"/reviews/{review}")
    assert ("集中复核" in page.text, "农业农村" in page.text, "未反馈" in page.text) == (True, True, True)
    table = "姓名,身份证号码,名单类型,个人年度累计负担\n虚赵四,37082919680418048X,致贫,62000.00\n"
    city = "city.medical_insurance.caseworker@3708"
    texts = {"kind": "provincial_list", "month": "2025-02"}
    sent = await counter.hand_in(city, "/api/v1/uploads", texts, ("名单.csv", table.encode()))
    assert sent.status == 202, sent.content
    matter = await compared(counter, city)
    visitor = await visiting(city)
    shown = await visitor.get(f"/comparisons/{matter}")
    item = shown.html.partition('name="item" value="')[2].partition('"')[0]
    action = f"/comparisons/{matter}/causes"
    explained = await visitor.post(shown, action, {"item": [item], "cause": "not_over", "note": "按结算清单复核"})
    assert ("复核未超过标准" in explained.text, "按结算清单复核" in explained.text) == (True, True)
    unknown = await visitor.post(shown, action, {"cause": "", "note": "说明仍在"})
    assert (unknown.status, "说明仍在" in unknown.text) == (422, True)


async def opened(stack: Stack) -> str:
    """The review of February in Jiaxiang, as its month opens it."""
    database = Database(stack.settings.database_url("worker"), pool_size=1)
    try:
        async with database.transaction(WHOLE) as session:
            await open_month(session, "370829", date(2025, 3, 1), clock(stack.settings).now())
            matter = await find_matter(session, Procedure.REVIEW, "370829/2025-02")
            assert matter is not None
            return str(matter.id)
    finally:
        await database.close()


async def compared(counter: Counter, who: str) -> str:
    """The city's comparison, once the list has been taken in and laid beside the counties' own."""
    until = time.monotonic() + 60
    while True:
        reply = await counter.ask(who, "GET", "/api/v1/comparisons?month=2025-02")
        if reply.content["items"] and reply.content["items"][0]["status"] == "compared":
            return str(reply.content["items"][0]["id"])
        assert time.monotonic() < until
        await asyncio.sleep(0.1)
