"""A list through its pages, without script: reported, handed in, its rows corrected where they came back, signed for."""

import csv
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from tests.browser import found
from tests.journeys.people import new_person
from tests.pages.browsing import Browsing
from tests.pages.test_disbursements import DESKTOP, fits

CIVIL = "county.civil_affairs.caseworker@140522"
FINANCE = "county.finance.leader@140522"
TODAY = "2025-03-03"
"""The day on which the house of these tests stands."""
HEADER = (
    "乡（镇）",
    "行政村",
    "户主姓名",
    "户主身份证号码",
    "家庭成员姓名",
    "身份证号码",
    "动态调整工作类型",
    "动态调整时间",
)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        context = await browser.new_context(viewport=DESKTOP, locale="zh-CN", java_script_enabled=False)
        yield await context.new_page()
        await browser.close()


async def provided(counter: Counter, towns: list[str]) -> None:
    """A list of 特困 with a person of each township name, handed in by a program."""
    written = StringIO(newline="")
    people = [new_person() for _town in towns]
    rows = [
        (town, "虚构村", person.name, "", person.name, person.id_number, "新识别", TODAY[:7])
        for town, person in zip(towns, people, strict=True)
    ]
    csv.writer(written).writerows([HEADER, *rows])
    texts = {"kind": "adjustment", "category": "TK", "certificate_on": TODAY, "households_added": str(len(towns))}
    texts["persons_added"] = str(len(towns))
    handed = await counter.hand_in(CIVIL, "/api/v1/uploads", texts, ("名单.csv", written.getvalue().encode()))
    assert handed.status == 202, handed.content


async def test_list_goes_through_its_pages(page: Page, stack: Stack, counter: Counter, tmp_path: Path) -> None:
    browsing = Browsing(page, stack.api_url)
    await browsing.sign_in(CIVIL)
    await page.goto(f"{stack.api_url}/adjustments")
    await page.get_by_text("报告动态调整已完成").click()
    form = page.locator('form[action="/adjustments"]')
    await form.get_by_label("对象类别").select_option("JC1")
    await form.locator('[name="adjusted_on"]').fill(TODAY)
    await form.get_by_role("button", name="报告").click()
    await expect(page.get_by_text("不由本部门提供").first).to_be_visible(timeout=30_000)
    await form.get_by_label("对象类别").select_option("TK")
    await form.get_by_role("button", name="报告").click()
    await expect(page.get_by_role("heading", name="名单和证明")).to_be_visible(timeout=30_000)
    address = page.url
    for _try in range(80):
        await page.goto(address)
        if await page.get_by_role("link", name="提供动态调整名单和证明").count():
            break
        await page.wait_for_timeout(250)
    await expect(page.get_by_role("link", name="报送名单和证明")).to_be_visible()

    await provided(counter, ["凤城镇", "没有的镇"])
    for _try in range(80):
        await page.goto(address)
        if await page.get_by_role("heading", name="退回的行").count():
            break
        await page.wait_for_timeout(250)
    await expect(page.locator("tbody tr")).to_have_count(2)
    (tmp_path / "list").mkdir()
    await fits(page, address, tmp_path / "list")
    await page.goto(address)
    await page.get_by_role("link", name="1 行，待处理 1 行").click()
    await expect(page.get_by_text("本县（市、区）没有这个乡镇（街道）").first).to_be_visible()
    rows = page.url
    (tmp_path / "rows").mkdir()
    await fits(page, rows, tmp_path / "rows")
    await page.goto(rows)
    await page.get_by_text("更正", exact=True).click()
    await page.get_by_label("乡（镇）").fill("北留镇")
    await page.get_by_role("button", name="更正并复核").click()
    for _try in range(80):
        await page.goto(rows)
        if await page.get_by_text("1 行，待处理 0 行").count() and await page.get_by_text("已关闭", exact=True).count():
            break
        await page.wait_for_timeout(250)
    await expect(page.locator(".page-head .status-badge")).to_have_text("已关闭")
    await browsing.sign_out()

    await browsing.sign_in(FINANCE)
    await page.goto(address)
    await expect(page.locator("tbody tr").first).to_contain_text("*")
    refused = await page.goto(rows)
    assert refused is not None
    assert refused.status == 404


async def test_rows_of_an_identity_table_are_settled_from_the_page_of_its_upload(
    page: Page, stack: Stack, counter: Counter, tmp_path: Path
) -> None:
    written = StringIO(newline="")
    good, wrong = new_person(), new_person()
    header = ("姓名", "身份证号码", "对象类别", "开始日期", "名单提供日期")
    rows = [(good.name, good.id_number, "特困", TODAY, TODAY), (wrong.name, "140522", "特困", TODAY, TODAY)]
    csv.writer(written).writerows([header, *rows])
    content = ("身份.csv", written.getvalue().encode())
    handed = await counter.hand_in(CIVIL, "/api/v1/uploads", {"kind": "identity"}, content)
    assert handed.status == 202, handed.content
    upload = f"{stack.api_url}/uploads/{handed.content['id']}"
    browsing = Browsing(page, stack.api_url)
    await browsing.sign_in(CIVIL)
    for _try in range(80):
        await page.goto(upload)
        if await page.get_by_role("link", name="逐行处理退回的行").count():
            break
        await page.wait_for_timeout(250)
    (tmp_path / "upload").mkdir()
    await fits(page, upload, tmp_path / "upload")
    await page.goto(upload)
    await page.get_by_role("link", name="逐行处理退回的行").click()
    await expect(page.get_by_text("身份的起止日期以表中填写的为准")).to_be_visible()
    rows_page = page.url
    (tmp_path / "rows").mkdir()
    await fits(page, rows_page, tmp_path / "rows")
    await page.goto(rows_page)
    await page.get_by_text("更正", exact=True).click()
    await page.get_by_label("身份证号码").fill(wrong.id_number)
    await page.get_by_role("button", name="更正并复核").click()
    for _try in range(80):
        await page.goto(rows_page)
        if await page.locator(".page-head .status-badge").inner_text() == "已关闭":
            break
        await page.wait_for_timeout(250)
    await expect(page.locator(".page-head .status-badge")).to_have_text("已关闭")
    await page.get_by_role("link", name="报送结果和错误回执").click()
    await expect(page.get_by_role("link", name="下载错误回执")).to_be_visible()
    await expect(page.get_by_text("1 行，待处理 0 行")).to_be_visible()
