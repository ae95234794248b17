"""A task's page: a form for each outcome, mistakes at their field, and the ways in which an answer can come too late."""

import pytest

from tests.journeys.case import Case
from tests.pages import posts
from tests.pages.conftest import SignedIn
from tests.pages.visitor import Shown, Visitor

REASON = "系统停用期间办理，现补录"


async def test_survey_by_one_person_is_refused_at_the_field_and_kept(visiting: SignedIn, counter_case: Case) -> None:
    await counter_case.to("survey")
    visitor, shown = await _task(visiting, counter_case, "survey", posts.TOWNSHIP_CASEWORKER)
    typed = {
        "fields.illness": "冠心病",
        "fields.household_economy": "务农",
        "fields.surveyors": "郭禾",
        "done_on": "2025-01-14",
        "paper_reason": REASON,
    }
    again = await _answer(visitor, shown, "recorded", typed)
    assert again.status == 422
    assert "入户调查人不得少于2人" in again.text
    assert "晋医保发〔2019〕46号" in again.text
    kept = again.form(_path(shown) + "/answer")
    assert {name: kept[name] for name in typed} == {name: [value] for name, value in typed.items()}

    done = await _answer(visitor, again, "recorded", {"fields.surveyors": "郭禾、樊望"})
    assert done.status == 200
    assert f"/cases/{counter_case.id}" in done.address
    assert "“入户调查”已办理。" in done.text
    assert "乡镇审核" in done.text


async def test_every_empty_field_is_named_at_once(visiting: SignedIn, counter_case: Case) -> None:
    await counter_case.to("survey")
    visitor, shown = await _task(visiting, counter_case, "survey", posts.TOWNSHIP_CASEWORKER)
    again = await _answer(visitor, shown, "recorded", {})
    assert again.status == 422
    for label in ("患病情况", "家庭经济状况", "调查人"):
        assert f"“{label}”必须填写" in again.text
    assert again.html.count('aria-invalid="true"') == 3


async def test_second_officer_is_told_who_was_first_and_keeps_the_text(visiting: SignedIn, counter_case: Case) -> None:
    visitor, shown = await _task(visiting, counter_case, "acceptance", posts.TOWNSHIP_CASEWORKER)
    await counter_case.done("acceptance", "accept", by=posts.TOWNSHIP_CASEWORKER_2, done_on="2025-01-08")
    late = await _answer(visitor, shown, "accept", {"comment": "我也核对过了"})
    assert late.status == 409
    assert posts.TOWNSHIP_CASEWORKER_2 in late.text
    assert "我也核对过了" in late.text
    assert f'href="/cases/{counter_case.id}"' in late.html


async def test_answer_sent_twice_by_the_browser_leads_to_the_same_case(visiting: SignedIn, counter_case: Case) -> None:
    visitor, shown = await _task(visiting, counter_case, "acceptance", posts.TOWNSHIP_CASEWORKER)
    for _ in range(2):
        done = await _answer(visitor, shown, "accept", {})
        assert done.status == 200
        assert f"/cases/{counter_case.id}" in done.address


async def test_done_task_shows_who_did_it_and_no_form(visiting: SignedIn, counter_case: Case) -> None:
    task = await counter_case.task("acceptance")
    await counter_case.done("acceptance", "accept", done_on="2025-01-08")
    shown = await (await visiting(posts.TOWNSHIP_CASEWORKER)).get(f"/tasks/{task['id']}")
    assert "此事项已办结" in shown.text
    assert "/answer" not in shown.html


@pytest.mark.parametrize("username", [posts.TOWNSHIP_SUPERVISOR, posts.COUNTY_CASEWORKER, posts.COUNTY_AUDITOR])
async def test_other_posts_may_look_but_not_answer(visiting: SignedIn, counter_case: Case, username: str) -> None:
    _, shown = await _task(visiting, counter_case, "acceptance", username)
    assert shown.status == 200
    assert "您可以查看" in shown.text
    assert "/answer" not in shown.html


async def test_papers_that_came_later_are_uploaded_with_the_answer(visiting: SignedIn, counter_case: Case) -> None:
    await counter_case.done("acceptance", "ask_supplement", {"missing": ["history"]}, done_on="2025-01-08")
    visitor, shown = await _task(visiting, counter_case, "supplement", posts.TOWNSHIP_CASEWORKER)
    typed = {"fields.documents.0.kind": "history", "done_on": "2025-01-10"}
    file = {"fields.documents.0.upload": ("病史.pdf", b"%PDF-1.4 invented")}
    again = await _answer(visitor, shown, "supplied", typed, file)
    assert again.status == 422
    assert "须填写补录原因" in again.text or "须说明补录原因" in again.text
    assert "病史.pdf 已上传，保留" in again.text
    done = await _answer(visitor, again, "supplied", {"paper_reason": REASON})
    assert "“补正材料”已办理。" in done.text


async def test_wrong_file_is_named_at_its_line(visiting: SignedIn, counter_case: Case) -> None:
    await counter_case.done("acceptance", "ask_supplement", {"missing": ["history"]}, done_on="2025-01-08")
    visitor, shown = await _task(visiting, counter_case, "supplement", posts.TOWNSHIP_CASEWORKER)
    file = {"fields.documents.0.upload": ("病史.exe", b"MZ invented")}
    again = await _answer(visitor, shown, "supplied", {"fields.documents.0.kind": "history"}, file)
    assert again.status == 422
    assert "不支持这种文件" in again.text
    assert "请重新选择：病史.exe" in again.text


async def _task(visiting: SignedIn, case: Case, kind: str, username: str) -> tuple[Visitor, Shown]:
    visitor, task = await visiting(username), await case.task(kind)
    return visitor, await visitor.get(f"/tasks/{task['id']}")


def _path(shown: Shown) -> str:
    path = "/" + shown.address.split("/", 3)[3]
    return path.removesuffix("/answer")


async def _answer(
    visitor: Visitor,
    shown: Shown,
    outcome: str,
    typed: dict[str, str],
    files: dict[str, tuple[str, bytes]] | None = None,
) -> Shown:
    return await visitor.post(shown, f"{_path(shown)}/answer", typed, files, having=f"outcome={outcome}")
