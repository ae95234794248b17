"""Every kind of page of the monthly exchange, in a browser of 390 px: can it be read by a screen reader, and on a phone?

From a person's inbox all links are followed, one of each kind: /pushes/1 and /pushes/2 are one page to this test.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from runtime.embedded.stack import Stack
from runtime.months import open_by_hand
from runtime.story.counter import Counter
from tests.api.test_workbooks import certificate, roster
from tests.api.test_workbooks import row as listed
from tests.browser import found
from tests.casework import id_number
from tests.conftest import MORNING
from tests.exchange.poison import xlsx
from tests.pages.browsing import Browsing
from tests.pages.posts import CIVIL_AFFAIRS, COUNTY_CASEWORKER, COUNTY_SUPERVISOR

PROVINCE = "province.medical_insurance.supervisor@14"
COUNTY, REVIEWED, MONTH = "140522", "370829", "2025-03"
REVIEWER = f"county.medical_insurance.caseworker@{REVIEWED}"
PEOPLE: dict[str, tuple[str, ...]] = {
    PROVINCE: ("/inbox",),
    COUNTY_CASEWORKER: ("/inbox",),
    CIVIL_AFFAIRS: ("/adjustments", "/uploads", "/recognitions"),
}
"""Where each begins."""
KINDS = {
    *("/board", "/cycles/*/*", "/matters", "/matters/*", "/inbox", "/tasks/*", "/uploads", "/uploads/*", "/liaisons"),
    *(
        "/adjustments",
        "/adjustments/*",
        "/anomalies/*",
        "/pushes",
        "/pushes/*",
        "/recognitions",
        "/recognitions/*",
        "/reviews/*",
    ),
    *("/findings", "/agreements", "/major-problems"),
}
"""What must have been come to, at least."""
TRIES = 300
MOST = 60
"""Pages of one person; more kinds than there are."""
NOT_PAGES = re.compile(r"\.(xlsx|pdf|csv|xml|json)$|^/(sign-out|language|docs|api|files|dev|static)\b")
ELSEWHERE = re.compile(r"^/(cases|applications|people/search|disbursements|funds|payments|staff|bulk|due|assess)\b")
"""Pages of the other parts, which have tests of their own."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d{2}|\b\d{4,}\b")
TODAY = "2025年3月3日"
WORKBOOK = xlsx(
    roster("低保", listed(("页试低", id_number("140522", "19450303", 11)), town="没有的镇"), day=TODAY),
    certificate("低保", 1, day=TODAY),
    roster("特困", listed(("页试特", id_number("140522", "19450303", 12))), day=TODAY),
    certificate("特困", 1, day=TODAY),
)
BURDENS = f"姓名,身份证号码,城乡属性,参保险种,个人年度累计负担\n页试乙,{id_number('140522', '19450303', 13)},城镇,居民医保,23456.78"

UNSOUND = """() => {
  const wrong = [];
  const seen = element => element.outerHTML.slice(0, 90);
  if (!document.documentElement.lang) wrong.push("no lang");
  const heads = document.querySelectorAll("h1").length;
  if (heads !== 1) wrong.push(`${heads} h1`);
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong.push(`id twice: ${id}`);
  for (const control of document.querySelectorAll("input, select, textarea")) {
    if (["hidden", "submit", "button"].includes(control.type)) continue;
    const named = control.labels.length || control.getAttribute("aria-label") || control.getAttribute("aria-labelledby");
    if (!named) wrong.push(`no label: ${seen(control)}`);
  }
  for (const table of document.querySelectorAll("table"))
    if (!table.querySelector("th")) wrong.push(`no header cells: ${seen(table)}`);
  for (const cell of document.querySelectorAll("th:not([scope])")) wrong.push(`no scope: ${seen(cell)}`);
  for (const image of document.querySelectorAll("img:not([alt])")) wrong.push(`no alt: ${seen(image)}`);
  for (const pressed of document.querySelectorAll("a[href], button, summary"))
    if (!pressed.textContent.trim() && !pressed.getAttribute("aria-label")) wrong.push(`no name: ${seen(pressed)}`);
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby]"))
    for (const name of ["aria-describedby", "aria-labelledby"])
      for (const id of (element.getAttribute(name) || "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) wrong.push(`${name} names nothing: ${id}`);
  const over = document.documentElement.scrollWidth - window.innerWidth;
  if (over > 0) wrong.push(`${over} px wider than the window`);
  return wrong;
}"""


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A house of its own: nobody else's month stands in it."""
    folder = tmp_path_factory.mktemp("soundness") / "data"
    async with Stack(folder, engine="time-skipping", start=MORNING, demo=True) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def counter(stack: Stack) -> AsyncIterator[Counter]:
    counter = Counter(stack.api_url)
    yield counter
    await counter.close()


@pytest_asyncio.fixture(scope="module")
async def exchanging(stack: Stack, counter: Counter) -> tuple[str, str]:
    """A month with lists of two categories, rows that came back, and persons that wait for their release; the address, and a review."""
    for county in (COUNTY, REVIEWED):
        await open_by_hand(stack.settings, MONTH, county, lambda _line: None)
    adjusted = {"kind": "adjustment", "month": MONTH}
    await counter.hand_in(CIVIL_AFFAIRS, "/api/v1/uploads", adjusted, ("名单.xlsx", WORKBOOK))
    borne = {"kind": "burden", "month": "2025-02"}
    await counter.hand_in(COUNTY_CASEWORKER, "/api/v1/uploads", borne, ("负担.csv", BURDENS.encode()))
    [release, *_] = await _there(counter, COUNTY_SUPERVISOR, "/api/v1/tasks?kind=push_release")
    await counter.ask(COUNTY_SUPERVISOR, "POST", f"/api/v1/tasks/{release['id']}/answer", {"outcome": "released"})
    await _there(counter, CIVIL_AFFAIRS, "/api/v1/recognitions")
    await _there(counter, CIVIL_AFFAIRS, "/api/v1/tasks?kind=anomaly_correction")
    [review, *_] = await _there(counter, REVIEWER, "/api/v1/matters?procedure=review")
    return stack.api_url, str(review["id"])


async def _there(counter: Counter, who: str, path: str) -> list[dict[str, Any]]:
    """What is listed there, once the procedures have come so far."""
    for _ in range(TRIES):
        found = await counter.ask(who, "GET", path)
        if found.content["items"]:
            return list(found.content["items"])
        await asyncio.sleep(0.1)
    raise AssertionError(f"nothing came to {path}")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(
            executable_path=found(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )


async def test_pages_of_the_exchange_are_sound(browser: Browser, exchanging: tuple[str, str]) -> None:
    told: dict[str, list[str]] = {}
    url, review = exchanging
    for username, begins in {**PEOPLE, REVIEWER: (f"/reviews/{review}",)}.items():
        page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False)
        await Browsing(page, url).sign_in(username)
        await _walk(page, url, begins, told)
        await page.close()
    assert {kind: wrong for kind, wrong in told.items() if wrong} == {}
    assert sorted(KINDS - set(told)) == [], sorted(told)


async def _walk(page: Page, url: str, begins: tuple[str, ...], told: dict[str, list[str]]) -> None:
    """Writes what is wrong with each kind of page that can be come to from there, unless somebody else has been there."""
    ahead, walked = list(begins), set[str]()
    while ahead and len(walked) < MOST:
        address = ahead.pop(0)
        if address in walked or (_kind(address) in told and address not in begins):
            continue
        walked.add(address)
        answer = await page.goto(url + address, wait_until="domcontentloaded")
        assert answer is not None
        told[_kind(address)] = [str(answer.status)] if answer.status != 200 else await page.evaluate(UNSOUND)
        links = await page.evaluate("[...document.querySelectorAll('a[href^=\"/\"]')].map(a => a.getAttribute('href'))")
        ahead += [link for link in links if not NOT_PAGES.search(urlsplit(link).path) and not ELSEWHERE.search(link)]


def _kind(address: str) -> str:
    """The address without what is one's own: /pushes/*."""
    return ID.sub("*", urlsplit(address).path)
