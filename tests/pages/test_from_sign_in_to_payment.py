"""One application through the pages in a browser, from sign-in to payment, each step by the right person (W01, W03)."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, ViewportSize, async_playwright, expect

from runtime.embedded.stack import Stack
from tests.browser import found
from tests.journeys.people import new_person, new_settlement
from tests.pages import posts
from tests.pages.browsing import REASON, Browsing

DESKTOP, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
SURVEY = {"illness": "冠心病，住院治疗", "household_economy": "务农，年收入约9000元", "surveyors": "郭禾\n樊望"}
BOARD = {"place": "政务公开栏"}
WAY: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    (posts.TOWNSHIP_CASEWORKER, "受理审查", "受理", "2025-01-08", {}),
    (posts.TOWNSHIP_CASEWORKER, "入户调查", "调查完成", "2025-01-14", SURVEY),
    (posts.TOWNSHIP_SUPERVISOR, "乡镇审核", "符合条件，公示", "2025-01-15", {}),
    (posts.TOWNSHIP_CASEWORKER, "张贴乡镇公示", "已张贴", "2025-01-16", BOARD),
    (posts.TOWNSHIP_CASEWORKER, "乡镇公示结果确认", "公示期满无异议", "2025-01-24", {}),
    (posts.TOWNSHIP_CASEWORKER, "报送县级", "已报送", "2025-01-26", {}),
    (posts.COUNTY_CASEWORKER, "县级审查", "建议批准", "2025-02-07", {}),
    (posts.COUNTY_SUPERVISOR, "县级审批", "批准", "2025-02-10", {}),
    (posts.COUNTY_CASEWORKER, "张贴县级公示", "已张贴", "2025-02-11", BOARD),
    (posts.COUNTY_CASEWORKER, "县级公示结果确认", "公示期满无异议", "2025-02-19", {}),
    (posts.COUNTY_CASEWORKER, "提交拨款申请", "提交财政", "2025-02-20", {}),
    (posts.FINANCE_CASEWORKER, "财政审核", "审核通过", "2025-02-25", {}),
    (posts.FINANCE_SUPERVISOR, "支付确认", "已支付", "2025-02-27", {}),
)
"""Who does what with which answer, on which day, and what is typed; the house's day is Mon 3 March 2025."""
NARROW_PAGES = ("/inbox", "/inbox?state=done&box=mine", "/cases", "/applications/new", "/assess", "/due", "/dev/mail")


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A window on the machine's browser; a style, script or request that the security policy stops fails the test."""
    stopped: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            stopped.append(message.text)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = await browser.new_page(viewport=DESKTOP, locale="zh-CN")
        page.on("console", note)
        yield page
        await browser.close()
    assert stopped == []


async def test_application_goes_from_sign_in_to_payment(page: Page, stack: Stack, tmp_path: Path) -> None:
    browsing = Browsing(page, stack.api_url)
    here = posts.TOWNSHIP_CASEWORKER
    await browsing.sign_in(here)
    case = await browsing.file(controls(), choices(), papers(tmp_path))
    for username, title, outcome, day, fields in WAY:
        if username != here:
            await browsing.sign_out()
            await browsing.sign_in(username)
            here = username
        await browsing.answer(case, title, outcome, date.fromisoformat(day), fields)
    await page.goto(case)
    await expect(page.locator(".page-head .status-badge")).to_have_text("已支付")
    assert await page.locator(".way .way-done").count() == 8

    await browsing.sign_out()
    await browsing.sign_in(posts.TOWNSHIP_CASEWORKER)
    await page.set_viewport_size(NARROW)
    for address in (case, *(stack.api_url + path for path in NARROW_PAGES)):
        await page.goto(address)
        await page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
        assert await browsing.overflow() <= 0, address
    await page.goto(case)
    # 50,000.00 − 30,000.00 − 5,428.57 = 14,571.43, of which 70 %.
    await expect(page.locator(".big-amount")).to_have_text("10,200.00")


async def test_docs_and_filters_work_under_the_policy(page: Page, stack: Stack) -> None:
    browsing = Browsing(page, stack.api_url)
    await page.goto(f"{stack.api_url}/docs")
    await page.locator("#operations-tag-tasks").click()
    await expect(page.get_by_text("/api/v1/tasks/{task_id}/answer")).to_be_visible()
    await expect(page.locator("#operations-tag-exchange")).to_be_visible()
    await browsing.sign_in(posts.TOWNSHIP_CASEWORKER)
    await page.get_by_label("办理环节").select_option("survey")
    await page.wait_for_url("**/inbox?*kind=survey*")
    await page.goto(f"{stack.api_url}/applications/new")
    await page.get_by_label("市", exact=True).select_option("1401")
    await page.get_by_label("县（市、区）").select_option("140105")
    await page.get_by_label("乡镇（街道）").select_option("140105001")


def choices() -> dict[str, str]:
    return {"category": "DB", "applicant.residence": "rural", "payee.kind": "person"}


def controls() -> dict[str, str]:
    person = new_person()
    return {
        "applicant.name": person.name,
        "applicant.id_number": person.id_number,
        "applicant.phone": "13900000021",
        "applicant.address": "虚构村21号",
        "costs.total": "60000.00",
        "costs.compliant_total": "50,000.00",
        "costs.basic": "30000.00",
        "costs.critical_illness": "5428.57",
        "costs.settlement_no": new_settlement(),
        "costs.admitted_on": "2024-12-01",
        "costs.discharged_on": "2024-12-20",
        "costs.settled_on": "2024-12-20",
        "payee.name": person.name,
        "payee.account": "6200000000000000021",
        "payee.bank": "虚构银行阳城支行",
        "submitted_on": "2025-01-06",
        "paper_reason": REASON,
    }


def papers(folder: Path) -> list[Path]:
    """Diagnosis, receipts, history and proof of insurance, in the order of the form."""
    files = [folder / f"{name}.pdf" for name in ("诊断书", "收据", "病史", "报销证明")]
    for file in files:
        file.write_bytes(b"%PDF-1.4 invented")
    return files
