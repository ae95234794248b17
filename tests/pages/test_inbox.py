"""待办: each row says what, whose, until when and why; filters stand in the address, names never do."""

from tests.journeys.case import Case
from tests.pages import posts
from tests.pages.conftest import SignedIn


async def test_row_shows_light_days_date_and_why(visiting: SignedIn, counter_case: Case) -> None:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get(f"/inbox?q={counter_case.number}")
    # Submitted Mon 6 January 2025, ACCEPT_WD 3: Thu 9. Today is Mon 3 March.
    assert f"受理审查 {counter_case.number}" in shown.text
    assert "超期 已超" in shown.text
    assert "应于 2025-01-09 周四" in shown.text
    assert "01-07 周二 第 1 日 01-08 周三 第 2 日 01-09 周四 第 3 日" in shown.text
    assert "2025 年工作日历" in shown.text


async def test_supervisor_sees_what_waits_for_the_unit_and_whose_it_is_to_do(
    visiting: SignedIn, counter_case: Case
) -> None:
    found = f"/inbox?q={counter_case.number}"
    for post, button in ((posts.TOWNSHIP_CASEWORKER, "办理"), (posts.TOWNSHIP_SUPERVISOR, "查看")):
        shown = await (await visiting(post)).get(found)
        assert f'受理审查 {counter_case.number}">{button}</a>' in shown.html


async def test_claimed_task_moves_to_my_box_and_back(visiting: SignedIn, counter_case: Case) -> None:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    task = await counter_case.task("acceptance")
    mine = f"/inbox?box=mine&q={counter_case.number}"
    assert "受理审查" not in (await visitor.get(mine)).html.partition('id="tasks"')[2]
    shown = await visitor.post(await visitor.get(f"/tasks/{task['id']}"), f"/tasks/{task['id']}/claim")
    assert "退回本单位" in shown.text
    assert "受理审查" in (await visitor.get(mine)).html.partition('id="tasks"')[2]

    other = await visiting(posts.TOWNSHIP_CASEWORKER_2)
    theirs = await other.get(f"/tasks/{task['id']}")
    assert "认领，由其办理" in theirs.text
    assert f'action="/tasks/{task["id"]}/answer"' not in theirs.html

    await visitor.post(shown, f"/tasks/{task['id']}/release")
    assert "受理审查" not in (await visitor.get(mine)).html.partition('id="tasks"')[2]


async def test_search_by_name_is_refused_and_not_repeated(visiting: SignedIn) -> None:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    for path in ("/inbox", "/cases"):
        shown = await visitor.get(f"{path}?q=张建国")
        assert shown.status == 422
        assert "只能查案件编号和代码" in shown.text
        assert "张建国" not in shown.html


async def test_htmx_is_answered_with_the_fragment_alone(visiting: SignedIn) -> None:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get("/inbox?kind=survey", **{"HX-Request": "true"})
    assert shown.html.lstrip().startswith('<section id="tasks"')
    assert '<a href="/inbox?box=office&amp;state=done&amp;kind=survey">' in shown.html, "the tabs keep the filter"


async def test_empty_box_says_so(visiting: SignedIn) -> None:
    shown = await (await visiting(posts.IDLE)).get("/inbox")
    assert "本单位没有待办事项" in shown.text
