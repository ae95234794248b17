"""The counter as a person uses it: a browser with script, one post at a time, the forms on the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.async_api import Page, expect

from store.demonstration import PASSWORD

REASON = "此前在纸面办理，现补录"
TRIES, PAUSE = 80, 250
"""How often, and after how many milliseconds, a case is looked at again until its next task is there."""


@dataclass
class Browsing:
    """One window at one address."""

    page: Page
    url: str

    async def sign_in(self, username: str) -> None:
        await self.page.goto(f"{self.url}/sign-in")
        await self.page.get_by_label("账号").fill(username)
        await self.page.get_by_label("口令").fill(PASSWORD)
        await self.page.get_by_role("button", name="登录").click()
        await expect(self.page.get_by_role("heading", name="待办", exact=True)).to_be_visible()

    async def sign_out(self) -> None:
        await self.page.get_by_role("button", name="退出").click()
        await expect(self.page.get_by_role("heading", name="登录")).to_be_visible()

    async def file(self, controls: Mapping[str, str], choices: Mapping[str, str], papers: Sequence[Path]) -> str:
        """Fills in a new application by the names of its controls and returns the address of its case."""
        page = self.page
        await page.goto(f"{self.url}/applications/new")
        await page.get_by_text("补录（申请人此前已在纸面提交）").click()
        for name, value in choices.items():
            await self._choose(name, value)
        for name, value in controls.items():
            await page.locator(f'#application [name="{name}"]').fill(value)
        await expect(page.locator("#id-check")).to_contain_text("号码有效")
        for line, paper in enumerate(papers):
            await page.locator(f'#application [name="documents.{line}.upload"]').set_input_files(paper)
        await page.get_by_role("button", name="提交申请").last.click()
        await expect(page.get_by_role("heading", name="办理记录")).to_be_visible()
        return page.url.partition("?")[0]

    async def answer(self, case: str, title: str, outcome: str, done_on: date, fields: Mapping[str, str]) -> None:
        """Opens the case's task of that title and answers it with the outcome, as of a day in the past."""
        await self._open_task(case, title)
        form = self.page.locator("details.outcome", has=self.page.locator("summary", has_text=outcome)).first
        if await form.get_attribute("open") is None:
            await form.locator("> summary").click()
        for name, value in fields.items():
            await form.locator(f'[name="fields.{name}"]').fill(value)
        await form.get_by_text("补录（此事已在纸面办理）").click()
        await form.locator('[name="done_on"]').fill(done_on.isoformat())
        await form.locator('[name="paper_reason"]').fill(REASON)
        await form.get_by_role("button", name="提交：").click()
        await expect(self.page.get_by_text(f"“{title}”已办理。")).to_be_visible()

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    async def _open_task(self, case: str, title: str) -> None:
        link = self.page.get_by_role("link", name=title, exact=True)
        for _ in range(TRIES):
            await self.page.goto(case)
            if await link.count():
                break
            await self.page.wait_for_timeout(PAUSE)
        await link.first.click()
        await expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    async def _choose(self, name: str, value: str) -> None:
        control = self.page.locator(f'#application [name="{name}"]')
        if await control.first.evaluate("element => element.tagName") == "SELECT":
            await control.select_option(value)
        else:
            await self.page.locator(f'#application [name="{name}"][value="{value}"]').check()
