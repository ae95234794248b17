"""The board, a county's month and its matters as pages, from the month's opening on. Plain links: a browser without script."""

import asyncio
import re
from io import BytesIO

import pytest_asyncio
from python_calamine import CalamineWorkbook

from runtime.embedded.stack import Stack
from runtime.months import open_by_hand
from runtime.story.counter import Counter
from tests.notifications.pdf_text import words_of
from tests.pages import posts
from tests.pages.conftest import SignedIn

COUNTY, MONTH = "140827", "2025-03"
CIVIL = f"county.civil_affairs.caseworker@{COUNTY}"
PROVINCE = "province.medical_insurance.supervisor@14"
CYCLE = f"/cycles/{COUNTY}/{MONTH}"
TRIES = 200


@pytest_asyncio.fixture(scope="session")
async def month(stack: Stack, counter: Counter) -> str:
    """The month of a county in which no other test works, opened, with the tasks of its cycle."""
    await open_by_hand(stack.settings, MONTH, COUNTY, lambda _line: None)
    for _ in range(TRIES):
        answer = await counter.ask(PROVINCE, "GET", f"/api/v1/cycles/{COUNTY}/{MONTH}")
        if answer.status == 200 and len(answer.content["tasks"]) >= 2:
            return MONTH
        await asyncio.sleep(0.1)
    raise AssertionError("the cycle's tasks were not opened")


async def test_board_shows_the_county_and_leads_to_its_month(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(PROVINCE)
    board = await visitor.get(f"/board?month={month}&city=1408")
    assert board.status == 200
    assert 'href="/cycles/140827/2025-03"' in board.html
    assert "办理中" in board.text
    assert "剩20天" in board.text  # 2025-03-03 to 2025-03-31, working days
    assert "太原市小店区" not in board.text
    cycle = await visitor.get(CYCLE)
    assert cycle.status == 200
    assert "名单共享（报医保）" in cycle.text
    assert "本月尚无共享批次。" in cycle.text


async def test_board_of_a_day_before_the_month_was_opened_owes_nothing(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(PROVINCE)
    before = await visitor.get(f"/board?month={month}&city=1408&as_of=2025-02-28")
    assert "截至 2025-02-28 周五 的情况" in before.text
    assert "剩20天" not in before.text
    later = await visitor.get(f"/board?month={month}&as_of=2030-01-01")
    assert later.status == 422
    assert "不能晚于今天" in later.text


async def test_board_leaves_as_a_workbook_of_counts_and_dates(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(PROVINCE)
    answer = await visitor.http.get(f"/board.xlsx?month={month}&city=1408")
    assert answer.status_code == 200
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    [mine] = [row for row in rows if row[2] == COUNTY and row[3] == "名单共享（报医保）"]
    assert mine[4:6] == ["办理中", "2025-03-31"]


async def test_matter_says_what_it_waits_for_and_its_task_leads_back(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(CIVIL)
    listed = await visitor.get(f"/matters?procedure=sharing-cycle&month={month}")
    [address] = re.findall(r'href="(/matters/[0-9a-f-]{36})"', listed.html)
    matter = await visitor.get(address)
    assert matter.status == 200
    assert f"{COUNTY}/{month}" in matter.text
    task = re.findall(r'href="(/tasks/[0-9a-f-]{36})"', matter.html)[0]
    shown = await visitor.get(task)
    assert shown.status == 200
    assert "事项概要" in shown.text
    assert f'href="{address}"' in shown.html


async def test_zero_report_stands_among_the_batches_though_nothing_travelled(
    visiting: SignedIn, counter: Counter, month: str
) -> None:
    seen = await counter.ask(PROVINCE, "GET", f"/api/v1/cycles/{COUNTY}/{month}")
    [task] = [one["id"] for one in seen.content["tasks"] if one["kind"] == "sharing_in" and one["state"] == "open"]
    answered = await counter.ask(CIVIL, "POST", f"/api/v1/tasks/{task}/answer", {"outcome": "zero_report"})
    assert answered.status == 200, answered.content
    visitor = await visiting(CIVIL)
    cycle = await visitor.get(CYCLE)
    assert cycle.status == 200
    assert "零报告" in cycle.text
    xlsx = await visitor.http.get(f"{CYCLE}/summary.xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(xlsx.content)).get_sheet_by_index(0).to_python()
    assert any("本月无变动" in row for row in rows)


async def test_monthly_summary_can_be_printed_and_worked_with(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(CIVIL)
    pdf = await visitor.http.get(f"/cycles/{COUNTY}/{month}/summary.pdf")
    assert pdf.status_code == 200
    assert "2025年3月部门间信息共享汇总表" in words_of(pdf.content)
    xlsx = await visitor.http.get(f"{CYCLE}/summary.xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(xlsx.content)).get_sheet_by_index(0).to_python()
    assert str(rows[0][0]).endswith("2025年3月部门间信息共享汇总表")


async def test_batch_on_paper_is_entered_on_the_page_of_the_month(visiting: SignedIn, month: str) -> None:
    visitor, form = await visiting(CIVIL), f"/cycles/{COUNTY}/{month}/batches"
    refused = await visitor.post(await visitor.get(CYCLE), form, {"carrier": "paper"})
    assert refused.status == 422
    assert "请填写人次" in refused.text
    entered = await visitor.post(await visitor.get(CYCLE), form, {"carrier": "paper", "TK": "7"})
    assert entered.status == 200
    assert "特困人员 7" in entered.text
    assert "登记共享批次" not in (await (await visiting(PROVINCE)).get(CYCLE)).text


async def test_another_county_sees_neither_the_matter_nor_the_month(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(posts.COUNTY_SUPERVISOR)
    assert (await visitor.get(CYCLE)).status == 404
    board = await visitor.get(f"/board?month={month}&city=1405")
    assert board.status == 200
    assert "阳城县" in board.text
    assert COUNTY not in board.html


async def test_townships_have_no_part_in_the_exchange(visiting: SignedIn) -> None:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    assert "信息共享" not in (await visitor.get("/inbox")).text
    assert (await visitor.get("/board")).status == 403
    assert (await visitor.get("/matters")).status == 403


async def test_board_is_there_in_english(visiting: SignedIn, month: str) -> None:
    visitor = await visiting(PROVINCE)
    shown = await visitor.get(f"/board?month={month}&city=1408&lang=en")
    assert "Lists to medical insurance" in shown.text
    await visitor.get("/board?lang=zh-CN")


async def test_an_administrator_makes_a_partners_key_sees_it_once_and_revokes_it(visiting: SignedIn) -> None:
    visitor = await visiting(posts.COUNTY_ADMINISTRATOR)
    page = await visitor.get("/partners")
    wanted = {"name": "县民政救助系统", "account": posts.CIVIL_AFFAIRS, "kinds": ["settlement"]}
    wrong = await visitor.post(page, "/partners", wanted)
    assert wrong.status == 422
    assert "该账号可以办理的只有" in wrong.text
    made = await visitor.post(wrong, "/partners", wanted | {"kinds": ["adjustment", "full_list"]})
    [key] = re.findall(r"jzp_[\w-]{40,}", made.html)
    later = await visitor.get("/partners")
    assert key not in later.html
    assert "县民政救助系统" in later.text
    [revoke] = re.findall(r'action="(/partners/[0-9a-f-]{36}/revoke)"', later.html)
    assert "已停用" in (await visitor.post(later, revoke)).text
    assert (await (await visiting(posts.CIVIL_AFFAIRS)).get("/partners")).status == 403
