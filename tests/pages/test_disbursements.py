"""A batch through its pages, without script: gathered, approved, reviewed, released with the password; and the fund."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from store.demonstration import PASSWORD
from tests.browser import found
from tests.journeys.case import Case
from tests.journeys.money import COUNTY_DESK, COUNTY_HEAD, COUNTY_LEADER, FINANCE_DESK, FINANCE_HEAD, until_waits_for
from tests.pages.browsing import Browsing

DESKTOP, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
CITY = "city.medical_insurance.supervisor@1405"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A window on the machine's browser that runs no script of ours."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        context = await browser.new_context(viewport=DESKTOP, locale="zh-CN", java_script_enabled=False)
        yield await context.new_page()
        await browser.close()


async def fits(page: Page, address: str, kept: Path) -> None:
    """Looked at in both widths; nothing on it is wider than the window."""
    for size in (DESKTOP, NARROW):
        await page.set_viewport_size(size)
        await page.goto(address)
        await page.screenshot(path=kept / f"{size['width']}.png", full_page=True)
        assert await Browsing(page, address).overflow() <= 0
    await page.set_viewport_size(DESKTOP)


async def act(browsing: Browsing, who: str, address: str, button: str) -> None:
    await browsing.sign_in(who)
    await browsing.page.goto(address)
    await browsing.page.get_by_role("button", name=button).click()


async def test_batch_goes_through_its_pages(page: Page, stack: Stack, counter: Counter, tmp_path: Path) -> None:
    for _one in range(2):
        await (await Case.file(counter)).to("payment_request")
    browsing = Browsing(page, stack.api_url)
    await act(browsing, COUNTY_DESK, f"{stack.api_url}/disbursements", "汇集待申请款项")
    await expect(page.get_by_role("heading", name="拨款批次")).to_be_visible()
    address = page.url
    batch = address.rpartition("/")[2]
    number = await page.locator("h1 .number").inner_text()
    lines = await page.locator("tbody tr").count()
    assert lines >= 2
    for place, name in enumerate(("prepared", "list")):
        (tmp_path / name).mkdir()
        await fits(page, (address, f"{stack.api_url}/disbursements")[place], tmp_path / name)
    await page.goto(address)
    await page.get_by_role("button", name="移出选中的款项").click()
    await expect(page.get_by_text("请先勾选要移出的款项")).to_be_visible()
    await page.get_by_role("button", name="提交审批").click()
    await browsing.sign_out()

    await browsing.sign_in(COUNTY_LEADER)
    await page.get_by_role("link", name="有 1 个拨款批次待您办理").click()
    await page.get_by_role("link", name=number).click()
    await page.get_by_role("button", name="同意，提交财政").click()
    await expect(page.locator(".page-head .status-badge")).to_have_text("已审批，财政办理中")
    await until_waits_for(counter, batch, "finance_review", lines)
    await browsing.sign_out()

    await act(browsing, FINANCE_DESK, address, "审核通过待审的")
    await until_waits_for(counter, batch, "transfer", lines)
    await browsing.sign_out()

    await browsing.sign_in(FINANCE_HEAD)
    await expect(page.get_by_text("有 1 个拨款批次待您办理")).to_be_visible()
    await page.goto(address)
    await page.get_by_label("再次输入本人口令").fill("wrong")
    await page.get_by_role("button", name="放款").click()
    await expect(page.get_by_text("口令不正确，未作任何改动")).to_be_visible()
    await page.get_by_label("再次输入本人口令").fill(PASSWORD)
    await page.get_by_role("button", name="放款").click()
    await expect(page.get_by_role("heading", name="支付文件")).to_be_visible()
    await expect(page.locator("tbody .status-badge").first).to_have_text("已放款，待银行回盘")
    (tmp_path / "released").mkdir()
    await fits(page, address, tmp_path / "released")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="csv").click()
    assert (await downloading.value).suggested_filename.endswith("-1.csv")


async def test_fund_is_entered_and_read(page: Page, stack: Stack, tmp_path: Path) -> None:
    browsing = Browsing(page, stack.api_url)
    await browsing.sign_in(FINANCE_DESK)
    await page.goto(f"{stack.api_url}/funds")
    await page.get_by_label("来源").select_option("county_subsidy")
    await page.locator('[name="amount"]').fill("0")
    await page.locator('[name="received_on"]').fill("2025-02-03")
    await page.locator('[name="document"]').fill("拨款单1号")
    await page.get_by_role("button", name="登记").click()
    await expect(page.locator(".problem-list")).to_contain_text("“金额”应大于0")
    await page.locator('[name="amount"]').fill("1,500,000.00")
    await page.get_by_role("button", name="登记").click()
    await expect(page.get_by_text("拨款单1号")).to_be_visible()
    for name, who in (("county", None), ("city", CITY)):
        if who:
            await browsing.sign_out()
            await browsing.sign_in(who)
        (tmp_path / name).mkdir()
        await fits(page, f"{stack.api_url}/funds", tmp_path / name)


async def test_recovery_is_proposed_approved_and_received(
    page: Page, stack: Stack, counter: Counter, tmp_path: Path
) -> None:
    case = await (await Case.file(counter)).to("payment_request")
    for kind, outcome in (("payment_request", "submit"), ("finance_review", "approve"), ("transfer", "confirmed")):
        await case.done(kind, outcome)
    await case.until_status("paid")
    browsing = Browsing(page, stack.api_url)
    await browsing.sign_in(COUNTY_DESK)
    await page.goto(f"{stack.api_url}/cases/{case.id}")
    await page.get_by_role("link", name="支付详情").click()
    address = page.url
    await page.get_by_text("提出追回（支付有误）").click()
    await page.locator('[name="amount"]').fill("99999.00")
    await page.locator('[name="reason"]').fill("重复计算")
    await page.locator('[name="decided_on"]').fill("2025-03-03")
    await page.get_by_role("button", name="提出追回").click()
    await expect(page.locator(".problem-list")).to_contain_text("尚可追回的10200.00元")
    await page.locator('[name="amount"]').fill("200.00")
    await page.get_by_role("button", name="提出追回").click()
    await expect(page.get_by_text("重复计算")).to_be_visible()
    await browsing.sign_out()
    await act(browsing, COUNTY_HEAD, address, "同意追回")
    await expect(page.get_by_text("应收追回", exact=True)).to_be_visible()
    await browsing.sign_out()
    await browsing.sign_in(FINANCE_DESK)
    await page.goto(address)
    await page.locator('[name="received_on"]').fill("2025-03-03")
    await page.get_by_role("button", name="登记到账").click()
    await expect(page.get_by_text("已收回")).to_be_visible()
    await fits(page, address, tmp_path)
