"""Monitoring on pages without script: an order out of ticked findings, a problem reported, an agreement entered and ended."""

import uuid
from datetime import date

from policy.supervision import FindingKind
from runtime.clock import clock
from runtime.embedded.stack import Stack
from store.database import WHOLE, Database
from store.findings import open_finding
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
    read = await (await visiting(COUNTY)).get(issued.address)
    assert "请说明原因" in read.text
    assert "整改回复" in read.text or "正在" in read.text
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
