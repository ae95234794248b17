"""Signing in and out, and what a page that is not this session's may do: nothing, losing nothing."""

import pytest

from store.demonstration import PASSWORD
from tests.journeys.case import Case
from tests.pages import posts
from tests.pages.conftest import SignedIn
from tests.pages.visitor import Shown, Visitor


async def test_wrong_password_is_said_and_the_username_kept(stranger: Visitor) -> None:
    shown = await stranger.sign_in(posts.COUNTY_SUPERVISOR, "wrong")
    assert shown.status == 401
    assert "账号或口令不正确" in shown.text
    assert shown.form("/sign-in")["username"] == [posts.COUNTY_SUPERVISOR]
    assert "wrong" not in shown.html


async def test_sign_in_leads_to_the_inbox(stranger: Visitor) -> None:
    shown = await stranger.sign_in(posts.COUNTY_SUPERVISOR)
    assert shown.address.endswith("/inbox")
    assert "县级医疗保障审核人" in shown.text


@pytest.mark.parametrize(
    "goal", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "/sign-out"]
)
async def test_sign_in_leads_nowhere_else(stranger: Visitor, goal: str) -> None:
    shown = await stranger.get("/sign-in")
    signed_in = await stranger.post(
        shown, "/sign-in", {"username": posts.COUNTY_SUPERVISOR, "password": PASSWORD, "next": goal}
    )
    assert signed_in.address.endswith("/inbox")


async def test_sign_out_ends_the_session(stranger: Visitor) -> None:
    shown = await stranger.sign_in(posts.COUNTY_SUPERVISOR)
    await stranger.post(shown, "/sign-out")
    assert "/sign-in" in (await stranger.get("/inbox")).address


async def test_session_cookie_is_kept_from_scripts(stranger: Visitor) -> None:
    shown = await stranger.get("/sign-in")
    answer = await stranger.http.post(
        "/sign-in",
        data={**shown.form("/sign-in"), "username": posts.COUNTY_SUPERVISOR, "password": PASSWORD},
        follow_redirects=False,
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_form_without_our_token_claims_nothing(visiting: SignedIn, counter_case: Case) -> None:
    task = await counter_case.task("acceptance")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    answer = await visitor.http.post(f"/tasks/{task['id']}/claim", data={"csrf": "another"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.text
    assert (await counter_case.task("acceptance"))["assignee"] is None


async def test_form_of_another_site_is_refused(visiting: SignedIn, counter_case: Case) -> None:
    task = await counter_case.task("acceptance")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get(f"/tasks/{task['id']}")
    form = shown.form(f"/tasks/{task['id']}/claim")
    answer = await visitor.http.post(f"/tasks/{task['id']}/claim", data=form, headers={"Origin": "https://example.org"})
    assert answer.status_code == 403
    assert (await counter_case.task("acceptance"))["assignee"] is None


async def test_stale_page_keeps_what_was_typed(visiting: SignedIn, counter_case: Case) -> None:
    visitor, address = await _acceptance(visiting, counter_case)
    shown = await visitor.get(address)
    typed = {"comment": "材料已核对", "csrf": "of-an-earlier-session"}
    again = await visitor.post(shown, f"{address}/answer", typed, having="outcome=accept")
    assert again.status == 422
    assert "页面已过期" in again.text
    assert again.form(f"{address}/answer", "outcome=accept")["comment"] == ["材料已核对"]
    assert "acceptance" in await counter_case.tasks()


async def test_session_that_ended_under_a_form_keeps_what_was_typed(
    visiting: SignedIn, stranger: Visitor, counter_case: Case
) -> None:
    visitor, address = await _acceptance(visiting, counter_case)
    form = (await visitor.get(address)).form(f"{address}/answer", "outcome=accept")
    answer = await stranger.http.post(f"{address}/answer", data={**form, "comment": "逐份核对\n无误"})
    lost = Shown(answer.status_code, str(answer.url), answer.text, answer.headers)
    assert lost.status == 401
    assert "登录已超时，内容尚未提交" in lost.text

    await stranger.sign_in(posts.TOWNSHIP_CASEWORKER)
    again = await stranger.post(lost, f"{address}/answer")
    assert again.form(f"{address}/answer", "outcome=accept")["comment"] == ["逐份核对\n无误"]
    assert "acceptance" in await counter_case.tasks()


async def _acceptance(visiting: SignedIn, case: Case) -> tuple[Visitor, str]:
    task = await case.task("acceptance")
    return await visiting(posts.TOWNSHIP_CASEWORKER), f"/tasks/{task['id']}"
