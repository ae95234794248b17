"""Every page for every post: who may see it, what its headers say, and that nothing stands inline."""

from urllib.parse import quote

import pytest

from tests.journeys.case import Case
from tests.pages import posts
from tests.pages.conftest import SignedIn
from tests.pages.test_templates import INLINE
from tests.pages.visitor import Visitor

OPEN = {"/inbox", "/inbox?box=mine&state=done", "/inbox?state=overdue", "/assess", "/due", "/dev/mail", "/docs"}
CASES = {"/cases", "/cases?status=survey"}
FILING = {"/applications/new"}
PAGES = sorted(OPEN | CASES | FILING)
ALLOWED = {
    posts.TOWNSHIP_CASEWORKER: OPEN | CASES | FILING,
    posts.TOWNSHIP_SUPERVISOR: OPEN | CASES,
    posts.COUNTY_CASEWORKER: OPEN | CASES,
    posts.COUNTY_AUDITOR: OPEN | CASES,
    posts.FINANCE_CASEWORKER: OPEN | CASES,
    posts.CITY_SUPERVISOR: OPEN | CASES,
    posts.CIVIL_AFFAIRS: OPEN | CASES,  # those that it was asked about
    posts.CITY_CIVIL_AFFAIRS: OPEN,
    posts.COUNTY_ADMINISTRATOR: {"/dev/mail", "/docs"},
}
POLICY = "default-src 'self'; img-src 'self' data:"


@pytest.mark.parametrize("username", ALLOWED)
@pytest.mark.parametrize("path", PAGES)
async def test_page_is_for_the_posts_that_may_see_it(visiting: SignedIn, username: str, path: str) -> None:
    shown = await (await visiting(username)).get(path)
    assert shown.status == (200 if path in ALLOWED[username] else 403), shown.text
    assert INLINE.findall(shown.html) == []
    assert shown.headers["content-security-policy"].startswith(POLICY)
    assert "unsafe" not in shown.headers["content-security-policy"]


@pytest.mark.parametrize("path", sorted(set(PAGES) - {"/docs"}))
async def test_page_asks_a_stranger_to_sign_in_and_comes_back(stranger: Visitor, path: str) -> None:
    shown = await stranger.get(path)
    assert shown.address.endswith(f"/sign-in?next={quote(path.partition('?')[0])}")
    assert shown.form("/sign-in")["next"] == [path.partition("?")[0]]


async def test_pages_are_stored_by_nobody(visiting: SignedIn) -> None:
    shown = await (await visiting(posts.TOWNSHIP_CASEWORKER)).get("/inbox")
    assert shown.headers["cache-control"] == "no-store"


async def test_case_and_task_pages_have_nothing_inline(visiting: SignedIn, counter_case: Case) -> None:
    task = await counter_case.task("acceptance")
    for path in (f"/tasks/{task['id']}", f"/cases/{counter_case.id}"):
        shown = await (await visiting(posts.TOWNSHIP_CASEWORKER)).get(path)
        assert shown.status == 200
        assert INLINE.findall(shown.html) == []


@pytest.mark.parametrize(
    "path", ["/nowhere", "/tasks/nothing", "/tasks/00000000-0000-0000-0000-000000000000", "/cases/nothing", "/papers/x"]
)
async def test_what_is_not_there_is_said_in_chinese_with_a_way_back(visiting: SignedIn, path: str) -> None:
    shown = await (await visiting(posts.TOWNSHIP_CASEWORKER)).get(path)
    assert shown.status == 404
    assert "没有" in shown.text
    assert "返回首页" in shown.text


async def test_case_of_another_county_is_not_there(visiting: SignedIn, counter_case: Case) -> None:
    shown = await (await visiting(posts.NEIGHBOUR)).get(f"/cases/{counter_case.id}")
    assert shown.status == 404


async def test_english_is_chosen_once_and_remembered(stranger: Visitor) -> None:
    assert "Sign in" in (await stranger.get("/sign-in?lang=en")).text
    remembered = await stranger.get("/sign-in")
    assert '<html lang="en">' in remembered.html
    assert "登录" not in remembered.text
    assert "登录" in (await stranger.get("/sign-in?lang=zh-CN")).text


async def test_demonstration_is_marked_on_every_page(visiting: SignedIn) -> None:
    shown = await (await visiting(posts.COUNTY_CASEWORKER)).get("/inbox")
    assert "演示环境" in shown.text


async def test_post_without_cases_has_a_start_page(visiting: SignedIn) -> None:
    shown = await (await visiting(posts.COUNTY_ADMINISTRATOR)).get("/")
    assert shown.status == 200
    assert "您的岗位不办理案件事项" in shown.text
